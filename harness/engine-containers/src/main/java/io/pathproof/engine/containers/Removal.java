package io.pathproof.engine.containers;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Removes what a container may still hold: the engine lets go of a container's networks and volumes
 * a moment after the container itself is gone, and tells of that moment by no event.
 */
final class Removal {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long RETRY_MS = 100;

  private Removal() {}

  /**
   * Tries until it succeeds, what is to be removed is gone, or the limit has passed.
   *
   * @throws DockerException what the engine said last, after the limit
   */
  static void of(Runnable removal) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        removal.run();
        return;
      } catch (NotFoundException e) {
        return;
      } catch (DockerException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
