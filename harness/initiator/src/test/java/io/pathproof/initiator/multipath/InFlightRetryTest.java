package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.TaskAborted;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import org.junit.jupiter.api.Test;

class InFlightRetryTest {
  private static final IoTraits COMPARE_AND_WRITE = new IoTraits(true, false, 512);

  @Test
  void whatALostPathLeavesBehindIsRetriedInOrderOnTheNext() {
    Rig rig = Rig.up(2, Rig.failover());
    rig.read("a");
    rig.read("b");
    rig.read("c");
    rig.taken();
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended a on 0 #1 retried",
            "send a on 1 #2",
            "ended b on 0 #1 retried",
            "send b on 1 #2",
            "ended c on 0 #1 retried",
            "send c on 1 #2");
    rig.end("a", Rig.GOOD);
    assertThat(rig.taken()).containsExactly("completed a OK on 1");
  }

  @Test
  void withoutRetryALostAttemptIsFailedUpward() {
    MultipathSettings none =
        MultipathSettings.multipath(Policy.FAILOVER, 1, 0, false, Failback.IMMEDIATE, 10_000, 1000);
    Rig rig = Rig.up(2, none);
    rig.read("r");
    rig.write("w");
    rig.write("unsent");
    rig.taken();
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    rig.end(Rig.neverSent());
    rig.read("next");
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended r on 0 #1 not retried",
            "completed r FAILED on 0",
            "ended w on 0 #1 not retried",
            "completed w INDETERMINATE on 0",
            "ended unsent on 0 #1 not retried",
            "completed unsent FAILED on 0",
            "send next on 1 #1");
    rig.end("next", TaskEnded.checkCondition(6, 0x29, 0));
    assertThat(rig.taken()).contains("send next on 1 #2");
  }

  @Test
  void aDeliveredWriteThatGoesElsewhereIsToldUnfenced() {
    Rig rig = Rig.up(3, Rig.failover());
    rig.write("w");
    rig.read("r");
    rig.write("unsent");
    rig.taken();
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    rig.end(Rig.neverSent());
    assertThat(rig.taken())
        .filteredOn(line -> line.startsWith("unfenced") || line.startsWith("send"))
        .containsExactly(
            "unfenced w on 1", "send w on 1 #2", "send r on 1 #2", "send unsent on 1 #2");
  }

  @Test
  void anAbortThatTheTargetConfirmedIsAFence() {
    Rig rig = Rig.up(2, Rig.failover());
    rig.write("gone");
    rig.write("open");
    rig.taken();
    rig.end(new TaskAborted(true, "timed out"));
    rig.end(new TaskAborted(false, "no answer to ABORT TASK"));
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended gone on 0 #1 retried",
            "fenced gone on 1 by task ended",
            "send gone on 1 #2",
            "ended open on 0 #1 retried",
            "unfenced open on 1",
            "send open on 1 #2");
  }

  @Test
  void reinstatementOfTheOldNexusIsAFence() {
    Rig rig = Rig.up(3, Rig.failover());
    rig.write("w");
    rig.end(Rig.lost());
    assertThat(rig.taken()).contains("unfenced w on 1");
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    // path 1 loses it before delivery: nothing is left that could carry it out later
    rig.end(Rig.neverSent());
    assertThat(rig.taken())
        .contains("send w on 2 #3")
        .noneMatch(line -> line.startsWith("unfenced"));
  }

  @Test
  void aFenceCoversOnlyWhatWasLostBeforeIt() {
    Rig rig = Rig.up(2, Rig.failover());
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    rig.write("w");
    rig.end(Rig.lost());
    assertThat(rig.taken()).contains("unfenced w on 1");
  }

  @Test
  void aPathThatComesBackAsAnotherNexusHasFencedNothing() {
    Rig rig = Rig.up(1, Rig.failover(Failback.IMMEDIATE, 10_000));
    rig.write("w");
    rig.end(Rig.lost());
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.core.checkNow(0, rig.nowNs);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken())
        .containsExactly("path 0 ACTIVE UP", "unfenced w on 0", "send w on 0 #2");
  }

  @Test
  void anotherPathsNewNexusSaysNothingOfThisOne() {
    Rig rig = Rig.up(2, Rig.failover());
    rig.write("w");
    rig.end(new NexusLost(FailureScope.CONNECTION, true, true, "reset"));
    rig.taken();
    rig.core.onNexusReplaced(1, rig.nowNs);
    assertThat(rig.taken()).isEmpty();
  }

  @Test
  void aWriteIsHeldAlsoOnThePathThatHasAnotherNexusNow() {
    Rig rig =
        Rig.up(
            1,
            Rig.failover(Failback.IMMEDIATE, 10_000).toBuilder()
                .fence(FencePolicy.hold(300))
                .build());
    rig.write("w");
    rig.end(Rig.lost());
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.core.checkNow(0, rig.nowNs);
    rig.checked(0, Rig.GOOD);
    rig.taken();
    rig.pass(299);
    assertThat(rig.taken()).isEmpty();
    rig.pass(1);
    assertThat(rig.taken()).containsExactly("unfenced w on 0 after 300 ms", "send w on 0 #2");
  }

  @Test
  void anUnfencedWriteIsHeldIfAskedTo() {
    Rig rig = Rig.up(2, Rig.failover().toBuilder().fence(FencePolicy.hold(300)).build());
    rig.write("w");
    rig.read("r");
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    assertThat(rig.taken()).contains("ended w on 0 #1 retried", "send r on 1 #2");
    rig.pass(299);
    assertThat(rig.taken()).isEmpty();
    rig.pass(1);
    assertThat(rig.taken()).containsExactly("unfenced w on 1 after 300 ms", "send w on 1 #2");
  }

  @Test
  void theHoldEndsWithTheFence() {
    Rig rig = Rig.up(2, Rig.failover().toBuilder().fence(FencePolicy.hold(300)).build());
    rig.write("w1");
    rig.write("w2");
    rig.end("w2", Rig.lost());
    rig.end("w1", Rig.lost());
    rig.pass(10);
    rig.taken();
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    assertThat(rig.taken())
        .containsExactly(
            "fenced w1 on 1 after 10 ms by reinstated",
            "send w1 on 1 #2",
            "fenced w2 on 1 after 10 ms by reinstated",
            "send w2 on 1 #2");
  }

  @Test
  void aNonIdempotentCommandIsNotReplayedOnceItMayHaveBeenDone() {
    Rig rig = Rig.up(3, Rig.failover());
    rig.core.submit("unsent", COMPARE_AND_WRITE, rig.nowNs);
    rig.core.submit("attention", COMPARE_AND_WRITE, rig.nowNs);
    rig.core.submit("delivered", COMPARE_AND_WRITE, rig.nowNs);
    rig.taken();
    rig.end("attention", TaskEnded.checkCondition(6, 0x2A, 0x06));
    rig.end("unsent", Rig.neverSent());
    rig.end("delivered", Rig.lost());
    assertThat(rig.taken())
        .containsExactly(
            "ended attention on 0 #1 retried",
            "send attention on 0 #2",
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended unsent on 0 #1 retried",
            "send unsent on 1 #2",
            "ended delivered on 0 #1 not retried",
            "completed delivered INDETERMINATE on 0");
  }

  @Test
  void aRecoveringNexusTakesTheIoAgainOnTheSamePath() {
    Rig rig = Rig.up(2, Rig.failover());
    rig.write("w");
    rig.taken();
    rig.end(new NexusLost(FailureScope.CONNECTION, true, true, "reset"));
    assertThat(rig.taken()).containsExactly("ended w on 0 #1 retried", "send w on 0 #2");
    // its recovery timeout passed: now it is a path failure, and the first copy is not fenced
    rig.end(new NexusLost(FailureScope.SESSION, false, false, "recovery timed out"));
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended w on 0 #2 retried",
            "unfenced w on 1",
            "send w on 1 #3");
  }

  @Test
  void lostPathsAreBoundedForEachIo() {
    Rig rig = Rig.up(2, Rig.failover().toBuilder().maxPathLosses(3).build());
    rig.write("w");
    for (int loss = 0; loss < 3; loss++) {
      rig.end(new NexusLost(FailureScope.CONNECTION, true, true, "reset"));
    }
    rig.taken();
    rig.end(new NexusLost(FailureScope.CONNECTION, true, true, "reset"));
    assertThat(rig.taken())
        .containsExactly("ended w on 0 #4 not retried", "completed w INDETERMINATE on 0");
  }

  @Test
  void noRetryBeginsAfterTheIosTime() {
    Rig rig = Rig.up(2, Rig.failover().toBuilder().ioTimeoutMs(2_000).build());
    rig.read("early");
    rig.read("late");
    rig.pass(1_999);
    rig.end("early", Rig.lost());
    rig.pass(1);
    rig.end("late", Rig.lost());
    assertThat(rig.taken())
        .contains("ended early on 0 #1 retried", "ended late on 0 #1 not retried");
  }

  @Test
  void anInputFromWithinAnEffectWaitsForItsTurn() {
    Rig rig = Rig.up(2, Rig.failover());
    rig.read("a");
    rig.taken();
    rig.onPathChanged = () -> rig.read("b");
    rig.end(Rig.lost());
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended a on 0 #1 retried",
            "send a on 1 #2",
            "send b on 1 #1");
  }

  @Test
  void anAttemptEndsOnce() {
    Rig rig = Rig.up(1, Rig.failover());
    rig.read("a");
    Attempt<String> attempt = rig.inFlight.get(0);
    rig.end(Rig.GOOD);
    assertThatThrownBy(() -> rig.core.onAttemptEnded(attempt, Rig.GOOD, rig.nowNs))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("attempt 1 of a on path 0");
  }
}
