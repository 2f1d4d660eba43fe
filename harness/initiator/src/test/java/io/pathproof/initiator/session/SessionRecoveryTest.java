package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.ISID;
import static io.pathproof.initiator.session.ScriptedTarget.OFFER;
import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LogoutReason;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiCommand;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loss, reinstatement, logout, pings. */
class SessionRecoveryTest {
  private static SessionSettings keeping(long recoveryMs) {
    return settings()
        .withTimers(SessionTimers.ofMillis(1_000, 5_000, 2_000, 30_000, 3_000, recoveryMs, 500));
  }

  private static AsyncMessage async(ScriptedTarget target, int event, int p2, int p3) {
    return new AsyncMessage(
        0, target.statSn++, target.expCmdSn, target.maxCmdSn(), event, 0, 0, p2, p3, Pdu.NO_DATA);
  }

  private static LogoutResponse loggedOut(ScriptedTarget target, LogoutRequest request, int wait) {
    return new LogoutResponse(
        LogoutResult.CLOSED,
        request.initiatorTaskTag(),
        target.statSn++,
        target.expCmdSn,
        target.maxCmdSn(),
        wait,
        0);
  }

  private static ConnectionFailure.Reason down(ScriptedTarget target) {
    assertThat(target.downs).hasSize(1);
    return ((ConnectionFailure) target.downs.get(0)).reason();
  }

  // ---- loss and reinstatement

  @Test
  @Tag("rfc7143:6.3.5-a")
  @Tag("rfc7143:7.1.4-a")
  @Tag("rfc7143:4.2.4-c")
  void aReconnectReinstatesTheSessionWithTheSameIsid() {
    ScriptedTarget target = ScriptedTarget.up();
    target.closedByTarget();
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.CLOSED_BY_TARGET);
    target.pass(500);
    target.core.onConnected(target.nowNs);
    LoginRequest first = (LoginRequest) target.sent.peek();
    assertThat(first.isid()).isEqualTo(ISID);
    assertThat(first.tsih()).isZero();
  }

  @Test
  @Tag("rfc7143:6.3.5-a")
  @Tag("rfc7143:7.14-a")
  void whatWasInFlightEndsAndIsNeverSentAgain() {
    ScriptedTarget target = ScriptedTarget.up(keeping(10_000));
    Submitted write = target.write(512);
    target.command();
    target.closedByTarget();
    assertThat(write.ended(ConnectionFailure.class).sent()).isTrue();
    target.pass(500);
    target.login();
    assertThat(target.ups).hasSize(2);
    assertThat(target.sent).isEmpty();
  }

  @Test
  void withoutRecoveryTimeTheQueueFailsAtOnceAsNotSent() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.window = 1;
    target.core.start(target.nowNs);
    target.login();
    final Submitted first = target.read(512);
    final Submitted second = target.read(512);
    target.closedByTarget();
    assertThat(first.ended(ConnectionFailure.class).sent()).isTrue();
    assertThat(second.ended(ConnectionFailure.class).sent()).isFalse();
    Submitted third = target.read(512);
    assertThat(third.ended(ConnectionFailure.class).reason())
        .isEqualTo(ConnectionFailure.Reason.NOT_CONNECTED);
    assertThat(third.ended(ConnectionFailure.class).sent()).isFalse();
  }

  @Test
  void aListenerThatSubmitsAgainAndAgainDoesNotGrowTheStack() {
    ScriptedTarget target = ScriptedTarget.up();
    target.closedByTarget();
    int[] calls = {0};
    TaskListener again =
        new TaskListener() {
          @Override
          public void completed(TaskOutcome outcome, long nowNs) {
            if (++calls[0] < 100_000) {
              target.core.submit(ScsiTask.nonData(0, ByteBuffer.allocate(6), this), nowNs);
            }
          }
        };
    target.core.submit(ScsiTask.nonData(0, ByteBuffer.allocate(6), again), target.nowNs);
    assertThat(calls[0]).isEqualTo(100_000);
  }

  @Test
  void withRecoveryTimeTheQueueWaitsForTheReconnect() {
    ScriptedTarget target = ScriptedTarget.up(keeping(10_000));
    target.closedByTarget();
    Submitted read = target.read(512);
    target.pass(500);
    target.refused();
    assertThat(read.pending()).isTrue();
    target.pass(500);
    target.login();
    assertThat(target.command().read()).isTrue();
    assertThat(read.pending()).isTrue();
  }

  @Test
  void afterTheRecoveryTimeTheQueueFailsAndNothingMoreIsTaken() {
    ScriptedTarget target = ScriptedTarget.up(keeping(700));
    target.closedByTarget();
    Submitted read = target.read(512);
    target.pass(500);
    target.refused();
    target.pass(199);
    assertThat(read.pending()).isTrue();
    target.pass(1);
    assertThat(read.ended(SessionFailure.class).reason())
        .isEqualTo(SessionFailure.Reason.RECOVERY_TIMED_OUT);
    assertThat(read.ended(SessionFailure.class).sent()).isFalse();
    assertThat(target.read(512).pending()).isFalse();
    target.pass(300);
    target.login();
    assertThat(target.read(512).pending()).isTrue();
    target.closedByTarget();
    assertThat(target.read(512).pending()).as("each loss has its own recovery time").isTrue();
  }

  @Test
  void theNegotiatedTime2WaitHoldsTheReconnectBack() {
    NegotiationOffer offer =
        new NegotiationOffer(
            DigestPolicy.NONE, DigestPolicy.NONE, 4096, 2048, 4096, false, true, 1, 2, 0);
    ScriptedTarget target = ScriptedTarget.up(settings().withOffer(offer));
    target.closedByTarget();
    target.pass(1_999);
    assertThat(target.connects).hasSize(1);
    target.pass(1);
    assertThat(target.connects).hasSize(2);
  }

  @Test
  void onceLoggedInARefusalIsNotTheEnd() {
    ScriptedTarget target = ScriptedTarget.up();
    target.closedByTarget();
    target.pass(500);
    target.core.onConnected(target.nowNs);
    target.refuse(0x0202, KeyValues.empty());
    assertThat(target.ends).isEmpty();
    target.pass(500);
    assertThat(target.connects).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(
      value = ProtocolException.Kind.class,
      names = {"HEADER_DIGEST", "DATA_DIGEST"})
  @Tag("rfc7143:7.8-a")
  @Tag("rfc7143:7.8-b")
  void aWrongDigestEndsTheConnection(ProtocolException.Kind kind) {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(512);
    target.core.onProtocolError(
        new ProtocolException(kind, "DATA_IN", "digest", 0, "wrong"), target.nowNs);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.DIGEST_ERROR);
    assertThat(read.ended(ConnectionFailure.class).sent()).isTrue();
    assertThat(target.disconnects).hasSize(1);
  }

  // ---- pings

  @Test
  void anIdleConnectionIsPingedAndASilentOneGivenUp() {
    ScriptedTarget target = ScriptedTarget.up();
    target.pass(4_999);
    assertThat(target.sent).isEmpty();
    target.pass(1);
    NopOut ping = target.next(NopOut.class);
    assertThat(ping.immediate()).isTrue();
    assertThat(ping.targetTransferTag()).isEqualTo(Pdu.RESERVED_TAG);
    target.pass(1_000);
    target.receive(target.pong(ping.initiatorTaskTag()));
    target.pass(5_000);
    target.next(NopOut.class);
    target.pass(1_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
    assertThat(target.disconnects).hasSize(1);
  }

  @Test
  void aConnectionThatMakesProgressIsAliveWithoutAnAnswerToThePing() {
    ScriptedTarget target = ScriptedTarget.up();
    target.pass(5_000);
    target.next(NopOut.class);
    for (int i = 0; i < 20; i++) {
      target.pass(1_500);
      if (i % 2 == 0) {
        target.receive(target.update());
      } else {
        target.core.onProgress(target.nowNs);
      }
    }
    assertThat(target.downs).isEmpty();
    target.pass(2_000);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void aTimerThatIsLateIsNotHeldAgainstTheTarget() {
    ScriptedTarget target = ScriptedTarget.up();
    target.pass(5_000);
    NopOut ping = target.next(NopOut.class);
    target.nowNs += 10_000_000_000L;
    target.deadline();
    assertThat(target.downs).as("the socket was not read for 10 s").isEmpty();
    target.receive(target.pong(ping.initiatorTaskTag()));
    target.pass(4_000);
    assertThat(target.downs).isEmpty();
  }

  @Test
  void aLateTimerIsForgivenOnce() {
    ScriptedTarget target = ScriptedTarget.up();
    target.pass(5_000);
    target.nowNs += 2_100_000_000L;
    target.deadline();
    target.pass(2_000);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void timersThatAreAlwaysLateDoNotSaveASilentTarget() {
    ScriptedTarget target = ScriptedTarget.up();
    target.pass(5_000);
    for (int i = 0; i < 51 && target.downs.isEmpty(); i++) {
      target.nowNs += 10_000_000_000L;
      target.deadline();
    }
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  @Tag("rfc7143:11.18-a")
  void theTargetsPingIsAnswered() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(
        new io.pathproof.protocol.iscsi.NopIn(
            5, Pdu.RESERVED_TAG, 0x99, target.statSn, 1, 32, Pdu.NO_DATA));
    NopOut answer = target.next(NopOut.class);
    assertThat(answer.targetTransferTag()).isEqualTo(0x99);
    assertThat(answer.initiatorTaskTag()).isEqualTo(Pdu.RESERVED_TAG);
    assertThat(answer.lun()).isEqualTo(5);
    assertThat(answer.immediate()).isTrue();
    assertThat(answer.expStatSn()).as("such a ping uses no StatSN up").isEqualTo(target.statSn);
  }

  // ---- logout and asynchronous messages

  @Test
  void aLogoutLetsTasksEndFirst() {
    ScriptedTarget target = ScriptedTarget.up();
    final Submitted read = target.read(0);
    ScsiCommand command = target.command();
    target.core.logout(target.nowNs);
    assertThat(target.sent).isEmpty();
    assertThat(target.read(0).ended(SessionFailure.class).reason())
        .isEqualTo(SessionFailure.Reason.CLOSED);
    target.receive(target.status(command.initiatorTaskTag(), 0, 0));
    assertThat(read.ended(ScsiResult.class).good()).isTrue();
    LogoutRequest logout = target.next(LogoutRequest.class);
    assertThat(logout.reason()).isEqualTo(LogoutReason.CLOSE_SESSION);
    target.receive(loggedOut(target, logout, 2));
    assertThat(target.ends.get(0).reason()).isEqualTo(SessionFailure.Reason.CLOSED);
    assertThat(target.core.state()).isEqualTo(SessionState.FREE);
    assertThat(target.core.nextDeadlineNs()).isEqualTo(SessionCore.NO_DEADLINE);
  }

  @Test
  void aLogoutThatIsNotAnsweredEndsAllTheSame() {
    ScriptedTarget target = ScriptedTarget.up();
    target.core.logout(target.nowNs);
    target.next(LogoutRequest.class);
    target.pass(3_000);
    assertThat(target.ends).hasSize(1);
    assertThat(target.disconnects).hasSize(1);
  }

  @Test
  @Tag("rfc7143:11.9-a")
  void aLogoutThatTheTargetAsksForKeepsTheQueue() {
    ScriptedTarget target = ScriptedTarget.up();
    final Submitted inFlight = target.read(0);
    ScsiCommand command = target.command();
    target.receive(async(target, 1, 0, 10));
    assertThat(target.core.state()).isEqualTo(SessionState.LOGOUT_REQUESTED);
    Submitted queued = target.read(0);
    assertThat(target.sent).as("no new commands").isEmpty();
    target.receive(target.status(command.initiatorTaskTag(), 0, 0));
    inFlight.ended(ScsiResult.class);
    target.receive(loggedOut(target, target.next(LogoutRequest.class), 1));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.LOGGED_OUT);
    assertThat(queued.pending()).isTrue();
    target.pass(0);
    assertThat(target.connects).as("nothing to wait for").hasSize(2);
    target.login();
    target.receive(target.status(target.command().initiatorTaskTag(), 0, 0));
    assertThat(queued.ended(ScsiResult.class).good()).isTrue();
  }

  @Test
  @Tag("rfc7143:11.9-a")
  void theDeadlineOfALogoutThatTheTargetAsksForIsKept() {
    ScriptedTarget target = ScriptedTarget.up();
    final Submitted slow = target.read(512);
    target.command();
    target.receive(async(target, 1, 0, 4));
    target.pass(1_999);
    assertThat(target.sent).isEmpty();
    target.pass(1);
    target.next(LogoutRequest.class);
    assertThat(slow.pending()).isTrue();
    target.pass(1_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.LOGOUT_UNCONFIRMED);
    assertThat(slow.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @Test
  void whenThePlannedReconnectFailsTheQueueFailsToo() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(async(target, 1, 0, 10));
    target.receive(loggedOut(target, target.next(LogoutRequest.class), 0));
    Submitted queued = target.read(0);
    assertThat(queued.pending()).isTrue();
    target.pass(0);
    target.refused();
    assertThat(queued.ended(ConnectionFailure.class).sent()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  @Tag("rfc7143:11.9-b")
  void aDropThatTheTargetAnnouncesIsTaken(int event) {
    ScriptedTarget target = ScriptedTarget.up();
    Submitted read = target.read(512);
    target.receive(async(target, event, 4, 0));
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.TERMINATED_BY_TARGET);
    assertThat(read.ended(ConnectionFailure.class).sent()).isTrue();
    target.pass(3_999);
    assertThat(target.connects).hasSize(1);
    target.pass(1);
    assertThat(target.connects).as("Time2Wait in Parameter2").hasSize(2);
  }

  @Test
  @Tag("rfc7143:11.9-c")
  void aScsiEventIsPassedOnAndHarmsNothing() {
    ScriptedTarget target = ScriptedTarget.up();
    target.receive(async(target, 0, 0, 0));
    target.receive(async(target, 255, 0, 0));
    assertThat(target.events(SessionEvent.AsyncReceived.class)).hasSize(2);
    assertThat(target.core.state()).isEqualTo(SessionState.LOGGED_IN);
  }

  @Test
  void closeEndsWhatIsInFlightAsSent() {
    ScriptedTarget target = ScriptedTarget.up(settings().withOffer(OFFER));
    Submitted write = target.write(512);
    target.core.close(target.nowNs);
    assertThat(write.ended(SessionFailure.class).sent()).isTrue();
    assertThat(target.disconnects).hasSize(1);
    assertThat(target.ends).hasSize(1);
    target.core.close(target.nowNs);
    assertThat(target.ends).hasSize(1);
  }
}
