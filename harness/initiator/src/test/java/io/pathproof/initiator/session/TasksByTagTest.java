package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.Pdu;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tags of tasks in flight. */
class TasksByTagTest {
  private final TasksByTag tasks = new TasksByTag();

  private Task put() {
    Task task = new Task(ScsiTask.nonData(0, ByteBuffer.allocate(6), (outcome, nowNs) -> {}), 0);
    task.tag = tasks.fresh();
    tasks.put(task);
    return task;
  }

  @Test
  @DisplayName("Each of many tasks is found under its own tag, till it is taken out")
  void manyTasks() {
    List<Task> all = new ArrayList<>();
    Set<Integer> tags = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      all.add(put());
      assertThat(tags.add(all.get(i).tag)).isTrue();
    }
    assertThat(tasks.size()).isEqualTo(1000);
    assertThat(tasks.list()).containsExactlyInAnyOrderElementsOf(all);
    for (Task task : all) {
      assertThat(tasks.get(task.tag)).isSameAs(task);
      tasks.remove(task);
      assertThat(tasks.get(task.tag)).isNull();
    }
    assertThat(tasks.size()).isZero();
    assertThat(tasks.list()).isEmpty();
  }

  @Test
  @DisplayName("A task that stays has its tag for itself, however many come and go")
  void aTaskThatStays() {
    Task stays = put();
    Deque<Task> others = new ArrayDeque<>();
    for (int i = 0; i < 10_000; i++) {
      others.add(put());
      if (others.size() > 5) {
        tasks.remove(others.remove());
      }
      assertThat(tasks.get(stays.tag)).isSameAs(stays);
    }
    assertThat(tasks.size()).isEqualTo(1 + others.size());
  }

  @Test
  @DisplayName("A tag that was never given out finds nothing, nor does one with the same last bits")
  void strangeTags() {
    Task task = put();
    for (int bit = 4; bit < 32; bit++) {
      assertThat(tasks.get(task.tag ^ 1 << bit)).isNull();
    }
    assertThat(tasks.get(Pdu.RESERVED_TAG)).isNull();
  }

  @Test
  @DisplayName("The reserved tag is never given out, and no tag twice in a row without a task")
  void freshTags() {
    int before = tasks.fresh();
    for (int i = 0; i < 100; i++) {
      int tag = tasks.fresh();
      assertThat(tag).isNotEqualTo(before);
      before = tag;
    }
    TasksByTag atTheWrap = new TasksByTag(Pdu.RESERVED_TAG - 1);
    assertThat(atTheWrap.fresh()).isEqualTo(Pdu.RESERVED_TAG - 1);
    assertThat(atTheWrap.fresh()).isEqualTo(Pdu.RESERVED_TAG + 1);
  }
}
