package io.pathproof.lab.document;

/** A scalar's text does not mean anything where it stands. */
public final class BadValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * @param what what is wrong with it
   * @param remedy what to write in its place
   */
  public BadValueException(String what, String remedy) {
    super(what);
    this.remedy = remedy;
  }

  /** What to write in its place. */
  public String remedy() {
    return remedy;
  }
}
