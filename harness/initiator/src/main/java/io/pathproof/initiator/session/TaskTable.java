package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Pdu;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All tasks of a session that have not ended: the queue, those in flight, and their deadlines. */
final class TaskTable {
  private final ArrayDeque<Task> queue = new ArrayDeque<>();
  private final Map<Integer, Task> inFlight = new HashMap<>();
  private final DeadlineList deadlines = new DeadlineList();
  private long submitted;
  private int nextTag = 1;

  Task enqueue(ScsiTask scsi) {
    Task task = new Task(scsi, submitted++);
    queue.add(task);
    return task;
  }

  boolean queueEmpty() {
    return queue.isEmpty();
  }

  /** Takes the oldest task out of the queue into flight, under a tag of its own. */
  Task dispatch() {
    Task task = queue.remove();
    task.stage = Task.Stage.IN_FLIGHT;
    task.tag = freshTag();
    inFlight.put(task.tag, task);
    return task;
  }

  /** An Initiator Task Tag that no task holds. */
  int freshTag() {
    while (nextTag == Pdu.RESERVED_TAG || inFlight.containsKey(nextTag)) {
      nextTag++;
    }
    return nextTag++;
  }

  /** The task in flight under the tag, or null. */
  Task byTag(int tag) {
    return inFlight.get(tag);
  }

  int inFlight() {
    return inFlight.size();
  }

  int size() {
    return queue.size() + inFlight.size();
  }

  /** The task of a submission that has not ended, or null. */
  Task find(ScsiTask scsi) {
    for (Task task : inFlight.values()) {
      if (task.scsi == scsi) {
        return task;
      }
    }
    for (Task task : queue) {
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
      queue.remove(task);
    } else {
      inFlight.remove(task.tag);
    }
    task.stage = Task.Stage.ENDED;
  }

  /** The tasks in flight, oldest first. */
  List<Task> listInFlight() {
    List<Task> tasks = new ArrayList<>(inFlight.values());
    tasks.sort(Comparator.comparingLong(task -> task.order));
    return tasks;
  }

  /** The tasks that were never sent, oldest first. */
  List<Task> listQueue() {
    return new ArrayList<>(queue);
  }
}
