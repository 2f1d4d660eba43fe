package io.pathproof.initiator.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineListTest {
  private final DeadlineList list = new DeadlineList();
  private long submitted;

  private Task task(long deadlineNs) {
    Task task =
        new Task(ScsiTask.nonData(0, ByteBuffer.allocate(6), (outcome, nowNs) -> {}), submitted++);
    task.deadlineNs = deadlineNs;
    return task;
  }

  private Task added(long deadlineNs) {
    Task task = task(deadlineNs);
    list.add(task);
    return task;
  }

  /** Takes the first one out until none is left. */
  private List<Task> drained() {
    List<Task> tasks = new ArrayList<>();
    for (Task first = list.first(); first != null; first = list.first()) {
      list.remove(first);
      tasks.add(first);
      assertThat((long) tasks.size()).as("taken out once each").isLessThanOrEqualTo(submitted);
    }
    return tasks;
  }

  @Test
  void anEmptyListHasNoFirst() {
    assertThat(list.first()).isNull();
    list.remove(added(5));
    assertThat(list.first()).isNull();
    Task again = added(3);
    assertThat(drained()).containsExactly(again);
  }

  @Test
  void theEarliestDeadlineIsFirstWhateverTheOrderOfAdding() {
    Task middle = added(20);
    Task last = added(30);
    Task first = added(10);
    Task between = added(25);
    assertThat(list.first()).isSameAs(first);
    assertThat(drained()).containsExactly(first, middle, between, last);
  }

  @Test
  void deadlinesThatAreTheSameKeepTheOrderOfAdding() {
    Task one = added(10);
    Task two = added(10);
    Task later = added(11);
    Task three = added(10);
    assertThat(drained()).containsExactly(one, two, three, later);
  }

  @Test
  void aTaskIsTakenOutWhereverItStands() {
    Task first = added(1);
    Task second = added(2);
    Task third = added(3);
    Task fourth = added(4);
    list.remove(second);
    list.remove(fourth);
    list.remove(first);
    assertThat(list.first()).isSameAs(third);
    assertThat(second.earlier).as("one that is out keeps no other alive").isNull();
    assertThat(second.later).isNull();
    // the end of the list is where the next one is looked for
    Task fifth = added(5);
    assertThat(drained()).containsExactly(third, fifth);
  }

  @Test
  void aTaskMayComeBackWithAnotherDeadline() {
    Task moved = added(1);
    Task other = added(2);
    list.remove(moved);
    moved.deadlineNs = 3;
    list.add(moved);
    assertThat(drained()).containsExactly(other, moved);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20261121})
  void itAgreesWithASortedSetUnderRandomOperations(long seed) {
    Random random = new Random(seed);
    Comparator<Task> order =
        Comparator.comparingLong((Task task) -> task.deadlineNs).thenComparingLong(t -> t.order);
    TreeSet<Task> model = new TreeSet<>(order);
    List<Task> members = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      // few different deadlines, so that many are the same; the list grows and shrinks by turns
      boolean grows = random.nextInt(100) < (step / 2_000 % 2 == 0 ? 60 : 35);
      if (grows || members.isEmpty()) {
        Task task = added(random.nextInt(50));
        members.add(task);
        model.add(task);
      } else {
        Task task = members.remove(random.nextInt(members.size()));
        list.remove(task);
        model.remove(task);
      }
      Task expected = model.isEmpty() ? null : model.first();
      assertThat(list.first()).as("seed %d, step %d", seed, step).isSameAs(expected);
      assertThat(forwards()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
    }
    assertThat(drained()).containsExactlyElementsOf(model);
  }

  /** The length, each link being followed both ways. */
  private int forwards() {
    int length = 0;
    Task before = null;
    for (Task each = list.first(); each != null; each = each.later) {
      if (each.earlier != before) {
        throw new AssertionError("the neighbours of " + each.order + " disagree");
      }
      before = each;
      length++;
    }
    return length;
  }

  @Test
  void manyTasksOfOneTimeoutCostNoSearch() {
    TaskTable table = new TaskTable();
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      ScsiTask scsi = ScsiTask.nonData(0, ByteBuffer.allocate(6), (o, nowNs) -> {});
      Task task = table.enqueue(scsi, false);
      table.deadline(task, 1_000 + i / 10);
      tasks.add(task);
    }
    assertThat(table.nextDeadlineNs()).isEqualTo(1_000);
    assertThat(table.due(999)).isNull();
    for (Task expected : tasks) {
      Task due = table.due(Long.MAX_VALUE - 1);
      if (due != expected) {
        assertThat(due).isSameAs(expected);
      }
      table.deadline(due, Deadline.NONE);
    }
    assertThat(table.nextDeadlineNs()).isEqualTo(Deadline.NONE);
  }
}
