package io.pathproof.targets.array.system;

/** The array does not know what it was asked for, or cannot do it. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String error;
  private final String remedy;

  /**
   * A refusal.
   *
   * @param error what is wrong
   * @param remedy what to write in its place
   */
  public RefusedException(String error, String remedy) {
    super(error + "; " + remedy);
    this.error = error;
    this.remedy = remedy;
  }

  public String error() {
    return error;
  }

  public String remedy() {
    return remedy;
  }
}
