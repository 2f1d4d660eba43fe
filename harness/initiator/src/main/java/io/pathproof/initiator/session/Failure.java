package io.pathproof.initiator.session;

/**
 * Something went wrong, by its scope: one task, the connection with all tasks on it, or the session
 * (RFC 7143 section 7.1). Decide on the type and its reason, never on the text.
 */
public sealed interface Failure extends TaskOutcome
    permits TaskFailure, ConnectionFailure, SessionFailure {

  /** For a person: what happened, with figures. */
  String text();

  /**
   * Whether the command that ends with this failure may have reached the target. A write with
   * {@code sent()} is indeterminate; without it, it never happened. False where no command is
   * concerned.
   */
  boolean sent();

  /** The same failure for a command that was, or was not, sent. */
  Failure withSent(boolean sent);
}
