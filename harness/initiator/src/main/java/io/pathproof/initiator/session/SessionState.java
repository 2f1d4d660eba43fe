package io.pathproof.initiator.session;

/**
 * State of a session with its one connection: RFC 7143 section 8.1.3 names the states of an
 * initiator's connection, section 8.3 those of a session. A session is ACTIVE while it logs in,
 * LOGGED_IN, FAILED while it has lost its connection and recovers, FREE at its end.
 */
public enum SessionState {
  /** Session FREE: not started yet, or over for good. */
  FREE,
  /** Waiting for the transport connection. */
  XPT_WAIT,
  /** The transport is up; login is under way. */
  IN_LOGIN,
  /** Full feature phase. */
  LOGGED_IN,
  /** The target asked for a logout; tasks in flight finish, no new ones are sent. */
  LOGOUT_REQUESTED,
  /** A Logout Request is on its way. */
  IN_LOGOUT,
  /** Session FAILED: the connection is gone and cleaned up; the next attempt waits for its time. */
  CLEANUP_WAIT;

  /** Whether there is a transport connection, or one is being made. */
  public boolean connected() {
    return this != FREE && this != CLEANUP_WAIT;
  }
}
