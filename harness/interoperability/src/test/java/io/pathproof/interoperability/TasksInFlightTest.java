package io.pathproof.interoperability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.scsi.Sense;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Task management with tasks in flight, over sockets: two sessions have tasks at two logical units
 * of the simulated array, which holds them. What a function ends and what it does not (RFC 7143
 * section 11.5.1, SAM-5 clause 7). A write that was ended is never carried out.
 */
@Timeout(60)
class TasksInFlightTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int LENGTH = 2048;
  private static final long NEXT = LENGTH / OpenSession.BLOCK;

  private final ArrayRig rig = new ArrayRig();
  private OpenSession ours;
  private OpenSession others;

  /** Writes to one place each, so that the medium tells which of them were carried out. */
  private CompletableFuture<TaskOutcome> oursAt1;

  private CompletableFuture<TaskOutcome> againAt1;
  private CompletableFuture<TaskOutcome> oursAt2;
  private CompletableFuture<TaskOutcome> othersAt1;
  private CompletableFuture<TaskOutcome> othersAt2;

  @BeforeEach
  void holdTasks() throws Exception {
    ours = rig.ready();
    others = rig.ready();
    rig.act("node1.a", "hold-commands", "");
    oursAt1 = ours.write(ArrayRig.LUN_1, 0, written(1));
    againAt1 = ours.write(ArrayRig.LUN_1, NEXT, written(2));
    oursAt2 = ours.write(ArrayRig.LUN_2, 0, written(3));
    othersAt1 = others.write(ArrayRig.LUN_1, 2 * NEXT, written(4));
    othersAt2 = others.write(ArrayRig.LUN_2, NEXT, written(5));
    await().atMost(LIMIT).until(() -> rig.inFlight() == 5);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static byte[] written(int with) {
    byte[] bytes = new byte[LENGTH];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private void release() {
    rig.restore("node1.a", "hold-commands");
  }

  private static void good(List<CompletableFuture<TaskOutcome>> tasks) throws Exception {
    for (CompletableFuture<TaskOutcome> task : tasks) {
      assertThat(OpenSession.get(task))
          .isInstanceOfSatisfying(ScsiResult.class, r -> assertThat(r.good()).isTrue());
    }
  }

  private static void failed(CompletableFuture<TaskOutcome> task, TaskFailure.Reason reason)
      throws Exception {
    assertThat(OpenSession.get(task))
        .isInstanceOfSatisfying(
            TaskFailure.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
  }

  /** What stands at the five places, in the order of the writes; 0 is nothing. */
  private List<Integer> medium() {
    return Stream.of(
            rig.stored("vol1", 0, LENGTH),
            rig.stored("vol1", NEXT, LENGTH),
            rig.stored("vol2", 0, LENGTH),
            rig.stored("vol1", 2 * NEXT, LENGTH),
            rig.stored("vol2", NEXT, LENGTH))
        .map(
            stored -> {
              int first = stored.get(0);
              assertThat(stored).isEqualTo(ByteBuffer.wrap(written(first)));
              return first;
            })
        .toList();
  }

  private void neitherSessionIsLost() {
    assertThat(ours.downs).isEmpty();
    assertThat(others.downs).isEmpty();
  }

  @Test
  @DisplayName("ABORT TASK ends the one task, and no unit attention tells of it")
  void abortTask() throws Exception {
    ours.cancel(oursAt1);
    failed(oursAt1, TaskFailure.Reason.CANCELLED);
    assertThat(ours.events).hasAtLeastOneElementOfType(SessionEvent.AbortConfirmed.class);
    assertThat(rig.inFlight()).isEqualTo(4);
    release();
    good(List.of(againAt1, oursAt2, othersAt1, othersAt2));
    assertThat(medium()).containsExactly(0, 2, 3, 4, 5);
    assertThat(ours.attentions() + others.attentions()).as("unit attentions").isZero();
    neitherSessionIsLost();
  }

  @Test
  @DisplayName("ABORT TASK SET ends the session's own tasks at the logical unit")
  void abortTaskSet() throws Exception {
    assertThat(ours.manage(TaskManagementFunction.ABORT_TASK_SET))
        .isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    failed(oursAt1, TaskFailure.Reason.TERMINATED);
    failed(againAt1, TaskFailure.Reason.TERMINATED);
    assertThat(rig.inFlight()).isEqualTo(3);
    release();
    good(List.of(oursAt2, othersAt1, othersAt2));
    assertThat(medium()).containsExactly(0, 0, 3, 4, 5);
    assertThat(ours.attentions() + others.attentions()).as("unit attentions").isZero();
    neitherSessionIsLost();
  }

  /** CLEAR TASK SET tells the other session alone: COMMANDS CLEARED BY ANOTHER INITIATOR. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"CLEAR_TASK_SET, '', 2f/00", "LOGICAL_UNIT_RESET, 29/, 29/"})
  @DisplayName("All tasks at the logical unit end, and sessions are told")
  void allTasksOfTheLogicalUnit(TaskManagementFunction function, String told, String othersTold)
      throws Exception {
    assertThat(ours.manage(function)).isEqualTo(TaskManagementResult.FUNCTION_COMPLETE);
    failed(oursAt1, TaskFailure.Reason.TERMINATED);
    failed(againAt1, TaskFailure.Reason.TERMINATED);
    release();
    good(List.of(oursAt2, othersAt2));
    if (told.isEmpty()) {
      assertThat(ours.attentions()).as("unit attentions").isZero();
    } else {
      assertThat(attention(ours)).startsWith(told);
    }
    assertThat(attention(others)).startsWith(othersTold);
    theOthersTaskIsGone();
    assertThat(medium()).containsExactly(0, 0, 3, 0, 5);
    neitherSessionIsLost();
  }

  private static String attention(OpenSession session) throws Exception {
    ScsiResult result = (ScsiResult) OpenSession.get(session.read(0, OpenSession.BLOCK));
    Sense sense = result.decodedSense().orElseThrow();
    return "%02x/%02x".formatted(sense.asc(), sense.ascq());
  }

  /** No status is sent for it (TAS 0), so the other session finds out when it gives the task up. */
  private void theOthersTaskIsGone() throws Exception {
    assertThat(rig.inFlight()).isZero();
    assertThat(othersAt1).isNotDone();
    others.cancel(othersAt1);
    failed(othersAt1, TaskFailure.Reason.CANCELLED);
  }
}
