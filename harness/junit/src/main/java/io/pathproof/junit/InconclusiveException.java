package io.pathproof.junit;

/**
 * A scenario was judged INCONCLUSIVE: nothing was shown about the behaviour, because the lab failed
 * or the run did not exercise it. Not an assertion failure, and not a pass either.
 */
public class InconclusiveException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the scenario and the cause
   * @param cause the underlying failure, or null
   */
  public InconclusiveException(String message, Throwable cause) {
    super(message, cause);
  }
}
