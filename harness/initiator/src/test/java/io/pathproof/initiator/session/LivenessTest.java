package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.initiator.session.SessionEvent.AbortSent;
import io.pathproof.initiator.session.SessionEvent.CommandOverdue;
import io.pathproof.initiator.session.SessionEvent.PingSent;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What makes a session believe that its connection is dead, or a command overdue, and what does
 * not. Pings after 5 s of silence, 2 s for their answer, 30 s for a command, 3 s for an abort.
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

  // ---- adaptive deadlines of commands

  /** Latency of 10 ms, floor of 100 ms; pings after 5 s, answered within 2 s. */
  private static ScriptedTarget watched(int answers) {
    ScriptedTarget target =
        ScriptedTarget.up(
            settings()
                .withTimers(
                    ScriptedTarget.TIMERS.withOverdueFloorNs(TimeUnit.MILLISECONDS.toNanos(100))));
    for (int i = 0; i < answers; i++) {
      answered(target, 10);
    }
    return target;
  }

  private static void answered(ScriptedTarget target, long afterMs) {
    Submitted read = target.read(512);
    ScsiCommand command = target.command();
    target.pass(afterMs);
    target.receive(target.status(command.initiatorTaskTag(), 0x08, 0));
    assertThat(read.pending()).isFalse();
  }

  @Test
  void anOverdueCommandIsToldOnceAndTheTargetAskedAtOnce() {
    ScriptedTarget target = watched(3);
    final Submitted read = target.read(512);
    ScsiCommand command = target.command();
    target.pass(99);
    assertThat(target.sent).isEmpty();
    target.pass(1);
    assertThat(target.events(CommandOverdue.class))
        .singleElement()
        .satisfies(
            overdue -> {
              assertThat(overdue.task()).isSameAs(read.task());
              assertThat(overdue.waitedNs()).isEqualTo(100_000_000);
              assertThat(overdue.allowedNs()).isEqualTo(100_000_000);
            });
    NopOut ping = target.next(NopOut.class);
    target.receive(target.pong(ping.initiatorTaskTag()));
    target.pass(4_800);
    assertThat(target.events(CommandOverdue.class)).hasSize(1);
    assertThat(target.events(AbortSent.class)).isEmpty();
    assertThat(target.downs).as("an overdue command costs no path").isEmpty();
    target.receive(target.status(command.initiatorTaskTag(), 0x08, 0));
    assertThat(read.ended(ScsiResult.class).status()).isEqualTo(0x08);
  }

  @Test
  void aDeadPathIsFoundByItsOverdueCommandBeforeThePingIsDue() {
    ScriptedTarget target = watched(3);
    Submitted read = target.read(512);
    target.pass(100 + 1_999);
    assertThat(target.downs).isEmpty();
    target.pass(1);
    assertThat(down(target)).isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
    assertThat(read.ended(ConnectionFailure.class).sent()).isTrue();
  }

  @Test
  void withoutAnAnswerSoFarNothingIsOverdue() {
    ScriptedTarget target = watched(0);
    target.read(512);
    target.pass(4_999);
    assertThat(target.events(CommandOverdue.class)).isEmpty();
  }

  @Test
  void theFirstAnswerStartsTheTimeOfTheOthersInFlight() {
    ScriptedTarget target = watched(0);
    target.read(512);
    target.command();
    answered(target, 10);
    target.pass(90);
    assertThat(target.events(CommandOverdue.class)).hasSize(1);
  }

  @Test
  void byDefaultNothingIsOverdue() {
    ScriptedTarget target = ScriptedTarget.up();
    for (int i = 0; i < 3; i++) {
      answered(target, 10);
    }
    target.read(512);
    target.pass(4_999);
    assertThat(target.events(CommandOverdue.class)).isEmpty();
    assertThat(target.events(PingSent.class)).isEmpty();
  }

  @Test
  void slowAnswersLetExpectSlowOnes() {
    ScriptedTarget target = watched(1);
    answered(target, 90);
    target.read(512);
    // RTTVAR 5 ms * 3/4 + 80 ms / 4, SRTT 20 ms: 115 ms
    target.pass(114);
    assertThat(target.events(CommandOverdue.class)).isEmpty();
    target.pass(1);
    assertThat(target.events(CommandOverdue.class)).hasSize(1);
  }

  @Test
  void aMissedDeadlineIsDoubledForTheCommandsThatFollow() {
    ScriptedTarget target = watched(3);
    target.read(512);
    target.pass(100);
    target.read(512);
    target.pass(199);
    assertThat(target.events(CommandOverdue.class)).hasSize(1);
    target.pass(1);
    assertThat(target.events(CommandOverdue.class)).hasSize(2);
  }

  @Test
  void anUnreadAnswerIsNotOverdue() {
    ScriptedTarget target = watched(3);
    Submitted read = target.read(512);
    target.socket.add(target.status(target.command().initiatorTaskTag(), 0x08, 0));
    target.pass(1_000);
    assertThat(read.pending()).isFalse();
    assertThat(target.events(CommandOverdue.class)).isEmpty();
  }

  @Test
  void aLateTimerMakesNoCommandOverdue() {
    ScriptedTarget target = watched(3);
    Submitted read = target.read(512);
    int tag = target.command().initiatorTaskTag();
    late(target, 100 + 50);
    target.deadline();
    target.pass(49);
    assertThat(target.events(CommandOverdue.class)).isEmpty();
    target.receive(target.status(tag, 0x08, 0));
    assertThat(read.pending()).isFalse();
  }

  @Test
  void aLongReadThatMovesIsNotOverdueAndOneThatStopsIs() {
    ScriptedTarget target = watched(3);
    target.read(4096);
    int tag = target.command().initiatorTaskTag();
    for (int i = 0; i < 8; i++) {
      target.pass(99);
      target.receive(
          new DataIn(
              false,
              false,
              false,
              false,
              false,
              0,
              0,
              tag,
              -1,
              0,
              target.expCmdSn,
              target.maxCmdSn(),
              i,
              i * 256,
              0,
              ByteBuffer.allocate(256)));
    }
    assertThat(target.events(CommandOverdue.class)).isEmpty();
    target.pass(100);
    assertThat(target.events(CommandOverdue.class)).hasSize(1);
  }

  @Test
  void aLongWriteThatMovesIsNotOverdueAndOneThatStopsIs() {
    ScriptedTarget target = watched(3);
    target.write(4096);
    int tag = target.command().initiatorTaskTag();
    target.pass(99);
    target.receive(
        new R2t(0, tag, 0x55, target.statSn, target.expCmdSn, target.maxCmdSn(), 0, 2048, 1024));
    target.pass(99);
    target.core.onTaken(target.nowNs);
    target.pass(99);
    assertThat(target.events(CommandOverdue.class)).isEmpty();
    target.pass(1);
    assertThat(target.events(CommandOverdue.class)).hasSize(1);
  }

  @Test
  void whereNoPingsAreSentAnOverdueCommandIsOnlyTold() {
    ScriptedTarget target =
        ScriptedTarget.up(
            settings()
                .withTimers(
                    SessionTimers.ofMillis(1_000, 0, 2_000, 30_000, 3_000, 0, 500)
                        .withOverdueFloorNs(TimeUnit.MILLISECONDS.toNanos(100))));
    answered(target, 10);
    target.read(512);
    target.command();
    target.pass(1_000);
    assertThat(target.events(CommandOverdue.class)).hasSize(1);
    assertThat(target.sent).isEmpty();
  }

  @Test
  void theTaskTimeoutStaysTheCeiling() {
    ScriptedTarget target = watched(0);
    answered(target, 4_000);
    target.read(512);
    target.command();
    // 4 s + 4 * 2 s is allowed; a task timeout of its own comes first
    Submitted brief = new Submitted();
    target.core.submit(
        ScsiTask.read(0, ByteBuffer.allocate(10), 512, brief).withTimeoutNs(1_000_000_000),
        target.nowNs);
    target.command();
    target.pass(1_000);
    assertThat(target.events(AbortSent.class)).hasSize(1);
    assertThat(target.events(CommandOverdue.class)).isEmpty();
  }
}
