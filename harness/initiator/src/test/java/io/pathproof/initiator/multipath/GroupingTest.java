package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which paths share the I/O, and when a better group is taken again. */
class GroupingTest {
  private final int[] ranks = {10, 50, 10, 50};

  private Rig rig(MultipathSettings.Builder settings) {
    return Rig.up(4, settings.ios(1).build(), path -> ranks[path]);
  }

  private static List<Integer> sent(Rig rig, int ios) {
    rig.sentOn.clear();
    for (int i = 0; i < ios; i++) {
      rig.send("io" + i, 512);
    }
    return List.copyOf(rig.sentOn);
  }

  private void told(Rig rig, int path, int rank) {
    ranks[path] = rank;
    rig.core.onPriorityChanged(path, rig.nowNs);
  }

  @Test
  void pathsOfOneRankShare() {
    Rig rig = rig(Rig.policy(Policy.ROUND_ROBIN));
    assertThat(sent(rig, 4)).containsExactly(1, 3, 1, 3);
  }

  @Test
  void allPathsShareInOneGroupWhateverTheirRanks() {
    Rig rig = rig(Rig.policy(Policy.ROUND_ROBIN).grouping(PathGrouping.MULTIBUS));
    assertThat(sent(rig, 5)).containsExactly(0, 1, 2, 3, 0);
    told(rig, 2, 90);
    assertThat(sent(rig, 4)).containsExactly(1, 2, 3, 0);
  }

  @Test
  void aStandbyPortTakesThePathsOfItsRankAloneOutOfASharedGroup() {
    Rig rig = rig(Rig.policy(Policy.ROUND_ROBIN).grouping(PathGrouping.MULTIBUS));
    rig.send("a", 512);
    rig.end(TaskEnded.checkCondition(2, 0x04, 0x0B));
    assertThat(sent(rig, 3)).as("0 failed, 2 is of its rank").containsExactly(3, 1, 3);
    told(rig, 2, 10);
    assertThat(sent(rig, 3)).as("the array speaks for it").containsExactly(1, 2, 3);
  }

  @Test
  void eachPathIsAGroupOfItsOwnInTheOrderOfRanks() {
    Rig rig = rig(Rig.policy(Policy.ROUND_ROBIN).grouping(PathGrouping.FAILOVER));
    assertThat(sent(rig, 3)).containsExactly(1, 1, 1);
    rig.lose(1);
    assertThat(sent(rig, 2)).containsExactly(3, 3);
    rig.lose(3);
    assertThat(sent(rig, 2)).containsExactly(0, 0);
    rig.taken();
    told(rig, 2, 90);
    assertThat(rig.taken()).containsExactly("switch 0 to 2");
    told(rig, 2, 10);
    assertThat(rig.taken()).containsExactly("switch 2 to 0");
  }

  @Test
  void deferredFailbackWaitsUntilTheBetterGroupHasBeenThereForAWhile() {
    Rig rig =
        rig(Rig.policy(Policy.ROUND_ROBIN).failback(Failback.DEFERRED).failbackDelayMs(10_000));
    assertThat(sent(rig, 2)).containsExactly(1, 3);
    rig.lose(1);
    rig.lose(3);
    assertThat(sent(rig, 2)).containsExactly(0, 2);
    rig.heal(3);
    rig.taken();
    rig.pass(9_999);
    assertThat(rig.taken()).doesNotContain("switch 0 to 3", "switch 2 to 3");
    assertThat(sent(rig, 2)).containsExactly(0, 2);
    rig.taken();
    rig.pass(1);
    assertThat(rig.taken()).as("told without any I/O").contains("switch 0 to 3");
    assertThat(sent(rig, 2)).containsExactly(3, 3);
  }

  @Test
  void deferredFailbackBeginsAnewWhenTheBetterGroupIsLostMeanwhile() {
    Rig rig = rig(Rig.policy(Policy.FAILOVER).failback(Failback.DEFERRED).failbackDelayMs(10_000));
    assertThat(sent(rig, 1)).containsExactly(1);
    rig.lose(1);
    rig.lose(3);
    assertThat(sent(rig, 1)).containsExactly(0);
    rig.heal(1);
    rig.pass(6_000);
    rig.lose(1);
    rig.heal(1);
    rig.pass(6_000);
    assertThat(sent(rig, 1)).containsExactly(0);
    rig.pass(4_000);
    assertThat(sent(rig, 1)).containsExactly(1);
  }

  @Test
  void deferredFailbackHoldsForThePathWithinItsGroupToo() {
    Rig rig =
        Rig.up(
            2,
            Rig.policy(Policy.FAILOVER).failback(Failback.DEFERRED).failbackDelayMs(5_000).build());
    assertThat(sent(rig, 1)).containsExactly(0);
    rig.lose(0);
    assertThat(sent(rig, 1)).containsExactly(1);
    rig.heal(0);
    rig.pass(4_999);
    assertThat(sent(rig, 1)).containsExactly(1);
    rig.pass(1);
    assertThat(sent(rig, 1)).containsExactly(0);
  }

  @Test
  void followoverReturnsWhenTheFirstPathOfAGroupComesUpButNotForAFurtherOne() {
    Rig rig = rig(Rig.policy(Policy.FAILOVER).failback(Failback.FOLLOWOVER));
    assertThat(sent(rig, 1)).containsExactly(1);
    rig.lose(1);
    assertThat(sent(rig, 1)).containsExactly(3);
    rig.heal(1);
    assertThat(sent(rig, 1)).as("a further path of its group").containsExactly(3);
    rig.lose(1);
    rig.lose(3);
    assertThat(sent(rig, 1)).containsExactly(0);
    rig.heal(3);
    assertThat(sent(rig, 1)).as("the first path of its group").containsExactly(3);
  }

  @Test
  void followoverStaysWhereAGroupThatIsNotForIoGetsAFurtherPath() {
    Rig rig = rig(Rig.policy(Policy.FAILOVER).failback(Failback.FOLLOWOVER));
    rig.lose(1);
    rig.lose(3);
    assertThat(sent(rig, 1)).containsExactly(0);
    rig.heal(3);
    assertThat(sent(rig, 1)).as("followed once").containsExactly(3);
    rig.heal(1);
    rig.read("standby");
    rig.end("standby", AttemptResult.TaskEnded.checkCondition(2, 0x04, 0x0B));
    assertThat(sent(rig, 1)).as("its group is bypassed").containsExactly(0);
    rig.heal(3);
    assertThat(sent(rig, 1)).as("path 1 was there all the time").containsExactly(0);
  }

  @Test
  void followoverFollowsWhatTheArrayOrAnotherHostMadeActive() {
    Rig rig = rig(Rig.policy(Policy.ROUND_ROBIN).failback(Failback.FOLLOWOVER));
    assertThat(sent(rig, 2)).containsExactly(1, 3);
    told(rig, 0, 90);
    told(rig, 2, 90);
    assertThat(sent(rig, 2)).containsExactly(0, 2);
    // and a path that comes back does not undo it
    rig.lose(1);
    rig.heal(1);
    assertThat(sent(rig, 2)).containsExactly(0, 2);
  }

  @Test
  void manualFailbackStaysWhereFollowoverFollows() {
    Rig rig = rig(Rig.policy(Policy.ROUND_ROBIN).failback(Failback.MANUAL));
    assertThat(sent(rig, 2)).containsExactly(1, 3);
    told(rig, 0, 90);
    assertThat(sent(rig, 2)).containsExactly(1, 3);
  }
}
