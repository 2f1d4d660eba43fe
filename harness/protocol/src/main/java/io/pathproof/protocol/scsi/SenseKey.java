package io.pathproof.protocol.scsi;

/** Sense keys (SPC-4 clause 4.5.6), by their code in the order of declaration. */
public enum SenseKey {
  NO_SENSE,
  RECOVERED_ERROR,
  NOT_READY,
  MEDIUM_ERROR,
  HARDWARE_ERROR,
  ILLEGAL_REQUEST,
  UNIT_ATTENTION,
  DATA_PROTECT,
  BLANK_CHECK,
  VENDOR_SPECIFIC,
  COPY_ABORTED,
  ABORTED_COMMAND,
  /** 0xC: obsolete (EQUAL) or reserved. */
  RESERVED,
  VOLUME_OVERFLOW,
  MISCOMPARE,
  COMPLETED;

  public int code() {
    return ordinal();
  }

  /** The key of the four low bits of {@code code}. */
  public static SenseKey of(int code) {
    return values()[code & 0xf];
  }
}
