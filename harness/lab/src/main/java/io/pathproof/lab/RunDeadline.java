package io.pathproof.lab;

import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** When a run has to be over, whatever it waits for. Its waits are the calling thread's. */
final class RunDeadline {
  private final LabDriver driver;
  private final long deadlineNs;

  /**
   * @param whole from now on
   */
  RunDeadline(LabDriver driver, Duration whole) {
    this.driver = driver;
    this.deadlineNs = driver.scheduler().nowNs() + whole.toNanos();
  }

  /**
   * Waits within a bound and the whole run's deadline; a bug's own exception comes through.
   *
   * @throws LabException when that time is over, or when the stage ended with one
   */
  <T> T await(CompletionStage<T> stage, Duration bound, String what) throws LabException {
    long leftNs = deadlineNs - driver.scheduler().nowNs();
    if (leftNs <= 0) {
      throw new LabException("the scenario's time was over before " + what);
    }
    Duration within = bound.toNanos() < leftNs ? bound : Duration.ofNanos(leftNs);
    CompletionStage<Ended<T>> ended =
        stage.handle(
            (value, failure) -> new Ended<>(value, failure == null ? null : Stages.cause(failure)));
    Ended<T> result = driver.await(ended, within, what);
    if (result.failure() == null) {
      return result.value();
    }
    if (result.failure() instanceof LabException lab) {
      throw lab;
    }
    if (result.failure() instanceof RuntimeException bug) {
      throw bug;
    }
    if (result.failure() instanceof Error bug) {
      throw bug;
    }
    throw new CompletionException("while waiting for " + what, result.failure());
  }

  private record Ended<T>(T value, Throwable failure) {}
}
