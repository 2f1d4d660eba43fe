package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Pdu;
import java.util.ArrayList;
import java.util.List;

/**
 * Tasks in flight by Initiator Task Tag, and the tags that are given out: one after another, so
 * that their last bits are a place in a table, which costs no object for each answer. A tag whose
 * place is taken is left out.
 */
final class TasksByTag {
  /** By the tag's last bits; of a power of two, and never more than half full. */
  private Task[] places = new Task[16];

  private int size;
  private int next;

  TasksByTag() {
    this(1);
  }

  /** With a first tag of its own, such as one before the wrap. */
  TasksByTag(int first) {
    next = first;
  }

  /** A tag that no task holds, and not the one that was given out before. */
  int fresh() {
    while (next == Pdu.RESERVED_TAG || places[place(next)] != null) {
      next++;
    }
    return next++;
  }

  private int place(int tag) {
    return tag & (places.length - 1);
  }

  /** Under its tag, the last that {@link #fresh} gave. */
  void put(Task task) {
    places[place(task.tag)] = task;
    size++;
    if (2 * size > places.length) {
      grow();
    }
  }

  /** Tags with different last bits differ in the longer table as well. */
  private void grow() {
    Task[] before = places;
    places = new Task[2 * before.length];
    for (Task task : before) {
      if (task != null) {
        places[place(task.tag)] = task;
      }
    }
  }

  /** Or null. */
  Task get(int tag) {
    Task task = places[place(tag)];
    return task != null && task.tag == tag ? task : null;
  }

  /** A task that is there. */
  void remove(Task task) {
    places[place(task.tag)] = null;
    size--;
  }

  int size() {
    return size;
  }

  /** In no order. */
  List<Task> list() {
    List<Task> tasks = new ArrayList<>(size);
    for (Task task : places) {
      if (task != null) {
        tasks.add(task);
      }
    }
    return tasks;
  }
}
