package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.PORTAL;
import static io.pathproof.initiator.session.ScriptedTarget.TIMERS;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginStage;
import io.pathproof.protocol.iscsi.LogoutReason;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.iscsi.TextRequest;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Demands of RFC 7143 on an initiator that no test of a feature shows. */
class RequirementsTest {
  /** Without digests of what is small: pings far away, tasks that time out soon. */
  private static ScriptedTarget patient() {
    return ScriptedTarget.up(
        settings().withTimers(SessionTimers.ofMillis(1_000, 0, 2_000, 30_000, 3_000, 0, 500)));
  }

  @Test
  @Tag("rfc7143:4.2.4-a")
  @Tag("rfc7143:6.3.1-a")
  @Tag("rfc7143:11.12-b")
  @Tag("rfc7143:4.2.1-a")
  void nothingButLoginRequestsIsSentBeforeTheLoginIsDone() {
    ScriptedTarget target =
        new ScriptedTarget(
            settings()
                .withTimers(
                    SessionTimers.ofMillis(1_000, 5_000, 2_000, 30_000, 3_000, 9_000, 500)));
    target.core.start(target.nowNs);
    Submitted early = target.read(512);
    target.core.onConnected(target.nowNs);
    assertThat(target.sent).hasSize(1);
    LoginRequest first =
        target.answerSecurity(
            KeyValues.empty().with("AuthMethod", "None").with("TargetPortalGroupTag", "1"));
    assertThat(target.sent).hasSize(1);
    LoginRequest second = target.answerOperational();
    assertThat(first.tsih()).isZero();
    assertThat(second.tsih()).isZero();
    assertThat(second.cid()).isEqualTo(first.cid());
    assertThat(second.isid()).isEqualTo(first.isid());
    assertThat(second.cmdSn()).isEqualTo(first.cmdSn());
    assertThat(second.initiatorTaskTag()).isEqualTo(first.initiatorTaskTag());
    assertThat(target.sent).singleElement().isInstanceOf(ScsiCommand.class);
    assertThat(early.pending()).isTrue();
  }

  @Test
  @Tag("rfc7143:4.2.2.1-c")
  void anImmediateRequestUsesNoCmdSnUp() {
    ScriptedTarget target = ScriptedTarget.up();
    target.read(0);
    ScsiCommand first = target.command();
    target.receive(target.status(first.initiatorTaskTag(), 0, 0));
    target.pass(TIMERS.nopIntervalNs() / 1_000_000);
    NopOut ping = target.next(NopOut.class);
    assertThat(ping.immediate()).isTrue();
    assertThat(ping.cmdSn()).isEqualTo(first.cmdSn() + 1);
    target.receive(target.pong(ping.initiatorTaskTag()));
    target.read(0);
    assertThat(target.command().cmdSn()).isEqualTo(first.cmdSn() + 1);
  }

  @Test
  @Tag("rfc7143:4.2.2.2-a")
  void everyRequestAcknowledgesTheStatusesThatCame() {
    ScriptedTarget target = ScriptedTarget.up();
    for (int i = 0; i < 5; i++) {
      target.read(0);
      ScsiCommand command = target.command();
      assertThat(command.expStatSn()).isEqualTo(target.statSn);
      target.receive(target.status(command.initiatorTaskTag(), 0, 0));
    }
  }

  @Test
  @Tag("rfc7143:4.2.5.2-b")
  void unsolicitedDataGoesInTheOrderOfTheCommands() {
    ScriptedTarget target = ScriptedTarget.up();
    target.window = 1;
    target.receive(target.update());
    target.write(4_000);
    target.write(4_000);
    int first = target.command().initiatorTaskTag();
    assertThat(target.next(DataOut.class).initiatorTaskTag()).isEqualTo(first);
    target.window = 4;
    target.receive(target.update());
    while (!target.sent.isEmpty() && !(target.sent.peek() instanceof ScsiCommand)) {
      target.sent.remove();
    }
    int second = target.command().initiatorTaskTag();
    assertThat(second).isNotEqualTo(first);
    assertThat(target.next(DataOut.class).initiatorTaskTag()).isEqualTo(second);
    assertThat(target.sent).isEmpty();
  }

  @Test
  @Tag("rfc7143:4.2.3.3-a")
  void anR2tIsAnsweredWhileItsTaskIsBeingAborted() {
    ScriptedTarget target = patient();
    target.write(7_000);
    ScsiCommand command = target.command();
    target.sent.clear();
    target.pass(30_000);
    target.next(TaskManagementRequest.class);
    target.receive(
        new R2t(
            0,
            command.initiatorTaskTag(),
            0x7000,
            target.statSn,
            target.expCmdSn,
            target.maxCmdSn(),
            0,
            2048,
            1000));
    DataOut data = target.next(DataOut.class);
    assertThat(data.targetTransferTag()).isEqualTo(0x7000);
    assertThat(data.finalBit()).isTrue();
    assertThat(data.data().remaining()).isEqualTo(1000);
  }

  @Test
  @Tag("rfc7143:4.2.5.3-a")
  void tagsOfTasksUnderWayDiffer() {
    TaskTable tasks = new TaskTable();
    Set<Integer> tags = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      tasks.enqueue(ScsiTask.nonData(0, ByteBuffer.allocate(6), (outcome, now) -> {}), false);
      Task task = tasks.dispatch();
      assertThat(tags.add(task.tag)).isTrue();
      assertThat(tags.add(tasks.freshTag())).isTrue();
      assertThat(tags).doesNotContain(Pdu.RESERVED_TAG);
    }
  }

  @Test
  @Tag("rfc7143:4.3-a")
  void aDiscoverySessionTakesNoScsiTasks() {
    ScriptedTarget target =
        new ScriptedTarget(
            SessionSettings.discovery("iqn.test:host", PORTAL, ScriptedTarget.ISID)
                .withTimers(TIMERS));
    target.core.start(target.nowNs);
    SessionFailure refused = target.read(512).ended(SessionFailure.class);
    assertThat(refused.reason()).isEqualTo(SessionFailure.Reason.NOT_SUPPORTED);
    assertThat(refused.sent()).isFalse();
  }

  @Test
  @Tag("rfc7143:4.2.7.1-a")
  void aNameHas1To223Bytes() {
    String longest = "iqn.2026-11.test:" + "x".repeat(223 - 17);
    assertThat(SessionSettings.discovery(longest, PORTAL, ScriptedTarget.ISID).initiatorName())
        .hasSize(223);
    assertThatThrownBy(() -> SessionSettings.discovery(longest + "x", PORTAL, ScriptedTarget.ISID))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SessionSettings.discovery("", PORTAL, ScriptedTarget.ISID))
        .isInstanceOf(IllegalArgumentException.class);
    String inBytes = "é".repeat(111);
    assertThat(SessionSettings.normal(longest, inBytes, PORTAL, ScriptedTarget.ISID).targetName())
        .contains(inBytes);
    for (String told : List.of(inBytes + "xx", "", "a\0b")) {
      assertThatThrownBy(() -> SessionSettings.normal(longest, told, PORTAL, ScriptedTarget.ISID))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("targetName");
    }
  }

  @Test
  @Tag("rfc7143:4.2.7.1-b")
  void ownNameIsPreparedAndATargetsIsSaidBackAsItWasTold() {
    String told = "iqn.2000-01.com.Example:NAS_1";
    ScriptedTarget target =
        new ScriptedTarget(
            SessionSettings.normal("iqn.2026-11.test:Host", told, PORTAL, ScriptedTarget.ISID));
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    assertThat(ScriptedTarget.keys(target.next(LoginRequest.class).data()).asMap())
        .containsEntry("InitiatorName", "iqn.2026-11.test:host")
        .containsEntry("TargetName", told);
    assertThatThrownBy(
            () -> SessionSettings.discovery("iqn.2026-11.test:h_1", PORTAL, ScriptedTarget.ISID))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("initiatorName 'iqn.2026-11.test:h_1' has '_', U+005F");
  }

  @Test
  @Tag("rfc7143:4.2.6-a")
  @Tag("rfc7143:11.14-a")
  void aLogoutClosesTheSessionAndNothingFollowsIt() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.logout(target.nowNs);
    LogoutRequest logout = target.next(LogoutRequest.class);
    assertThat(logout.reason()).isEqualTo(LogoutReason.CLOSE_SESSION);
    target.read(512);
    target.core.manage(
        new TaskManagement(
            TaskManagementFunction.LOGICAL_UNIT_RESET,
            0,
            new TaskManagement.Listener() {
              @Override
              public void answered(TaskManagementResult result, long nowNs) {}

              @Override
              public void failed(Failure failure, long nowNs) {}
            }),
        target.nowNs);
    assertThat(target.sent).isEmpty();
  }

  @Test
  @Tag("rfc7143:11.19-a")
  void aNopInWithoutTagsIsNotAnswered() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(target.update());
    assertThat(target.sent).isEmpty();
    // and uses no StatSN up
    NopIn asking =
        new NopIn(
            0,
            Pdu.RESERVED_TAG,
            0x99,
            target.statSn,
            target.expCmdSn,
            target.maxCmdSn(),
            Pdu.NO_DATA);
    target.receive(asking);
    assertThat(target.next(NopOut.class).expStatSn()).isEqualTo(target.statSn);
  }

  private static AsyncMessage asynchronous(ScriptedTarget target, long lun, int event) {
    return new AsyncMessage(
        lun, target.statSn++, target.expCmdSn, target.maxCmdSn(), event, 0, 0, 0, 0, Pdu.NO_DATA);
  }

  @Test
  @Tag("rfc7143:6.4-a")
  void aTargetThatAsksForANegotiationGetsATextRequest() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(asynchronous(target, 0, 4));
    TextRequest request = target.text();
    assertThat(request.finalBit()).isTrue();
    assertThat(request.targetTransferTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(target.downs).isEmpty();
  }

  @Test
  @Tag("rfc7143:4.2.3.4-a")
  void tasksThatTheTargetEndedAreAcknowledgedByANopOutWithTheirLun() {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(512);
    target.command();
    target.receive(asynchronous(target, 0, 5));
    assertThat(read.ended(TaskFailure.class).reason()).isEqualTo(TaskFailure.Reason.TERMINATED);
    NopOut acknowledged = target.next(NopOut.class);
    assertThat(acknowledged.lun()).isZero();
    assertThat(acknowledged.immediate()).isTrue();
    assertThat(acknowledged.initiatorTaskTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(acknowledged.expStatSn()).isEqualTo(target.statSn);
  }

  @Test
  @Tag("rfc7143:11.13-d")
  void aLoginThatEndsWithoutATsihFails() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    target.answerSecurity(
        KeyValues.empty().with("AuthMethod", "None").with("TargetPortalGroupTag", "1"));
    LoginRequest request = target.next(LoginRequest.class);
    KeyValues answer = KeyValues.empty();
    for (Map.Entry<String, String> each : ScriptedTarget.keys(request.data()).asMap().entrySet()) {
      answer = answer.with(each.getKey(), each.getValue().split(",")[0]);
    }
    target.receive(target.response(request, true, LoginStage.FULL_FEATURE_PHASE, 0, answer));
    assertThat(target.ups).isEmpty();
    assertThat(target.ends)
        .singleElement()
        .satisfies(end -> assertThat(end.text()).contains("TSIH"));
  }
}
