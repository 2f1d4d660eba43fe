package io.pathproof.initiator.session;

import java.util.ArrayList;
import java.util.List;

/**
 * Adaptive deadlines of commands: notices the ones that take far longer than the connection has let
 * expect. What moves a command's own data is progress of it, and starts its time anew. A command
 * that is overdue is told, and is reason to ask by a ping whether the target is there; it is not
 * aborted, nor its path given up, which stays with the task timeout and the ping.
 */
final class OverdueWatch {
  private final boolean on;
  private final LatencyEstimator latency;
  private final TaskTable tasks;
  private final Doubt doubt;

  /** No task is overdue before; moved on when it has come. */
  private long checkAtNs = Deadline.NONE;

  private long takenNs = Long.MIN_VALUE;

  /**
   * A command that is overdue.
   *
   * @param waitedNs since it was sent, or since its data last moved
   */
  record Overdue(ScsiTask task, long waitedNs, long allowedNs) {}

  OverdueWatch(SessionTimers timers, TaskTable tasks, Drain drain) {
    this.on = timers.overdueFloorNs() > 0;
    this.latency = new LatencyEstimator(timers.overdueFloorNs());
    this.tasks = tasks;
    this.doubt = new Doubt(drain, timers.nopTimeoutNs());
  }

  void sent(Task task, long nowNs) {
    if (on) {
      task.sentNs = nowNs;
      task.movedNs = nowNs;
      checkAtNs = Math.min(checkAtNs, Deadline.after(nowNs, latency.allowedNs()));
    }
  }

  /** Data of the command came, or was asked for. */
  void moved(Task task, long nowNs) {
    task.movedNs = nowNs;
  }

  /** The other end took some of what was sent; that may be any command's data. */
  void taken(long atNs) {
    takenNs = Math.max(takenNs, atNs);
  }

  /** The command was answered, in time or late. What was aborted tells no latency. */
  void answered(Task task, long nowNs) {
    if (on && task.stage == Task.Stage.IN_FLIGHT) {
      boolean first = latency.allowedNs() == Deadline.NONE;
      latency.sample(nowNs - task.sentNs);
      if (first) {
        checkAtNs = earliest();
      }
    }
  }

  long deadlineNs() {
    return doubt.deadlineNs(checkAtNs);
  }

  /** The commands that are overdue beyond doubt; each is told once. */
  List<Overdue> due(long nowNs) {
    if (checkAtNs > nowNs) {
      return List.of();
    }
    checkAtNs = earliest();
    if (!doubt.isDue(checkAtNs, nowNs)) {
      return List.of();
    }
    long allowedNs = latency.allowedNs();
    List<Overdue> overdue = new ArrayList<>();
    for (Task task : tasks.listInFlight()) {
      if (isWatched(task) && Deadline.after(since(task), allowedNs) <= nowNs) {
        task.overdue = true;
        overdue.add(new Overdue(task.scsi, nowNs - since(task), allowedNs));
      }
    }
    latency.missed();
    checkAtNs = earliest();
    return overdue;
  }

  private long earliest() {
    long allowedNs = latency.allowedNs();
    long earliest = Deadline.NONE;
    for (Task task : tasks.listInFlight()) {
      if (isWatched(task)) {
        earliest = Math.min(earliest, Deadline.after(since(task), allowedNs));
      }
    }
    return earliest;
  }

  private static boolean isWatched(Task task) {
    return task.stage == Task.Stage.IN_FLIGHT && !task.overdue;
  }

  private long since(Task task) {
    return task.write == null ? task.movedNs : Math.max(task.movedNs, takenNs);
  }
}
