package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tasks that are given up: their time, ABORT TASK, and what else ends them. */
class TaskAbortTest {
  private static TaskManagementResponse answer(
      ScriptedTarget target, TaskManagementRequest request, TaskManagementResult result) {
    return new TaskManagementResponse(
        result, request.initiatorTaskTag(), target.statSn++, target.expCmdSn, target.maxCmdSn());
  }

  private static ConnectionFailure.Reason down(ScriptedTarget target) {
    assertThat(target.downs).hasSize(1);
    assertThat(target.disconnects).hasSize(1);
    return ((ConnectionFailure) target.downs.get(0)).reason();
  }

  private static ScriptedTarget withoutPings() {
    return ScriptedTarget.up(
        settings().withTimers(SessionTimers.ofMillis(1_000, 0, 1, 30_000, 3_000, 0, 500)));
  }

  @Test
  @Tag("rfc7143:11.5-a")
  @Tag("rfc7143:7.11-a")
  void aTaskWhoseTimeIsOverIsAborted() {
    ScriptedTarget target = withoutPings();
    final Submitted write = target.write(512);
    ScsiCommand command = target.command();
    target.pass(29_999);
    assertThat(target.sent).isEmpty();
    target.pass(1);
    TaskManagementRequest abort = target.next(TaskManagementRequest.class);
    assertThat(abort.function()).isEqualTo(TaskManagementFunction.ABORT_TASK);
    assertThat(abort.immediate()).isTrue();
    assertThat(abort.referencedTaskTag()).isEqualTo(command.initiatorTaskTag());
    assertThat(abort.refCmdSn()).isEqualTo(command.cmdSn());
    assertThat(write.pending()).isTrue();
    target.receive(answer(target, abort, TaskManagementResult.FUNCTION_COMPLETE));
    assertThat(write.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.TIMED_OUT);
    assertThat(write.ended(TaskFailure.class).sent()).isTrue();
    target.receive(target.status(command.initiatorTaskTag(), 0, 0));
    assertThat(target.downs).as("a latecomer of an aborted task").isEmpty();
  }

  @Test
  @Tag("rfc7143:4.2.3.3-c")
  void anAnswerThatOvertakesTheAbortCounts() {
    ScriptedTarget target = withoutPings();
    Submitted write = target.write(512);
    int tag = target.command().initiatorTaskTag();
    target.pass(30_000);
    TaskManagementRequest abort = target.next(TaskManagementRequest.class);
    target.receive(target.status(tag, 0, 0));
    assertThat(write.ended(ScsiResult.class).good()).isTrue();
    target.receive(answer(target, abort, TaskManagementResult.TASK_DOES_NOT_EXIST));
    assertThat(target.downs).isEmpty();
    assertThat(target.core.outstanding()).isZero();
  }

  @Test
  @Tag("rfc7143:11.6-a")
  void anAbortThatIsNotAnsweredEndsTheConnection() {
    ScriptedTarget target = withoutPings();
    Submitted write = target.write(512);
    target.pass(30_000);
    target.pass(2_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.ABORT_TIMED_OUT);
    assertThat(write.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @Test
  @Tag("rfc7143:11.6-a")
  void anAbortThatIsRefusedEndsTheConnection() {
    ScriptedTarget target = withoutPings();
    target.write(512);
    target.command();
    target.pass(30_000);
    target.receive(
        answer(
            target,
            target.next(TaskManagementRequest.class),
            TaskManagementResult.FUNCTION_REJECTED));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.ABORT_TIMED_OUT);
  }

  @Test
  void aTaskHasATimeOfItsOwn() {
    ScriptedTarget target = withoutPings();
    Submitted listener = new Submitted();
    target.core.submit(
        ScsiTask.nonData(0, ByteBuffer.allocate(6), listener).withTimeoutNs(1_000_000),
        target.nowNs);
    target.command();
    target.pass(1);
    target.next(TaskManagementRequest.class);
  }

  @Test
  void aCancelledTaskIsAbortedOrNeverSent() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.window = 1;
    target.core.start(target.nowNs);
    target.login();
    Submitted first = target.read(0);
    Submitted second = target.read(0);
    target.core.cancel(second.task(), target.nowNs);
    assertThat(second.ended(TaskFailure.class).sent()).isFalse();
    target.core.cancel(first.task(), target.nowNs);
    target.command();
    target.receive(
        answer(
            target,
            target.next(TaskManagementRequest.class),
            TaskManagementResult.FUNCTION_COMPLETE));
    assertThat(first.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.CANCELLED);
  }

  @Test
  @Tag("rfc7143:4.2.3.3-b")
  void aLogicalUnitResetEndsTheTasksBeforeIt() {
    ScriptedTarget target = ScriptedTarget.up();
    final Submitted before = target.read(0);
    List<TaskManagementResult> answers = new ArrayList<>();
    target.core.manage(
        new TaskManagement(
            TaskManagementFunction.LOGICAL_UNIT_RESET,
            0,
            new TaskManagement.Listener() {
              @Override
              public void answered(TaskManagementResult result, long nowNs) {
                answers.add(result);
              }

              @Override
              public void failed(Failure failure, long nowNs) {
                throw new AssertionError(failure);
              }
            }),
        target.nowNs);
    final Submitted after = target.read(0);
    target.command();
    TaskManagementRequest reset = target.next(TaskManagementRequest.class);
    target.receive(answer(target, reset, TaskManagementResult.FUNCTION_COMPLETE));
    assertThat(answers).containsExactly(TaskManagementResult.FUNCTION_COMPLETE);
    assertThat(before.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.TERMINATED);
    assertThat(after.pending()).isTrue();
  }
}
