package io.pathproof.targets.array.control;

/** A request that is not served. */
final class HttpRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String remedy;

  HttpRefusal(int status, String error, String remedy) {
    super(error);
    this.status = status;
    this.remedy = remedy;
  }

  int status() {
    return status;
  }

  String remedy() {
    return remedy;
  }
}
