package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/** Reason codes of a Logout Request (RFC 7143 section 11.14.1). */
public enum LogoutReason {
  CLOSE_SESSION(0),
  CLOSE_CONNECTION(1),
  REMOVE_CONNECTION_FOR_RECOVERY(2);

  private final int code;

  LogoutReason(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<LogoutReason> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
