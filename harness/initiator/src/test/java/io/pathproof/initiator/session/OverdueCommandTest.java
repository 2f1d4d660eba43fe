package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.ScriptedTarget.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.session.ScriptedTarget.Submitted;
import io.pathproof.initiator.session.SessionEvent.AbortSent;
import io.pathproof.initiator.session.SessionEvent.CommandOverdue;
import io.pathproof.initiator.session.SessionEvent.PingSent;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.ScsiCommand;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * When a command is overdue, by what the answers so far let expect, and what comes of it. Pings
 * after 5 s of silence, 2 s for their answer, 30 s for a command, 3 s for an abort.
 */
class OverdueCommandTest {
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
    assertThat(((ConnectionFailure) target.downs.get(0)).reason())
        .isEqualTo(ConnectionFailure.Reason.NOP_TIMED_OUT);
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
    target.nowNs += TimeUnit.MILLISECONDS.toNanos(100 + 50);
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
