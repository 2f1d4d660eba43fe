package io.pathproof.initiator.netty;

import io.pathproof.initiator.session.Failure;

/** A discovery that brought no answer. */
public final class DiscoveryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  DiscoveryException(Failure failure) {
    super(failure.text());
    this.failure = failure;
  }

  /** What went wrong, by its scope. */
  public Failure failure() {
    return failure;
  }
}
