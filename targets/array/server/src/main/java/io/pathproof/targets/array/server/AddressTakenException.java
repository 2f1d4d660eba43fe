package io.pathproof.targets.array.server;

/** An address of the array cannot be listened on. */
public final class AddressTakenException extends ArrayException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  AddressTakenException(String problem, String remedy, Throwable cause) {
    super(problem + "; " + remedy, cause);
    this.problem = problem;
  }

  /** What is wrong, without the remedy, which depends on who gave the address. */
  public String problem() {
    return problem;
  }
}
