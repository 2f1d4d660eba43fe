package io.pathproof.initiator.session;

import io.pathproof.initiator.session.ConnectionFailure.Reason;

/** Ends the connection; thrown inside the core to leave the handling of a PDU or a deadline. */
final class ConnectionBreach extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ConnectionFailure failure;

  ConnectionBreach(Reason reason, String text) {
    super(text, null, false, false);
    this.failure = new ConnectionFailure(reason, text, false);
  }

  /** The target broke the protocol. */
  static ConnectionBreach protocol(String text) {
    return new ConnectionBreach(Reason.PROTOCOL_ERROR, text);
  }

  ConnectionFailure failure() {
    return failure;
  }
}
