package io.pathproof.protocol.scsi;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Types of persistent reservation (SPC-4 table 45). */
public enum ReservationType {
  WRITE_EXCLUSIVE(1),
  EXCLUSIVE_ACCESS(3),
  WRITE_EXCLUSIVE_REGISTRANTS_ONLY(5),
  EXCLUSIVE_ACCESS_REGISTRANTS_ONLY(6),
  WRITE_EXCLUSIVE_ALL_REGISTRANTS(7),
  EXCLUSIVE_ACCESS_ALL_REGISTRANTS(8);

  private final int code;

  ReservationType(int code) {
    this.code = code;
  }

  /** The TYPE field. */
  public int code() {
    return code;
  }

  /**
   * Whether every registered nexus has the access that the holder has. Of the other types only the
   * nexus that reserved has it, which is one path of a host.
   */
  public boolean sharedByRegistrants() {
    return code >= WRITE_EXCLUSIVE_REGISTRANTS_ONLY.code;
  }

  /** Whether every registered nexus is a holder. */
  public boolean allRegistrants() {
    return code >= WRITE_EXCLUSIVE_ALL_REGISTRANTS.code;
  }

  /** In small letters: {@code write exclusive registrants only}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The type of a code; empty for one that SPC-4 reserves or calls obsolete. */
  public static Optional<ReservationType> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
