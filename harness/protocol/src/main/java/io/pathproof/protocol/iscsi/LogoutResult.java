package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/** Response codes of a Logout Response (RFC 7143 section 11.15.1). */
public enum LogoutResult {
  /** The connection or session is closed. */
  CLOSED(0),
  CID_NOT_FOUND(1),
  CONNECTION_RECOVERY_NOT_SUPPORTED(2),
  CLEANUP_FAILED(3);

  private final int code;

  LogoutResult(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<LogoutResult> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
