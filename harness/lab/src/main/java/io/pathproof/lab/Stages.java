package io.pathproof.lab;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Joins stages. */
final class Stages {
  private Stages() {}

  /** Completes when all have; fails as soon as one has failed, with its own exception. */
  static CompletableFuture<Void> all(Collection<? extends CompletionStage<?>> stages) {
    CompletableFuture<Void> joined = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(stages.size());
    if (stages.isEmpty()) {
      joined.complete(null);
    }
    for (CompletionStage<?> stage : stages) {
      stage.whenComplete(
          (value, failure) -> {
            if (failure != null) {
              joined.completeExceptionally(cause(failure));
            } else if (left.decrementAndGet() == 0) {
              joined.complete(null);
            }
          });
    }
    return joined;
  }

  /** What a stage failed with, without the wrapping that a dependent stage puts around it. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
