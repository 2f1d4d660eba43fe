package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import org.junit.jupiter.api.Test;

class FailoverTest {
  @Test
  void thePreferredPathCarriesEverything() {
    Rig rig = Rig.up(3, Rig.failover());
    rig.answerAtOnce = true;
    for (int i = 0; i < 50; i++) {
      rig.read("io" + i);
    }
    assertThat(rig.sentOn).hasSize(50).containsOnly(0);
  }

  @Test
  void theOrderOfPreferenceIsThatOfTheNumbersNotOfJoining() {
    Rig rig = new Rig(Rig.failover());
    rig.core.addPath(2, true, rig.nowNs);
    rig.core.addPath(0, true, rig.nowNs);
    rig.core.addPath(1, true, rig.nowNs);
    rig.read("a");
    assertThat(rig.sentOn).containsExactly(0);
  }

  @Test
  void aLostPathIsToldOnceWithItsSuccessor() {
    Rig rig = Rig.up(3, Rig.failover());
    rig.lose(0);
    rig.lose(0);
    rig.lose(1);
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN", "switch 0 to 1", "path 1 FAILED DOWN", "switch 1 to 2");
  }

  @Test
  void immediateFailbackReturnsToThePreferredPath() {
    Rig rig = Rig.up(2, Rig.failover(Failback.IMMEDIATE, 0));
    rig.lose(0);
    rig.read("a");
    rig.pass(1000);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    rig.read("b");
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP", "switch 1 to 0", "send b on 0 #1");
  }

  @Test
  void manualFailbackStaysUntilThePathInUseFails() {
    Rig rig = Rig.up(2, Rig.failover(Failback.MANUAL, 0));
    rig.read("a");
    rig.lose(0);
    rig.read("b");
    rig.pass(1000);
    rig.checked(0, Rig.GOOD);
    rig.read("c");
    rig.lose(1);
    rig.read("d");
    assertThat(rig.sentOn).containsExactly(0, 1, 1, 0);
  }

  @Test
  void manualFailbackHoldsWithoutIoToo() {
    Rig rig = Rig.up(2, Rig.failover(Failback.MANUAL, 0));
    rig.lose(0);
    rig.pass(1000);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    rig.read("a");
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP", "send a on 1 #1");
  }

  @Test
  void aLowerGroupIsUsedOnlyWhenTheHigherHasNoPath() {
    // paths 2 and 3 are preferred
    Rig rig = Rig.up(4, Rig.roundRobin(1, 0), path -> path >= 2 ? 50 : 10);
    rig.answerAtOnce = true;
    for (int i = 0; i < 4; i++) {
      rig.read("io" + i);
    }
    rig.lose(2);
    rig.read("x");
    rig.lose(3);
    rig.read("y");
    rig.read("z");
    assertThat(rig.sentOn).containsExactly(2, 3, 2, 3, 3, 0, 1);
    rig.pass(1000);
    rig.checked(3, Rig.GOOD);
    rig.read("back");
    assertThat(rig.sentOn.get(7)).isEqualTo(3);
  }

  @Test
  void groupFailbackMayBeManual() {
    MultipathSettings manual =
        MultipathSettings.multipath(Policy.ROUND_ROBIN, 1, 0, true, Failback.MANUAL, 0, 1000);
    Rig rig = Rig.up(2, manual, path -> path == 1 ? 50 : 10);
    rig.read("a");
    rig.lose(1);
    rig.read("b");
    rig.pass(1000);
    rig.checked(1, Rig.GOOD);
    rig.read("c");
    rig.lose(0);
    rig.read("d");
    assertThat(rig.sentOn).containsExactly(1, 0, 0, 1);
  }

  @Test
  void standbyMovesToAnotherGroupAndMarksThePathGhost() {
    Rig rig = Rig.up(4, Rig.failover(), path -> path < 2 ? 50 : 10);
    rig.read("a");
    rig.end(TaskEnded.checkCondition(2, 0x04, 0x0B));
    // path 1 is usable and of higher priority, but its group has just said that it is on standby
    assertThat(rig.taken())
        .containsExactly(
            "send a on 0 #1",
            "path 0 FAILED GHOST",
            "switch 0 to 2",
            "ended a on 0 #1 retried",
            "send a on 2 #2");
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.GHOST);
  }

  @Test
  void aBypassedGroupIsTheLastResort() {
    Rig rig = Rig.up(3, Rig.failover(), path -> path < 2 ? 50 : 10);
    rig.read("a");
    rig.end(TaskEnded.checkCondition(2, 0x04, 0x0C));
    rig.lose(2);
    rig.read("b");
    assertThat(rig.sentOn).containsExactly(0, 2, 1);
    // found up by its checker, the group counts again
    rig.pass(1000);
    rig.checked(2, Rig.GOOD);
    rig.read("c");
    rig.checked(0, Rig.GOOD);
    rig.read("d");
    assertThat(rig.sentOn).containsExactly(0, 2, 1, 2, 0);
  }

  @Test
  void prioritiesAreReadAgainWhenAPathIsReinstated() {
    int[] priorities = {50, 10};
    Rig rig = Rig.up(2, Rig.failover(), path -> priorities[path]);
    rig.lose(0);
    rig.pass(1000);
    priorities[0] = 5;
    rig.checked(0, Rig.GOOD);
    rig.read("a");
    assertThat(rig.sentOn).containsExactly(1);
  }
}
