package io.pathproof.initiator.session;

import io.pathproof.initiator.session.ConnectionFailure.Reason;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of tasks that were never sent while the session is down: kept for the recovery
 * timeout, or through a reconnect that the target asked for, and else failed upward.
 */
final class RecoveryWait {
  private final TaskTable tasks;
  private final Outlet out;
  private final long timeoutNs;
  private long deadlineNs = Deadline.NONE;
  private boolean expired;

  /** The target asked for a logout: the queue is kept until the next attempt has failed. */
  private boolean planned;

  private Failure cause;

  RecoveryWait(TaskTable tasks, Outlet out, SessionTimers timers) {
    this.tasks = tasks;
    this.out = out;
    this.timeoutNs = timers.recoveryTimeoutNs();
  }

  /** The session is down from now on. */
  void begin(long nowNs) {
    deadlineNs = Deadline.after(nowNs, timeoutNs);
  }

  /** The connection will go, as the target wants it to. */
  void plan() {
    planned = true;
  }

  /** A session that was logged in is down. */
  void lost(Failure failure, long nowNs) {
    cause = failure;
    begin(nowNs);
    if (timeoutNs == 0 && !planned) {
      failQueue(failure, nowNs);
    }
    for (Task task : tasks.listQueue()) {
      tasks.deadline(task, Deadline.NONE);
    }
  }

  /** An attempt to log in has failed. */
  void attemptFailed(Failure failure, long nowNs) {
    cause = failure;
    planned = false;
    if (timeoutNs == 0 || expired) {
      failQueue(failure, nowNs);
    }
  }

  /** Logged in. */
  void over() {
    deadlineNs = Deadline.NONE;
    expired = false;
    planned = false;
    cause = null;
  }

  /** The session has ended for good. */
  void end(Failure failure, long nowNs) {
    deadlineNs = Deadline.NONE;
    failQueue(failure, nowNs);
  }

  long deadlineNs() {
    return deadlineNs;
  }

  void onDeadline(long nowNs) {
    if (deadlineNs <= nowNs) {
      deadlineNs = Deadline.NONE;
      expired = true;
      if (!planned) {
        failQueue(timedOut(), nowNs);
      }
    }
  }

  /** Why a task is not even queued while the session is down, or null if it is. */
  Failure refusal() {
    if (planned) {
      return null;
    }
    return timeoutNs == 0 ? notConnected() : expired ? timedOut() : null;
  }

  ConnectionFailure notConnected() {
    return new ConnectionFailure(
        Reason.NOT_CONNECTED,
        (cause == null ? "not logged in, or a question is under way" : "not logged in" + because()),
        false);
  }

  private SessionFailure timedOut() {
    return new SessionFailure(
        SessionFailure.Reason.RECOVERY_TIMED_OUT,
        "not logged in again within %d ms%s"
            .formatted(TimeUnit.NANOSECONDS.toMillis(timeoutNs), because()),
        false);
  }

  private String because() {
    return cause == null ? "" : ": " + cause.text();
  }

  void failQueue(Failure failure, long nowNs) {
    for (Task task : tasks.listQueue()) {
      tasks.remove(task);
      out.complete(task.scsi.listener(), failure.withSent(false), nowNs);
    }
  }
}
