package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.BasicHeaderSegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * All tasks of a session that have not ended: the queue, what is kept back beside it, those in
 * flight, and their deadlines.
 */
final class TaskTable {
  private final ArrayDeque<Task> queue = new ArrayDeque<>();

  /** Never sent either, and not to be sent before their logical unit is admitted. */
  private final ArrayDeque<Task> kept = new ArrayDeque<>();

  private final TasksByTag inFlight = new TasksByTag();
  private final DeadlineList deadlines = new DeadlineList();
  private long submitted;
  private long owed;

  /**
   * @param keep whether it is kept back
   */
  Task enqueue(ScsiTask scsi, boolean keep) {
    Task task = new Task(scsi, submitted++);
    (keep ? kept : queue).add(task);
    return task;
  }

  /** Keeps back what the queue holds for a logical unit. */
  void keepBack(long lun) {
    move(queue, kept, task -> task.scsi.lun() == lun && !task.scsi.identifies());
  }

  /** What was kept back for a logical unit goes to the end of the queue. */
  void release(long lun) {
    move(kept, queue, task -> task.scsi.lun() == lun);
  }

  private static void move(ArrayDeque<Task> from, ArrayDeque<Task> to, Predicate<Task> which) {
    from.stream().filter(which).forEach(to::add);
    from.removeIf(which);
  }

  /** What is kept back for a logical unit, oldest first. */
  List<Task> listKept(long lun) {
    return kept.stream().filter(task -> task.scsi.lun() == lun).toList();
  }

  /** Whether a task waits for its logical unit to be admitted. */
  boolean isKept(Task task) {
    return kept.contains(task);
  }

  boolean queueEmpty() {
    return queue.isEmpty();
  }

  /** Takes the oldest task out of the queue into flight, under a tag of its own. */
  Task dispatch() {
    Task task = queue.remove();
    task.stage = Task.Stage.IN_FLIGHT;
    task.tag = freshTag();
    inFlight.put(task);
    boolean reads = task.scsi.direction() == DataDirection.READ;
    task.owed = BasicHeaderSegment.LENGTH + (reads ? task.scsi.expectedLength() : 0);
    owed += task.owed;
    return task;
  }

  /** An Initiator Task Tag that no task holds. */
  int freshTag() {
    return inFlight.fresh();
  }

  /** The task in flight under the tag, or null. */
  Task byTag(int tag) {
    return inFlight.get(tag);
  }

  int inFlight() {
    return inFlight.size();
  }

  /** Bytes of the answers of what is in flight that have not come, headers not all counted. */
  long owed() {
    return owed;
  }

  /** Data came for a task; its answer is not complete. */
  void came(Task task, int bytes) {
    task.owed -= bytes;
    owed -= bytes;
  }

  int size() {
    return queue.size() + kept.size() + inFlight.size();
  }

  /** The task of a submission that has not ended, or null. */
  Task find(ScsiTask scsi) {
    for (Task task : inFlight.list()) {
      if (task.scsi == scsi) {
        return task;
      }
    }
    for (Task task : listQueue()) {
      if (task.scsi == scsi) {
        return task;
      }
    }
    return null;
  }

  void deadline(Task task, long atNs) {
    if (task.deadlineNs != Deadline.NONE) {
      deadlines.remove(task);
    }
    task.deadlineNs = atNs;
    if (atNs != Deadline.NONE) {
      deadlines.add(task);
    }
  }

  long nextDeadlineNs() {
    Task first = deadlines.first();
    return first == null ? Deadline.NONE : first.deadlineNs;
  }

  /** A task whose deadline has come, or null. */
  Task due(long nowNs) {
    return nextDeadlineNs() <= nowNs ? deadlines.first() : null;
  }

  /** Takes a task out; it is over. */
  void remove(Task task) {
    deadline(task, Deadline.NONE);
    if (task.stage == Task.Stage.QUEUED) {
      if (!queue.remove(task)) {
        kept.remove(task);
      }
    } else {
      inFlight.remove(task);
      owed -= task.owed;
    }
    task.stage = Task.Stage.ENDED;
  }

  /** The tasks in flight, oldest first. */
  List<Task> listInFlight() {
    List<Task> tasks = inFlight.list();
    tasks.sort(Comparator.comparingLong(task -> task.order));
    return tasks;
  }

  /** The tasks that were never sent, oldest first. */
  List<Task> listQueue() {
    List<Task> tasks = new ArrayList<>(queue);
    tasks.addAll(kept);
    tasks.sort(Comparator.comparingLong(task -> task.order));
    return tasks;
  }
}
