package io.pathproof.initiator.session;

import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;

/** Ends the connection; thrown inside the core to leave the handling of a PDU or a deadline. */
final class ConnectionBreach extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ConnectionFailure failure;

  ConnectionBreach(Reason reason, String text) {
    super(text, null, false, false);
    this.failure = new ConnectionFailure(reason, text, false);
  }

  /**
   * The target broke the protocol.
   *
   * @param pdu in which PDU
   * @param field in which field, by its name in RFC 7143
   * @param problem what it says, and what was expected
   */
  static ConnectionBreach protocol(Opcode pdu, String field, String problem) {
    return new ConnectionBreach(Reason.PROTOCOL_ERROR, pdu + ": " + field + ": " + problem);
  }

  /** A PDU that may not come in this phase. */
  static ConnectionBreach noPlace(Pdu pdu, String phase) {
    return protocol(pdu.opcode(), "opcode", "has no place in " + phase);
  }

  /** An answer to nothing. */
  static ConnectionBreach unknownTag(Pdu pdu) {
    return wrongTag(pdu, "nothing that is under way");
  }

  /** An answer to something of another kind. */
  static ConnectionBreach wrongTag(Pdu pdu, String owner) {
    return protocol(
        pdu.opcode(),
        "Initiator Task Tag",
        "0x%08x belongs to %s".formatted(pdu.initiatorTaskTag(), owner));
  }

  ConnectionFailure failure() {
    return failure;
  }
}
