package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Task management functions and what they do to tasks (RFC 7143 sections 11.5, 11.6, 4.2.3). */
class TaskManagementTest {
  private final ScriptedTarget target =
      ScriptedTarget.up(
          settings().withTimers(SessionTimers.ofMillis(1_000, 0, 1, 30_000, 3_000, 0, 500)));
  private final List<Object> ends = new ArrayList<>();

  private TaskManagementRequest manage(TaskManagementFunction function, long lun) {
    target.core.manage(
        new TaskManagement(
            function,
            lun,
            new TaskManagement.Listener() {
              @Override
              public void answered(TaskManagementResult result, long nowNs) {
                ends.add(result);
              }

              @Override
              public void failed(Failure failure, long nowNs) {
                ends.add(failure);
              }
            }),
        target.nowNs);
    return target.next(TaskManagementRequest.class);
  }

  private void answer(TaskManagementRequest request, TaskManagementResult result) {
    target.receive(
        new TaskManagementResponse(
            result,
            request.initiatorTaskTag(),
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn()));
  }

  private void reject(Pdu pdu) {
    target.receive(
        new Reject(
            5,
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            new PduEncoder(Digests.NONE).encode(pdu).slice(0, 48)));
  }

  private static void ended(Submitted task, boolean ended) {
    if (ended) {
      assertThat(task.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.TERMINATED);
      assertThat(task.ended(TaskFailure.class).sent()).isTrue();
    } else {
      assertThat(task.pending()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ABORT_TASK_SET, true, false",
    "CLEAR_TASK_SET, true, false",
    "LOGICAL_UNIT_RESET, true, false",
    "TARGET_WARM_RESET, true, true",
    "CLEAR_ACA, false, false",
  })
  @DisplayName("A function that is complete ends the tasks that it covers, and no later ones")
  @Tag("rfc7143:4.2.2.1-g")
  @Tag("rfc7143:4.2.3.3-b")
  @Tag("rfc7143:11.5-c")
  void aFunctionEndsTheTasksThatItCovers(
      TaskManagementFunction function, boolean ofTheUnit, boolean ofAnother) {
    Submitted unit = target.submit(1);
    final int tag = target.command().initiatorTaskTag();
    Submitted another = target.submit(2);
    target.command();
    TaskManagementRequest request = manage(function, ofAnother ? 0 : 1);
    final Submitted later = target.submit(1);
    target.command();
    assertThat(request.function()).isEqualTo(function);
    assertThat(request.immediate()).isTrue();
    assertThat(request.lun()).isEqualTo(ofAnother ? 0 : 1);
    assertThat(request.referencedTaskTag()).isEqualTo(Pdu.RESERVED_TAG);
    ended(unit, false);
    answer(request, TaskManagementResult.FUNCTION_COMPLETE);
    assertThat(ends).containsExactly(TaskManagementResult.FUNCTION_COMPLETE);
    ended(unit, ofTheUnit);
    ended(another, ofAnother);
    ended(later, false);
    if (ofTheUnit) {
      target.receive(target.status(tag, 0, 0));
      assertThat(target.downs).as("the answer of a task that has ended comes late").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskManagementResult.class,
      names = "FUNCTION_COMPLETE",
      mode = EnumSource.Mode.EXCLUDE)
  @DisplayName("Any other response ends no task, and the session goes on (11.6.1)")
  void anyOtherResponseEndsNoTask(TaskManagementResult result) {
    Submitted task = target.submit(1);
    target.command();
    answer(manage(TaskManagementFunction.LOGICAL_UNIT_RESET, 1), result);
    assertThat(ends).containsExactly(result);
    ended(task, false);
    assertThat(target.downs).isEmpty();
  }

  @Test
  @DisplayName("TARGET COLD RESET ends all tasks before it, and the connection (11.5.1)")
  void aColdResetEndsTheConnection() {
    Submitted before = target.submit(1);
    target.command();
    TaskManagementRequest request = manage(TaskManagementFunction.TARGET_COLD_RESET, 0);
    Submitted after = target.submit(1);
    target.command();
    answer(request, TaskManagementResult.FUNCTION_COMPLETE);
    assertThat(ends).containsExactly(TaskManagementResult.FUNCTION_COMPLETE);
    ended(before, true);
    assertThat(after.ended(ConnectionFailure.class).sent()).isTrue();
    assertThat(((ConnectionFailure) target.downs.get(0)).reason())
        .isEqualTo(ConnectionFailure.Reason.DROPPED_BY_TARGET);
    assertThat(target.disconnects).hasSize(1);
    target.pass(500);
    target.login();
    assertThat(target.ups).hasSize(2);
  }

  @Test
  @DisplayName("A TARGET COLD RESET whose target closes before it answers fails with the tasks")
  void aColdResetWithoutAnAnswerFailsWithTheConnection() {
    Submitted task = target.submit(1);
    target.command();
    manage(TaskManagementFunction.TARGET_COLD_RESET, 0);
    target.closedByTarget();
    assertThat(task.ended(ConnectionFailure.class).sent()).isTrue();
    assertThat(((ConnectionFailure) ends.get(0)).sent()).isTrue();
  }

  @Test
  @DisplayName("A function that is not answered in time ends the connection")
  void aFunctionThatIsNotAnsweredEndsTheConnection() {
    manage(TaskManagementFunction.LOGICAL_UNIT_RESET, 1);
    target.pass(2_999);
    assertThat(ends).isEmpty();
    target.pass(1);
    assertThat(((ConnectionFailure) ends.get(0)).reason())
        .isEqualTo(ConnectionFailure.Reason.ABORT_TIMED_OUT);
    assertThat(target.downs).hasSize(1);
  }

  @Test
  @DisplayName("A function that the target rejects fails at once, and the session goes on")
  void aRejectedFunctionFailsAtOnce() {
    Submitted task = target.submit(1);
    target.command();
    reject(manage(TaskManagementFunction.CLEAR_TASK_SET, 1));
    assertThat(((TaskFailure) ends.get(0)).reason()).isEqualTo(TaskFailure.Reason.REJECTED);
    ended(task, false);
    target.pass(10_000);
    assertThat(target.downs).isEmpty();
  }

  @Test
  @DisplayName("An ABORT TASK that the target rejects leaves open what became of the task")
  void aRejectedAbortEndsTheConnection() {
    Submitted task = target.submit(1);
    target.command();
    target.core.cancel(task.task(), target.nowNs);
    reject(target.next(TaskManagementRequest.class));
    assertThat(((ConnectionFailure) target.downs.get(0)).reason())
        .isEqualTo(ConnectionFailure.Reason.ABORT_TIMED_OUT);
    assertThat(task.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(TaskManagementResult.class)
  @DisplayName("ABORT TASK: complete and unknown task end it, any other answer leaves it open")
  void theAnswerToAnAbortDecides(TaskManagementResult result) {
    Submitted task = target.submit(1);
    target.command();
    target.core.cancel(task.task(), target.nowNs);
    answer(target.next(TaskManagementRequest.class), result);
    switch (result) {
      case FUNCTION_COMPLETE, TASK_DOES_NOT_EXIST -> {
        assertThat(task.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.CANCELLED);
        assertThat(target.downs).isEmpty();
      }
      default -> {
        assertThat(task.ended(ConnectionFailure.class).text())
            .isEqualTo(
                "TASK_MANAGEMENT_RESPONSE: Response: ABORT TASK was answered with " + result);
        assertThat(target.downs).hasSize(1);
      }
    }
  }

  @Test
  @DisplayName("A reset that overtakes an abort ends the task once")
  @Tag("rfc7143:4.2.3.3-c")
  void aResetThatCoversAnAbortedTaskEndsItOnce() {
    Submitted task = target.submit(1);
    target.command();
    target.core.cancel(task.task(), target.nowNs);
    TaskManagementRequest abort = target.next(TaskManagementRequest.class);
    answer(
        manage(TaskManagementFunction.LOGICAL_UNIT_RESET, 1),
        TaskManagementResult.FUNCTION_COMPLETE);
    ended(task, true);
    answer(abort, TaskManagementResult.TASK_DOES_NOT_EXIST);
    assertThat(target.downs).isEmpty();
    assertThat(target.core.outstanding()).isZero();
  }

  @Test
  @DisplayName("Behind a Logout Request nothing is managed or aborted any more (11.14)")
  void nothingIsManagedBehindALogoutRequest() {
    Submitted slow = target.submit(1);
    target.command();
    target.receive(target.async(0, 1, 0, 0, 0, Pdu.NO_DATA));
    target.next(LogoutRequest.class);
    target.core.cancel(slow.task(), target.nowNs);
    List<Failure> failures = new ArrayList<>();
    target.core.manage(
        new TaskManagement(
            TaskManagementFunction.LOGICAL_UNIT_RESET,
            1,
            new TaskManagement.Listener() {
              @Override
              public void answered(TaskManagementResult result, long nowNs) {
                throw new AssertionError(result);
              }

              @Override
              public void failed(Failure failure, long nowNs) {
                failures.add(failure);
              }
            }),
        target.nowNs);
    assertThat(target.sent).isEmpty();
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).sent()).isFalse();
    assertThat(slow.pending()).as("it ends with the logout").isTrue();
    target.pass(3_000);
    slow.ended(ConnectionFailure.class);
  }
}
