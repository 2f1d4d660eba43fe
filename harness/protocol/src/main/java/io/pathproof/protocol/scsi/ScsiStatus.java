package io.pathproof.protocol.scsi;

import java.util.Arrays;
import java.util.Optional;

/** SCSI status codes (SAM-5 clause 5.3). */
public enum ScsiStatus {
  GOOD(0x00),
  CHECK_CONDITION(0x02),
  CONDITION_MET(0x04),
  BUSY(0x08),
  RESERVATION_CONFLICT(0x18),
  TASK_SET_FULL(0x28),
  ACA_ACTIVE(0x30),
  TASK_ABORTED(0x40);

  private final int code;

  ScsiStatus(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The meaning of a status byte; empty for one that is reserved or obsolete. */
  public static Optional<ScsiStatus> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
