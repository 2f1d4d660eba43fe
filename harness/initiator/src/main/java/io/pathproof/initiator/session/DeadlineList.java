package io.pathproof.initiator.session;

/**
 * Tasks in the order of their deadlines, linked through themselves. Nearly all tasks of a session
 * have the same timeout, so that a new deadline is nearly always the last one: adding looks from
 * the end, and costs no search and no memory.
 */
final class DeadlineList {
  private Task first;
  private Task last;

  /** The task with the earliest deadline, or null. */
  Task first() {
    return first;
  }

  /** Adds a task that is not in the list; behind those with the same deadline. */
  void add(Task task) {
    Task before = last;
    while (before != null && before.deadlineNs > task.deadlineNs) {
      before = before.earlier;
    }
    Task after = before == null ? first : before.later;
    task.earlier = before;
    task.later = after;
    if (before == null) {
      first = task;
    } else {
      before.later = task;
    }
    if (after == null) {
      last = task;
    } else {
      after.earlier = task;
    }
  }

  /** Takes out a task that is in the list. */
  void remove(Task task) {
    if (task.earlier == null) {
      first = task.later;
    } else {
      task.earlier.later = task.later;
    }
    if (task.later == null) {
      last = task.earlier;
    } else {
      task.later.earlier = task.earlier;
    }
    task.earlier = null;
    task.later = null;
  }
}
