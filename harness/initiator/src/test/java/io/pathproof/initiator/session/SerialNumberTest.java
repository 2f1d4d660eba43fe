package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiCommand;
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
import org.junit.jupiter.params.provider.ValueSource;

/** A session across the wrap of its sequence numbers (RFC 7143 section 4.2.2, RFC 1982). */
class SerialNumberTest {
  /** A session whose first command has that CmdSN. */
  private static ScriptedTarget from(int cmdSn, int window) {
    ScriptedTarget target =
        new ScriptedTarget(
            settings().withTimers(SessionTimers.ofMillis(1_000, 0, 1, 30_000, 3_000, 0, 500)),
            cmdSn);
    target.window = window;
    target.core.start(target.nowNs);
    target.login();
    assertThat(target.ups).hasSize(1);
    return target;
  }

  private static NopIn grant(ScriptedTarget target, int expCmdSn, int maxCmdSn) {
    return new NopIn(
        0, Pdu.RESERVED_TAG, Pdu.RESERVED_TAG, target.statSn, expCmdSn, maxCmdSn, Pdu.NO_DATA);
  }

  /** Two before the wraps of unsigned and of signed numbers. */
  private static final int LAST_BUT_ONE = -2;

  private static final int LAST_BUT_ONE_SIGNED = Integer.MAX_VALUE - 1;

  @ParameterizedTest
  @ValueSource(ints = {LAST_BUT_ONE, LAST_BUT_ONE_SIGNED})
  @DisplayName("CmdSN goes on across 2^32 and 2^31, each command once")
  @Tag("rfc7143:4.2.2.1-a")
  void cmdSnGoesOnAcrossTheWrap(int first) {
    ScriptedTarget target = from(first, 32);
    List<Integer> cmdSns = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Submitted read = target.read(0);
      ScsiCommand command = target.command();
      cmdSns.add(command.cmdSn());
      target.receive(target.status(command.initiatorTaskTag(), 0, 0));
      read.ended(ScsiResult.class);
    }
    assertThat(cmdSns).containsExactly(first, first + 1, first + 2, first + 3, first + 4);
    assertThat(target.downs).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {LAST_BUT_ONE, LAST_BUT_ONE_SIGNED})
  @DisplayName("A window that lies across a wrap opens and closes at MaxCmdSN (4.2.2.1)")
  @Tag("rfc7143:4.2.2.1-b")
  void theWindowOpensAndClosesAcrossTheWrap(int first) {
    ScriptedTarget target = from(first, 3);
    for (int i = 0; i < 5; i++) {
      target.read(0);
    }
    assertThat(target.sent).hasSize(3);
    for (int i = 0; i < 3; i++) {
      target.command();
    }
    assertThat(target.expCmdSn).isEqualTo(first + 3);
    target.receive(grant(target, first + 3, first + 3));
    assertThat(target.command().cmdSn()).isEqualTo(first + 3);
    assertThat(target.sent).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-2147483648, stale by 2^31 less one: no order, not taken",
    "-1, stale",
    "-3, older than the wrap",
  })
  @DisplayName("A MaxCmdSN that is stale, or 2^31 away, changes nothing (4.2.2.1)")
  void aStaleMaxCmdSnChangesNothing(int maxCmdSn, String why) {
    ScriptedTarget target = from(0, 1);
    target.read(0);
    target.command();
    target.read(0);
    assertThat(target.sent).as("the window is used up").isEmpty();
    target.receive(grant(target, 0, maxCmdSn));
    assertThat(target.sent).as(why).isEmpty();
    target.receive(grant(target, 1, 1));
    target.command();
  }

  @ParameterizedTest
  @ValueSource(ints = {LAST_BUT_ONE, LAST_BUT_ONE_SIGNED})
  @DisplayName("A MaxCmdSN that comes late takes back nothing that was granted (4.2.2.1)")
  @Tag("rfc7143:4.2.2.1-d")
  void aLateMaxCmdSnTakesNothingBack(int first) {
    ScriptedTarget target = from(first, 4);
    target.read(0);
    target.command();
    target.receive(grant(target, first + 1, first));
    target.read(0);
    assertThat(target.command().cmdSn()).isEqualTo(first + 1);
  }

  @Test
  @DisplayName("A MaxCmdSN 2^31-1 ahead is the furthest that counts")
  void theFurthestMaxCmdSnCounts() {
    ScriptedTarget target = from(0, 1);
    target.read(0);
    target.command();
    target.read(0);
    target.receive(grant(target, 1, 0x7fffffff));
    target.command();
  }

  @Test
  @DisplayName("MaxCmdSN below ExpCmdSN-1: both are ignored, which is told (4.2.2.1)")
  @Tag("rfc7143:4.2.2.1-d")
  void aPairThatContradictsItselfIsIgnored() {
    ScriptedTarget target = from(0, 1);
    target.read(0);
    target.command();
    target.read(0);
    target.receive(grant(target, 40, 20));
    assertThat(target.downs).isEmpty();
    assertThat(target.sent).isEmpty();
    assertThat(target.events)
        .contains(
            new SessionEvent.Contradicted(
                "NOP_IN: MaxCmdSN: 0x00000014 is below ExpCmdSN 0x00000028 - 1; both are ignored"));
  }

  @ParameterizedTest
  @ValueSource(ints = {LAST_BUT_ONE, LAST_BUT_ONE_SIGNED})
  @DisplayName("A reset covers the commands before it across a wrap, and none behind it")
  @Tag("rfc7143:4.2.2.1-g")
  void aResetCoversTheCommandsBeforeItAcrossTheWrap(int number) {
    ScriptedTarget target = from(number, 32);
    final Submitted first = target.read(0);
    final Submitted second = target.read(0);
    target.command();
    target.command();
    target.core.manage(
        new TaskManagement(TaskManagementFunction.LOGICAL_UNIT_RESET, 0, new NoMatter()),
        target.nowNs);
    TaskManagementRequest reset = target.next(TaskManagementRequest.class);
    assertThat(reset.cmdSn()).as("immediate: the next one").isEqualTo(number + 2);
    final Submitted third = target.read(0);
    assertThat(target.command().cmdSn()).as("not used up").isEqualTo(number + 2);
    target.receive(
        new TaskManagementResponse(
            TaskManagementResult.FUNCTION_COMPLETE,
            reset.initiatorTaskTag(),
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn()));
    first.ended(TaskFailure.class);
    second.ended(TaskFailure.class);
    assertThat(third.pending()).isTrue();
  }

  @Test
  @DisplayName("ABORT TASK carries the RefCmdSN of its task across 2^32 (11.5.5)")
  @Tag("rfc7143:11.5-a")
  void anAbortNamesTheCmdSnOfItsTask() {
    ScriptedTarget target = from(-1, 32);
    Submitted before = target.read(0);
    target.command();
    target.read(0);
    target.command();
    target.core.cancel(before.task(), target.nowNs);
    TaskManagementRequest abort = target.next(TaskManagementRequest.class);
    assertThat(abort.refCmdSn()).isEqualTo(-1);
    assertThat(abort.cmdSn()).isEqualTo(1);
  }

  @Test
  @DisplayName("Immediate requests use no CmdSN up, even with the window closed (4.2.2.1)")
  @Tag("rfc7143:4.2.2.1-c")
  void immediateRequestsNeedNoWindow() {
    ScriptedTarget target = from(-1, 1);
    Submitted read = target.read(0);
    target.command();
    target.read(0);
    assertThat(target.sent).isEmpty();
    target.core.cancel(read.task(), target.nowNs);
    TaskManagementRequest abort = target.next(TaskManagementRequest.class);
    assertThat(abort.immediate()).isTrue();
    assertThat(abort.cmdSn()).isZero();
    target.receive(grant(target, 0, 0));
    assertThat(target.command().cmdSn()).isZero();
  }

  @Test
  @DisplayName("A login response that acknowledges commands never sent ends the login (4.2.2.1)")
  void aLoginThatAcknowledgesTooMuchIsRefused() {
    ScriptedTarget target =
        new ScriptedTarget(settings(), 5) {
          @Override
          int acknowledged(int cmdSn) {
            return cmdSn + 1;
          }
        };
    target.core.start(target.nowNs);
    target.login();
    assertThat(target.ends.get(0).text())
        .isEqualTo(
            "LOGIN_RESPONSE: ExpCmdSN: 0x00000006 acknowledges commands that were never sent;"
                + " the next is 0x00000005");
  }

  private static final class NoMatter implements TaskManagement.Listener {
    @Override
    public void answered(TaskManagementResult result, long nowNs) {
      // the tasks tell
    }

    @Override
    public void failed(Failure failure, long nowNs) {
      throw new AssertionError(failure);
    }
  }
}
