package io.pathproof.targets.array.server;

/** The array could not be started, or could not do what it was asked to. The message says why. */
public class ArrayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ArrayException(String message) {
    super(message);
  }

  public ArrayException(String message, Throwable cause) {
    super(message, cause);
  }
}
