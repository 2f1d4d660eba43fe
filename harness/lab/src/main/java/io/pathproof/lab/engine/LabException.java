package io.pathproof.lab.engine;

/**
 * The lab itself failed: it could not be built, or a part of it died or did not answer. Never a
 * statement about the behaviour under test; makes a run INCONCLUSIVE.
 */
public class LabException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String log;

  /**
   * @param message what failed, where, and the remedy
   */
  public LabException(String message) {
    this(message, "", null);
  }

  /**
   * @param message what failed, where, and the remedy
   * @param cause the underlying failure, or null
   */
  public LabException(String message, Throwable cause) {
    this(message, "", cause);
  }

  /**
   * @param message what failed, where, and the remedy
   * @param log the log of the part that failed, or an empty string
   * @param cause the underlying failure, or null
   */
  public LabException(String message, String log, Throwable cause) {
    super(message, cause);
    this.log = log;
  }

  /** The log of the part that failed, or an empty string. */
  public String log() {
    return log;
  }
}
