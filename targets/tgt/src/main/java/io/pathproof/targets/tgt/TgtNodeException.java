package io.pathproof.targets.tgt;

/**
 * A node did not do what was asked; the message carries the cause and the end of the node's log.
 */
public final class TgtNodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TgtNodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
