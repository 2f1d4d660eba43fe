package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import org.junit.jupiter.api.Test;

/** The array tells new access states while I/O goes on: ranks of paths change. */
class PathRankTest {
  private static final int OPTIMIZED = 50;
  private static final int NON_OPTIMIZED = 10;
  private static final int STANDBY = 1;

  private final int[] ranks = {OPTIMIZED, OPTIMIZED, NON_OPTIMIZED, NON_OPTIMIZED};

  private Rig twoNodes(MultipathSettings settings) {
    return Rig.up(4, settings, path -> ranks[path]);
  }

  private void told(Rig rig, int path, int rank) {
    ranks[path] = rank;
    rig.core.onPriorityChanged(path, rig.nowNs);
  }

  @Test
  void theIoFollowsTheOptimizedNode() {
    Rig rig = twoNodes(Rig.failover());
    rig.read("before");
    rig.taken();
    told(rig, 0, NON_OPTIMIZED);
    assertThat(rig.taken()).as("its neighbour takes over").containsExactly("switch 0 to 1");
    told(rig, 1, NON_OPTIMIZED);
    assertThat(rig.taken()).as("all alike for the moment").containsExactly("switch 1 to 0");
    told(rig, 2, OPTIMIZED);
    assertThat(rig.taken()).containsExactly("switch 0 to 2");
    told(rig, 3, OPTIMIZED);
    assertThat(rig.taken()).as("the path in use stays").isEmpty();
    rig.read("after");
    assertThat(rig.taken()).containsExactly("send after on 2 #1");
    // what was under way stays where it is
    rig.end("before", Rig.GOOD);
    assertThat(rig.taken()).containsExactly("completed before OK on 0");
  }

  @Test
  void aRankThatIsToldAgainChangesNothing() {
    Rig rig = twoNodes(Rig.failover());
    for (int path = 0; path < 4; path++) {
      told(rig, path, ranks[path]);
    }
    assertThat(rig.taken()).isEmpty();
  }

  @Test
  void anIoThatMeetsStandbyGoesToTheOtherNodeAndStaysThereOnceThatIsOptimized() {
    Rig rig = twoNodes(Rig.failover());
    rig.read("a");
    rig.taken();
    rig.end(TaskEnded.checkCondition(2, 0x04, 0x0B));
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED GHOST", "switch 0 to 2", "ended a on 0 #1 retried", "send a on 2 #2");
    told(rig, 1, STANDBY);
    told(rig, 2, OPTIMIZED);
    told(rig, 3, OPTIMIZED);
    assertThat(rig.taken()).isEmpty();
    rig.read("b");
    assertThat(rig.taken()).containsExactly("send b on 2 #1");
    // the standby port answers again; by its new rank it is no reason to go back
    ranks[0] = STANDBY;
    rig.pass(1000);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP");
  }

  @Test
  void aFailedPathIsNotTakenIntoUseByItsRank() {
    Rig rig = twoNodes(Rig.failover());
    rig.lose(3);
    rig.taken();
    told(rig, 3, 90);
    rig.read("a");
    assertThat(rig.taken()).containsExactly("send a on 0 #1");
    rig.pass(1000);
    rig.checked(3, Rig.GOOD);
    rig.read("b");
    assertThat(rig.taken())
        .containsExactly("check 3", "path 3 ACTIVE UP", "switch 0 to 3", "send b on 3 #1");
  }

  @Test
  void withoutAnyPathARankTellsNothingAndHoldsNothingUp() {
    Rig rig = Rig.up(2, Rig.failover(Failback.IMMEDIATE, 10_000), path -> ranks[path]);
    rig.lose(0);
    rig.lose(1);
    rig.read("a");
    rig.taken();
    told(rig, 0, NON_OPTIMIZED);
    assertThat(rig.taken()).isEmpty();
    assertThat(rig.core.waitingForPath()).isEqualTo(1);
    rig.pass(1000);
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).endsWith("path 0 ACTIVE UP", "send a on 0 #1");
  }

  @Test
  void manualFailbackStaysInItsGroupThoughAnotherIsPreferredNow() {
    MultipathSettings manual =
        MultipathSettings.multipath(Policy.FAILOVER, 1, 0, true, Failback.MANUAL, 0, 1000);
    Rig rig = twoNodes(manual);
    rig.read("a");
    rig.taken();
    told(rig, 2, 90);
    assertThat(rig.taken()).isEmpty();
    rig.read("b");
    assertThat(rig.taken()).containsExactly("send b on 0 #1");
    told(rig, 0, STANDBY);
    told(rig, 1, STANDBY);
    assertThat(rig.taken())
        .as("its group has no path left")
        .containsExactly("switch 0 to 1", "switch 1 to 2");
  }

  @Test
  void turnsOfRoundRobinAreNotToldWhenAnotherPathChangesItsRank() {
    Rig rig = twoNodes(Rig.roundRobin(1, 0));
    rig.read("a");
    rig.read("b");
    rig.taken();
    told(rig, 2, STANDBY);
    assertThat(rig.taken()).isEmpty();
    told(rig, 3, OPTIMIZED);
    assertThat(rig.taken()).as("the turn stays where it was").isEmpty();
    rig.read("c");
    rig.read("d");
    rig.read("e");
    assertThat(rig.sentOn).endsWith(0, 1, 3);
  }

  @Test
  void aSinglePathHasNoOtherToSwitchTo() {
    Rig rig = Rig.up(1, MultipathSettings.singlePath(1000), path -> ranks[path]);
    told(rig, 0, STANDBY);
    rig.read("a");
    assertThat(rig.taken()).containsExactly("send a on 0 #1");
  }
}
