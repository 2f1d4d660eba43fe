package io.pathproof.lab.engine;

import java.util.concurrent.Executor;

/**
 * A single thread of control with a clock: an event loop when live, virtual time when simulated.
 * All tasks run one after another on it.
 */
public interface Scheduler extends Executor {
  /** Monotonic time in nanoseconds; only differences mean anything. Same clock in a whole lab. */
  long nowNs();

  /** Runs the task on this scheduler once {@link #nowNs} has reached {@code deadlineNs}. */
  Cancellable at(long deadlineNs, Runnable task);

  /** A task that has not run yet. */
  interface Cancellable {
    /** Keeps the task from running if it has not started. Idempotent. */
    void cancel();
  }
}
