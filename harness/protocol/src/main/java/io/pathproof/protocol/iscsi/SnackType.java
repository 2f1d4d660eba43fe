package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/** What a SNACK Request asks for (RFC 7143 section 11.16.1). */
public enum SnackType {
  DATA_R2T(0),
  STATUS(1),
  DATA_ACK(2),
  R_DATA(3);

  private final int code;

  SnackType(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<SnackType> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
