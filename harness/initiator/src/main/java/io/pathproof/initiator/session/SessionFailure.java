package io.pathproof.initiator.session;

/** The session cannot be had, or is over. */
public record SessionFailure(Reason reason, String text, boolean sent) implements Failure {
  /** Why a session failed. */
  public enum Reason {
    /** The target refused the credentials, or did not prove its own. */
    AUTHENTICATION_FAILED,
    /** The login was refused with status class 2 for another reason. */
    LOGIN_REJECTED,
    /** No common ground on a key, or an answer that the rules do not allow. */
    NEGOTIATION_FAILED,
    /** More than 8 redirections, or one that came back to a portal of the same login. */
    REDIRECT_LOOP,
    /** A redirection without a TargetAddress, or with one that is none. */
    REDIRECT_MALFORMED,
    /** The portal belongs to another target portal group than expected. */
    WRONG_PORTAL_GROUP,
    /** The session was not back within the recovery timeout: its queue is failed upward. */
    RECOVERY_TIMED_OUT,
    /** {@link SessionCore#logout} or {@link SessionCore#close} was called. */
    CLOSED,
    /** Asked for something that this type of session does not do. */
    NOT_SUPPORTED
  }

  static SessionFailure closed() {
    return new SessionFailure(Reason.CLOSED, "the session is closed", false);
  }

  static SessionFailure notSupported(String what) {
    return new SessionFailure(Reason.NOT_SUPPORTED, what, false);
  }

  @Override
  public SessionFailure withSent(boolean value) {
    return new SessionFailure(reason, text, value);
  }
}
