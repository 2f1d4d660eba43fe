package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/** Stages of a connection for CSG and NSG (RFC 7143 section 11.12.3). */
public enum LoginStage {
  SECURITY_NEGOTIATION(0),
  OPERATIONAL_NEGOTIATION(1),
  FULL_FEATURE_PHASE(3);

  private final int code;

  LoginStage(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<LoginStage> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
