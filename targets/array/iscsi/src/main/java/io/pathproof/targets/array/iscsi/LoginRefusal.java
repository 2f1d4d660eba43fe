package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.LoginStatus;

/** A login ends with this status. */
final class LoginRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient LoginStatus status;

  LoginRefusal(LoginStatus status, String why) {
    super(why, null, false, false);
    this.status = status;
  }

  LoginStatus status() {
    return status;
  }
}
