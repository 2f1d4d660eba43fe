package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Opcode;

/** A connection could not be made or is lost, with every task on it; the session reconnects. */
public record ConnectionFailure(Reason reason, String text, boolean sent) implements Failure {
  /** Why a connection failed. */
  public enum Reason {
    /** No link, or no route, leads to the portal. */
    UNREACHABLE,
    /** The connect was refused. */
    REFUSED,
    /** The connect failed in another way. */
    CONNECT_FAILED,
    /** Connect and login were not done within the login timeout. */
    LOGIN_TIMED_OUT,
    /** The other end closed (FIN). */
    CLOSED_BY_TARGET,
    /** The other end reset (RST), or the socket failed in another way. */
    RESET,
    /** Nothing came within the NOP timeout after a ping. */
    NOP_TIMED_OUT,
    /**
     * ABORT TASK was not answered, or its answer leaves open whether the task is gone; or another
     * request that only the target's silence can fail (task management, text) was not answered.
     */
    ABORT_TIMED_OUT,
    /** A digest did not match, which at ErrorRecoveryLevel 0 ends the session's connection. */
    DIGEST_ERROR,
    /** The target broke the protocol. */
    PROTOCOL_ERROR,
    /** The target announced that it drops the connection (asynchronous event 2 or 3). */
    DROPPED_BY_TARGET,
    /**
     * As DROPPED_BY_TARGET, and the target said that it keeps nothing for a reassignment
     * (Parameter3 0): it terminates every command that is outstanding (RFC 7143 section 11.9.1).
     */
    TERMINATED_BY_TARGET,
    /**
     * Logged out because the target asked for it (asynchronous event 1), as its answer says: its
     * tasks have ended (RFC 7143 section 7.5).
     */
    LOGGED_OUT,
    /** As LOGGED_OUT, but without an answer in time, or one that says otherwise. */
    LOGOUT_UNCONFIRMED,
    /** The target refused the login for now (status class 3, or its not knowing the target). */
    LOGIN_REFUSED,
    /** The session is not logged in and keeps no tasks (recovery timeout of 0). */
    NOT_CONNECTED
  }

  /** What came is no sound PDU, or not one that has its place here. */
  static ConnectionFailure of(ProtocolException error) {
    return switch (error.kind()) {
      case HEADER_DIGEST, DATA_DIGEST ->
          new ConnectionFailure(Reason.DIGEST_ERROR, error.getMessage(), false);
      default -> new ConnectionFailure(Reason.PROTOCOL_ERROR, error.getMessage(), false);
    };
  }

  /**
   * What a PDU carries is not sound.
   *
   * @return the same as {@link #of(ProtocolException)}, and the PDU named where the error names a
   *     part of it alone
   */
  static ConnectionFailure of(Opcode pdu, ProtocolException error) {
    String text = error.getMessage();
    return error.where().equals(pdu.name())
        ? of(error)
        : new ConnectionFailure(
            Reason.PROTOCOL_ERROR, pdu + text.substring(error.where().length()), false);
  }

  @Override
  public ConnectionFailure withSent(boolean value) {
    return new ConnectionFailure(reason, text, value);
  }
}
