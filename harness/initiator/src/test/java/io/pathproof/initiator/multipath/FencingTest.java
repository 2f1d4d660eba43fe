package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.TaskAborted;
import io.pathproof.initiator.multipath.FencePolicy.Mode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a write waits for while an older one may still land. */
class FencingTest {
  private static final Fence OVER_B = Fence.reinstatedOver("nic1:node1.b");

  private static Rig up(int paths, FencePolicy policy) {
    return Rig.up(
        paths, Rig.failover(Failback.IMMEDIATE, 60_000).toBuilder().fence(policy).build());
  }

  private static void write(Rig rig, String io, long first, long count) {
    rig.core.submit(io, IoTraits.write(4096, new BlockRange(first, count)), rig.nowNs);
  }

  /** A device whose first path was lost with a write to blocks 0 to 7. */
  private static Rig lost(FencePolicy policy) {
    Rig rig = up(2, policy);
    write(rig, "w", 0, 8);
    rig.end(Rig.lost());
    return rig;
  }

  @Test
  void aRetryWaitsForTheFenceWhichIsAskedForOnce() {
    Rig rig = up(2, FencePolicy.required(0));
    write(rig, "w1", 0, 8);
    write(rig, "w2", 8, 8);
    rig.taken();
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended w1 on 0 #1 retried",
            "fence 0",
            "ended w2 on 0 #1 retried");
    rig.pass(40);
    rig.taken();
    rig.core.onNexusFenced(0, OVER_B, rig.nowNs);
    assertThat(rig.taken())
        .containsExactly(
            "fenced w1 on 1 after 40 ms by reinstated over nic1:node1.b",
            "send w1 on 1 #2",
            "fenced w2 on 1 after 40 ms by reinstated over nic1:node1.b",
            "send w2 on 1 #2");
  }

  @Test
  void readsAndWritesToOtherBlocksDoNotWait() {
    Rig rig = lost(FencePolicy.required(0));
    rig.taken();
    rig.read("r");
    write(rig, "beside", 8, 8);
    assertThat(rig.taken()).containsExactly("send r on 1 #1", "send beside on 1 #1");
  }

  @Test
  void aNewWriteToTheSameBlocksWaitsToo() {
    Rig rig = lost(FencePolicy.required(0));
    rig.taken();
    write(rig, "over", 7, 8);
    rig.pass(5);
    assertThat(rig.taken()).doesNotContain("send over on 1 #1");
    rig.core.onNexusFenced(0, OVER_B, rig.nowNs);
    assertThat(rig.taken())
        .contains(
            "fenced over on 1 after 5 ms by reinstated over nic1:node1.b", "send over on 1 #1");
  }

  @Test
  void aNewWriteWaitsAlsoWhenTheOldOneWasGivenUp() {
    Rig rig = up(2, FencePolicy.required(0));
    rig.core.submit("cas", new IoTraits(true, false, 512, new BlockRange(3, 1)), rig.nowNs);
    rig.end(Rig.lost());
    assertThat(rig.taken()).contains("completed cas INDETERMINATE on 0");
    write(rig, "over", 0, 8);
    assertThat(rig.taken()).containsExactly("fence 0");
    rig.core.onNexusFenced(0, OVER_B, rig.nowNs);
    assertThat(rig.taken()).contains("send over on 1 #1");
  }

  @Test
  void whatIsSentToTheSameNexusFollowsItsReinstatementAndWaitsForNothing() {
    Rig rig = up(1, FencePolicy.required(0));
    write(rig, "w", 0, 8);
    rig.end(Rig.lost());
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    rig.core.checkNow(0, rig.nowNs);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken())
        .containsExactly("path 0 ACTIVE UP", "fenced w on 0 by reinstated", "send w on 0 #2");
  }

  @Test
  void requiredWithoutAFenceEndsIndeterminateInItsTime() {
    Rig rig = lost(FencePolicy.required(500));
    write(rig, "over", 0, 1);
    rig.pass(499);
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("completed"));
    rig.pass(1);
    assertThat(rig.taken())
        .contains("completed w INDETERMINATE on 0", "completed over FAILED on -1")
        .noneMatch(line -> line.startsWith("send") && line.contains(" on 1 "));
  }

  @Test
  void requiredWithoutATimeWaitsAsLongAsTheIoLasts() {
    Rig rig = lost(FencePolicy.required(0));
    rig.pass(179_999);
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("completed"));
    rig.pass(1);
    assertThat(rig.taken()).contains("completed w INDETERMINATE on 0");
  }

  @Test
  void aHoldThatRanOutIsToldAsUnfencedAndCoversNewWritesToo() {
    Rig rig = lost(FencePolicy.hold(300));
    write(rig, "over", 0, 8);
    rig.pass(299);
    assertThat(rig.taken()).noneMatch(line -> line.contains(" on 1 "));
    rig.pass(1);
    assertThat(rig.taken())
        .containsExactly(
            "unfenced w on 1 after 300 ms",
            "send w on 1 #2",
            "fenced over on 1 after 300 ms by held",
            "send over on 1 #1");
    write(rig, "later", 0, 8);
    assertThat(rig.taken()).containsExactly("send later on 1 #1");
  }

  @Test
  void aHoldThatIsLongerThanTheIoMayTakeEndsWithIt() {
    Rig rig =
        Rig.up(
            2,
            Rig.failover(Failback.IMMEDIATE, 60_000).toBuilder()
                .ioTimeoutMs(1_000)
                .fence(FencePolicy.hold(FencePolicy.DEFAULT_HOLD_MS))
                .build());
    write(rig, "w", 0, 8);
    rig.pass(100);
    rig.end(Rig.lost());
    rig.pass(100);
    write(rig, "over", 0, 8);
    rig.taken();
    rig.pass(799);
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("completed"));
    rig.pass(1);
    assertThat(rig.taken()).contains("completed w INDETERMINATE on 0");
    rig.pass(199);
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("completed"));
    rig.pass(1);
    assertThat(rig.taken()).as("never sent").contains("completed over FAILED on -1");
    rig.core.onNexusFenced(0, OVER_B, rig.nowNs);
    write(rig, "later", 0, 8);
    assertThat(rig.taken()).containsExactly("send later on 1 #1");
  }

  @Test
  void withNoneNothingIsAskedAndNothingWaits() {
    Rig rig = lost(FencePolicy.none());
    assertThat(rig.taken())
        .contains("unfenced w on 1", "send w on 1 #2")
        .noneMatch(line -> line.startsWith("fence "));
    write(rig, "over", 0, 8);
    assertThat(rig.taken()).containsExactly("send over on 1 #1");
  }

  @Test
  void aWriteLostOnTwoNexusesWaitsForBoth() {
    Rig rig = up(3, FencePolicy.required(0));
    write(rig, "w", 0, 8);
    rig.end(Rig.lost());
    rig.core.onNexusFenced(0, OVER_B, rig.nowNs);
    write(rig, "x", 0, 8);
    rig.end("w", Rig.lost());
    rig.end("x", Rig.lost());
    // path 0 is fenced, and lost once more with another write to the same blocks
    rig.core.checkNow(0, rig.nowNs);
    rig.taken();
    rig.core.onNexusFenced(1, OVER_B, rig.nowNs);
    assertThat(rig.taken()).contains("send w on 2 #3", "send x on 2 #2");
    Rig both = up(3, FencePolicy.required(0));
    write(both, "a", 0, 8);
    write(both, "b", 100, 8);
    both.end("a", Rig.lost());
    both.core.onNexusFenced(0, OVER_B, both.nowNs);
    both.end("b", Rig.lost());
    both.end("a", Rig.lost());
    write(both, "over", 0, 200);
    both.taken();
    both.core.onNexusFenced(0, OVER_B, both.nowNs);
    assertThat(both.taken()).contains("send b on 2 #2").doesNotContain("send over on 2 #1");
    both.core.onNexusFenced(1, OVER_B, both.nowNs);
    assertThat(both.taken()).contains("send over on 2 #1");
  }

  @Test
  void aFenceCoversWhatWasLostBeforeItAndIsAskedForAnewAfterwards() {
    Rig rig = lost(FencePolicy.required(0));
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    rig.core.checkNow(0, rig.nowNs);
    rig.checked(0, Rig.GOOD);
    rig.end("w", Rig.GOOD);
    write(rig, "again", 0, 8);
    rig.taken();
    rig.end("again", Rig.lost());
    assertThat(rig.taken()).contains("fence 0").noneMatch(line -> line.startsWith("send"));
  }

  @Test
  void aConfirmedAbortAndAConfirmedLogoutAreFences() {
    Rig rig = up(3, FencePolicy.required(0));
    write(rig, "aborted", 0, 8);
    write(rig, "out", 8, 8);
    rig.taken();
    rig.end(new TaskAborted(true, "timed out"));
    rig.end(
        new NexusLost(
            FailureScope.CONNECTION, true, false, Optional.of(Fence.LOGOUT), "logged out"));
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended aborted on 0 #1 retried",
            "fenced aborted on 1 by task ended",
            "send aborted on 1 #2",
            "ended out on 0 #1 retried",
            "fenced out on 1 by logged out",
            "send out on 1 #2");
  }

  @Test
  void aWriteThatItsRecoveringSessionLostIsSentOnceThatHasFencedItsNexus() {
    Rig rig = up(2, FencePolicy.required(0));
    write(rig, "w", 0, 8);
    rig.taken();
    rig.end(Rig.recovering());
    rig.read("r");
    write(rig, "beside", 8, 8);
    write(rig, "over", 7, 8);
    rig.pass(40);
    assertThat(rig.taken())
        .as("what nothing speaks against is given to the session, which keeps it")
        .containsExactly("ended w on 0 #1 retried", "send r on 0 #1", "send beside on 0 #1");
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    assertThat(rig.taken())
        .as("the wait for the session is no cost of fencing")
        .containsExactly(
            "fenced w on 0 by reinstated",
            "send w on 0 #2",
            "fenced over on 0 by reinstated",
            "send over on 0 #1");
  }

  @Test
  void aSessionThatRecoversElsewhereHasItsFormerNexusFencedFirst() {
    Rig rig = up(1, FencePolicy.required(0));
    write(rig, "w", 0, 8);
    rig.end(Rig.recovering());
    write(rig, "over", 7, 8);
    rig.taken();
    rig.pass(1_000);
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.read("r");
    assertThat(rig.taken()).containsExactly("fence 0", "send r on 0 #1");
    rig.pass(40);
    rig.core.onNexusFenced(0, 0, OVER_B, rig.nowNs);
    assertThat(rig.taken())
        .containsExactly(
            "fenced w on 0 after 40 ms by reinstated over nic1:node1.b",
            "send w on 0 #2",
            "fenced over on 0 after 40 ms by reinstated over nic1:node1.b",
            "send over on 0 #1");
  }

  @Test
  void aFormerNexusIsHeldForAsLongAsAnyOther() {
    Rig rig = up(1, FencePolicy.hold(300));
    write(rig, "w", 0, 8);
    rig.end(Rig.recovering());
    rig.pass(100);
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.taken();
    rig.pass(199);
    assertThat(rig.taken()).isEmpty();
    rig.pass(1);
    assertThat(rig.taken()).containsExactly("unfenced w on 0 after 200 ms", "send w on 0 #2");
  }

  @Test
  void eachNexusOfAPathIsFencedByItself() {
    Rig rig = up(1, FencePolicy.required(0));
    write(rig, "first", 0, 8);
    rig.end(Rig.recovering());
    rig.core.onNexusReplaced(0, rig.nowNs);
    write(rig, "second", 100, 8);
    rig.end("second", Rig.recovering());
    rig.core.onNexusReplaced(0, rig.nowNs);
    assertThat(rig.taken()).contains("fence 0", "fence 0 nexus 1");
    rig.core.onNexusFenced(0, 1, OVER_B, rig.nowNs);
    assertThat(rig.taken()).contains("send second on 0 #2").doesNotContain("send first on 0 #2");
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    assertThat(rig.taken()).as("the present one has nothing to do with it").isEmpty();
    rig.core.onNexusFenced(0, 0, OVER_B, rig.nowNs);
    assertThat(rig.taken()).contains("send first on 0 #2");
  }

  @Test
  void whatWaitsForASessionThatGivesUpGoesElsewhereFenced() {
    Rig rig = up(2, FencePolicy.required(0));
    write(rig, "w", 0, 8);
    rig.end(Rig.recovering());
    rig.pass(700);
    rig.taken();
    rig.lose(0);
    assertThat(rig.taken()).containsExactly("path 0 FAILED DOWN", "switch 0 to 1", "fence 0");
    rig.pass(5);
    rig.core.onNexusFenced(0, OVER_B, rig.nowNs);
    assertThat(rig.taken())
        .contains("fenced w on 1 after 5 ms by reinstated over nic1:node1.b", "send w on 1 #2");
  }

  @Test
  void aPathThatAnyOtherEndFailsLetsWhatWaitedForItGoToo() {
    Rig byIo = up(2, FencePolicy.required(0));
    write(byIo, "w", 0, 8);
    byIo.end(Rig.recovering());
    byIo.read("r");
    byIo.taken();
    byIo.end("r", Rig.neverSent());
    assertThat(byIo.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "switch 0 to 1",
            "ended r on 0 #1 retried",
            "send r on 1 #2",
            "fence 0");

    MultipathSettings checked =
        Rig.failover(Failback.IMMEDIATE, 60_000).toBuilder()
            .fence(FencePolicy.required(0))
            .maxCheckerIntervalMs(1_000)
            .build();
    Rig byCheck = Rig.up(2, checked);
    write(byCheck, "w", 0, 8);
    byCheck.end(Rig.recovering());
    byCheck.pass(1_000);
    byCheck.taken();
    byCheck.checked(0, Rig.neverSent());
    assertThat(byCheck.taken()).containsExactly("path 0 FAILED DOWN", "switch 0 to 1", "fence 0");
  }

  @Test
  void whereTheHoldEndsBeforeTheSessionIsBackTheWriteRestsWithIt() {
    Rig rig = up(1, FencePolicy.hold(300));
    write(rig, "w", 0, 8);
    write(rig, "v", 8, 8);
    rig.end("w", Rig.recovering());
    rig.end("v", Rig.recovering());
    rig.taken();
    rig.pass(300);
    assertThat(rig.taken()).containsExactly("send w on 0 #2", "send v on 0 #2");
    rig.end("v", Rig.neverSent());
    rig.taken();
    rig.core.onNexusReplaced(0, rig.nowNs);
    assertThat(rig.taken()).containsExactly("unfenced w on 0");
  }

  @Test
  void detachingEndsWhatWaitsForItsSession() {
    Rig rig = up(1, FencePolicy.required(0));
    write(rig, "w", 0, 8);
    rig.end(Rig.recovering());
    rig.taken();
    rig.core.close(rig.nowNs);
    assertThat(rig.taken()).containsExactly("completed w INDETERMINATE on 0");
  }

  @Test
  void waitingForAPathIsNoWaitForAFence() {
    Rig rig = up(1, FencePolicy.hold(300));
    write(rig, "w", 0, 8);
    rig.end(Rig.lost());
    rig.taken();
    rig.pass(1_000);
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).contains("unfenced w on 0", "send w on 0 #2");
  }

  @Test
  void strayWritesOfOneNexusAreBoundedAndThenCoverAllBlocks() {
    StrayWrites strays = new StrayWrites();
    Nexus nexus = new Nexus(0, 0);
    for (int i = 0; i < StrayWrites.MOST_OF_A_NEXUS; i++) {
      strays.add(nexus, new BlockRange(i, 1), i);
    }
    BlockRange far = new BlockRange(1_000_000, 1);
    assertThat(strays.lastLoss(far)).isEqualTo(Io.NEVER);
    strays.add(nexus, new BlockRange(5, 1), 9_999);
    assertThat(strays.lastLoss(far)).isEqualTo(9_999);
    nexus.fenced(OVER_B);
    strays.fenced(nexus);
    assertThat(strays.isEmpty()).isTrue();
  }

  @Test
  void rangesOverlapWhereABlockIsInBoth() {
    BlockRange range = new BlockRange(10, 5);
    List<BlockRange> apart =
        List.of(
            new BlockRange(0, 10), new BlockRange(15, 1), BlockRange.NONE, new BlockRange(12, 0));
    List<BlockRange> touching =
        List.of(new BlockRange(0, 11), new BlockRange(14, 9), range, BlockRange.ALL);
    assertThat(apart).noneMatch(range::overlaps).noneMatch(each -> each.overlaps(range));
    assertThat(touching).allMatch(range::overlaps).allMatch(each -> each.overlaps(range));
  }

  @Test
  void policiesThatMeanNothingAreRefused() {
    assertThatThrownBy(() -> FencePolicy.hold(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FencePolicy.required(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FencePolicy(Mode.NONE, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BlockRange(-1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
