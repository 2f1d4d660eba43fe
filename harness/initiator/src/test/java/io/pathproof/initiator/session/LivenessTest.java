package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What makes a session believe that its connection is dead, and what does not. Pings after 5 s of
 * silence, 2 s for their answer, 30 s for a command, 3 s for an abort; {@link OverdueCommandTest}
 * has the deadlines of commands.
 */
class LivenessTest {
  private static ConnectionFailure.Reason down(ScriptedTarget target) {
    assertThat(target.downs).hasSize(1);
    return ((ConnectionFailure) target.downs.get(0)).reason();
  }

  /** A target that has just been pinged. */
  private static ScriptedTarget pinged() {
    ScriptedTarget target = ScriptedTarget.up();
    target.pass(5_000);
    return target;
  }

  private static void late(ScriptedTarget target, long millis) {
    target.nowNs += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  // ---- drain

  @Test
  void anAnswerThatLiesUnreadSavesTheConnection() {
    ScriptedTarget target = pinged();
    target.socket.add(target.pong(target.next(NopOut.class).initiatorTaskTag()));
    target.pass(2_000);
    assertThat(target.downs).isEmpty();
    assertThat(target.socket).as("it was read").isEmpty();
    target.pass(4_999);
    assertThat(target.sent).as("and counts from then on").isEmpty();
    target.pass(1);
    target.next(NopOut.class);
  }

  @Test
  void aSilentConnectionIsGivenUpOnTimeOnceItsSocketWasRead() {
    ScriptedTarget target = pinged();
    target.pass(1_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void nothingIsBelievedWhileTheSocketIsBeingRead() {
    ScriptedTarget target = pinged();
    target.pass(1_999);
    late(target, 1);
    target.core.onDeadline(target.nowNs);
    target.core.onDeadline(target.nowNs);
    assertThat(target.downs).isEmpty();
    target.turn();
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void aPartOfAPduIsASignOfLifeToo() {
    ScriptedTarget target = pinged();
    target.pass(1_999);
    late(target, 1);
    target.core.onDeadline(target.nowNs);
    target.core.onProgress(target.nowNs);
    target.turn();
    target.pass(1_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void whatWasReadOfOneConnectionTellsNothingOfTheNext() {
    ScriptedTarget target = pinged();
    target.pass(1_999);
    late(target, 1);
    target.core.onDeadline(target.nowNs);
    target.closedByTarget();
    target.pass(500);
    target.login();
    target.downs.clear();
    target.pass(5_000);
    target.socket.add(target.pong(target.next(NopOut.class).initiatorTaskTag()));
    target.pass(2_000);
    assertThat(target.downs).isEmpty();
    target.pass(5_000 + 2_000);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void theUnreadAnswerToAnAbortSavesTheConnection() {
    ScriptedTarget target = ScriptedTarget.up(quietPings());
    target.read(512);
    target.command();
    target.pass(30_000);
    TaskManagementRequest abort = target.next(TaskManagementRequest.class);
    target.socket.add(
        new TaskManagementResponse(
            TaskManagementResult.FUNCTION_COMPLETE,
            abort.initiatorTaskTag(),
            target.statSn++,
            target.expCmdSn,
            target.maxCmdSn()));
    target.pass(10_000);
    assertThat(target.downs).isEmpty();
  }

  @Test
  void anAbortThatIsNotAnsweredEndsTheConnectionOnTime() {
    ScriptedTarget target = ScriptedTarget.up(quietPings());
    target.read(512);
    target.command();
    target.pass(32_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.ABORT_TIMED_OUT);
  }

  private static SessionSettings quietPings() {
    return settings().withTimers(SessionTimers.ofMillis(1_000, 0, 2_000, 30_000, 3_000, 0, 500));
  }

  @Test
  void theUnreadAnswerToALoginCounts() {
    ScriptedTarget target = new ScriptedTarget(settings());
    target.core.start(target.nowNs);
    target.core.onConnected(target.nowNs);
    LoginRequest request = target.next(LoginRequest.class);
    target.socket.add(
        target.response(
            request,
            request.transit(),
            io.pathproof.protocol.iscsi.LoginStage.OPERATIONAL_NEGOTIATION,
            0,
            io.pathproof.protocol.iscsi.KeyValues.empty()
                .with("AuthMethod", "None")
                .with("TargetPortalGroupTag", "1")));
    late(target, 10_000);
    target.deadline();
    target.turn();
    assertThat(target.disconnects).as("the timer was late by 9 s").isEmpty();
    target.answerOperational();
    assertThat(target.ups).hasSize(1);
  }

  // ---- credit

  /** While an answer is awaited the clock is looked at every 80 ms. */
  @Test
  void asMuchTimeAsATimerWasLateIsGrantedAgain() {
    ScriptedTarget target = pinged();
    target.pass(160);
    late(target, 80 + 40);
    target.deadline();
    target.pass(1_839);
    assertThat(target.downs).as("160 ms have passed, of which this side has run").isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void aStandstillDoesNotCountHoweverLongItWas() {
    ScriptedTarget target = pinged();
    target.pass(960);
    late(target, 60_000);
    target.deadline();
    target.pass(1_039);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void aStandstillThatEndedBeforeTheLastTimerCountsAsWell() {
    ScriptedTarget target = pinged();
    late(target, 1_900);
    target.deadline();
    target.pass(1_999);
    assertThat(target.downs).as("this side has not run before").isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void timersThatAreLateEachTimeDoNotSaveASilentTarget() {
    ScriptedTarget target = pinged();
    int looks = 0;
    while (target.downs.isEmpty() && looks < 100) {
      target.nowNs = Math.max(target.nowNs, target.core.nextDeadlineNs());
      late(target, 500);
      target.deadline();
      looks++;
    }
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
    assertThat(looks).as("25 in a timeout, and as many where it hardly runs").isBetween(50, 51);
  }

  @Test
  void creditEndsWithTheSilenceThatItWasGivenFor() {
    ScriptedTarget target = pinged();
    late(target, 80 + 40);
    target.deadline();
    target.core.onProgress(target.nowNs);
    target.pass(1_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void eachSilenceHasItsOwnCredit() {
    ScriptedTarget target = pinged();
    for (int i = 0; i < 5; i++) {
      late(target, 4_000);
      target.deadline();
      assertThat(target.downs).isEmpty();
      target.socket.add(target.pong(target.next(NopOut.class).initiatorTaskTag()));
      target.turn();
      target.pass(5_000);
    }
    target.next(NopOut.class);
  }

  // ---- progress

  @Test
  void aBacklogThatTheOtherEndTakesKeepsTheConnection() {
    ScriptedTarget target = pinged();
    for (int i = 0; i < 20; i++) {
      target.pass(1_500);
      target.core.onTaken(target.nowNs);
    }
    assertThat(target.downs).isEmpty();
    target.pass(1_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void whatTheOtherEndTookIsAskedForBeforeItIsAccused() {
    ScriptedTarget target = pinged();
    target.takenNs = target.nowNs + TimeUnit.MILLISECONDS.toNanos(700);
    target.pass(2_699);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void whatWasTakenBeforeAStandstillDoesNotUndoItsCredit() {
    ScriptedTarget target = pinged();
    target.takenNs = target.nowNs + TimeUnit.MILLISECONDS.toNanos(1);
    target.pass(960);
    late(target, 5_000);
    target.deadline();
    target.pass(1_040);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }

  @Test
  void theTimeForAnAnswerBeginsWhenThePingHasLeft() {
    ScriptedTarget target = pinged();
    target.pass(900);
    target.core.onPingLeft(target.nowNs);
    target.pass(1_999);
    target.core.onPingLeft(target.nowNs);
    assertThat(target.downs).as("2 s after it left, not after it was made").isEmpty();
    target.pass(1);
    assertThat(down(target)).as("it leaves once").isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
  }
}
