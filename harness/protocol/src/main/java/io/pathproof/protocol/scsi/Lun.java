package io.pathproof.protocol.scsi;

import java.util.OptionalInt;

/**
 * A logical unit number (SAM-5 clause 4.7) by its eight bytes.
 *
 * @param raw the bytes as on the wire, big endian
 */
public record Lun(long raw) {
  /** The greatest number that {@link #of} can address: 14 bits. */
  public static final int MAX_NUMBER = 0x3fff;

  /** The well-known logical unit that answers REPORT LUNS. */
  public static final Lun REPORT_LUNS = new Lun(0xC101L << 48);

  /** How the first level is addressed (the two highest bits). */
  public enum AddressMethod {
    PERIPHERAL_DEVICE,
    FLAT_SPACE,
    LOGICAL_UNIT,
    EXTENDED
  }

  /**
   * Peripheral device addressing up to 255, flat space addressing above, as arrays and hosts
   * commonly do.
   */
  public static Lun of(int number) {
    Fields.range("LUN", number, MAX_NUMBER);
    return new Lun((number < 256 ? number : 0x4000L | number) << 48);
  }

  public AddressMethod addressMethod() {
    return AddressMethod.values()[(int) (raw >>> 62)];
  }

  /**
   * The number of a single-level LUN in peripheral (bus 0) or flat addressing; empty for any other.
   */
  public OptionalInt number() {
    int first = (int) (raw >>> 48);
    boolean singleLevel = (raw & 0xffffffffffffL) == 0;
    if (singleLevel && first < 256) {
      return OptionalInt.of(first);
    }
    if (singleLevel && addressMethod() == AddressMethod.FLAT_SPACE) {
      return OptionalInt.of(first & MAX_NUMBER);
    }
    return OptionalInt.empty();
  }

  @Override
  public String toString() {
    OptionalInt number = number();
    return number.isPresent() ? Integer.toString(number.getAsInt()) : "0x%016x".formatted(raw);
  }
}
