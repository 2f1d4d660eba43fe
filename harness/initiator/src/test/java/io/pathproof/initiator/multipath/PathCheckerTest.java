package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import org.junit.jupiter.api.Test;

class PathCheckerTest {
  private final Rig rig = Rig.up(2, Rig.failover());

  @Test
  void aFailedPathIsCheckedAtItsIntervalAndNoOther() {
    rig.lose(0);
    rig.taken();
    rig.pass(999);
    assertThat(rig.taken()).isEmpty();
    rig.pass(1);
    assertThat(rig.taken()).containsExactly("check 0");
    // one check at a time, however long it takes
    rig.pass(10_000);
    assertThat(rig.taken()).isEmpty();
    rig.checked(0, Rig.lost());
    rig.pass(999);
    assertThat(rig.taken()).isEmpty();
    rig.pass(1);
    assertThat(rig.taken()).containsExactly("check 0");
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.FAILED);
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.DOWN);
  }

  @Test
  void aUnitAttentionIsNoFailureButAskedAgain() {
    rig.lose(0);
    rig.pass(1000);
    rig.taken();
    rig.checked(0, TaskEnded.checkCondition(6, 0x29, 0x00));
    assertThat(rig.taken()).containsExactly("check 0");
    rig.checked(0, TaskEnded.checkCondition(6, 0x2A, 0x06));
    assertThat(rig.taken()).containsExactly("check 0");
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP", "switch 1 to 0");
  }

  @Test
  void unitAttentionsWithoutEndAreBounded() {
    rig.lose(0);
    rig.pass(1000);
    for (int attention = 0; attention < 5; attention++) {
      rig.checked(0, TaskEnded.checkCondition(6, 0x29, 0x00));
    }
    rig.taken();
    rig.checked(0, TaskEnded.checkCondition(6, 0x29, 0x00));
    assertThat(rig.taken()).isEmpty();
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.DOWN);
    rig.pass(1000);
    assertThat(rig.taken()).containsExactly("check 0");
  }

  @Test
  void standbyIsAliveButNotForIo() {
    rig.lose(0);
    rig.pass(1000);
    rig.checked(0, TaskEnded.checkCondition(2, 0x04, 0x0B));
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.GHOST);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.FAILED);
  }

  @Test
  void aHintChecksAtOnceAndAStaleAnswerDoesNotCount() {
    rig.lose(0);
    rig.taken();
    rig.core.checkNow(0, rig.nowNs);
    assertThat(rig.taken()).containsExactly("check 0");
    rig.core.checkNow(0, rig.nowNs);
    assertThat(rig.taken()).isEmpty();
    rig.checked(0, Rig.lost());
    assertThat(rig.taken()).containsExactly("check 0");
    rig.checked(0, Rig.GOOD);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
    rig.taken();
    rig.core.checkNow(0, rig.nowNs);
    rig.pass(100_000);
    assertThat(rig.taken()).isEmpty();
  }

  @Test
  void aFlappingPathNeverStopsTheIo() {
    for (int flap = 0; flap < 100; flap++) {
      rig.read("io" + flap);
      assertThat(rig.sentOn).last().isEqualTo(0);
      rig.end(Rig.lost());
      assertThat(rig.sentOn).last().isEqualTo(1);
      rig.end(Rig.GOOD);
      rig.pass(1000);
      rig.checked(0, Rig.GOOD);
      assertThat(rig.taken())
          .containsExactly(
              "send io" + flap + " on 0 #1",
              "path 0 FAILED DOWN",
              "switch 0 to 1",
              "ended io" + flap + " on 0 #1 retried",
              "send io" + flap + " on 1 #2",
              "completed io" + flap + " OK on 1",
              "check 0",
              "path 0 ACTIVE UP",
              "switch 1 to 0");
    }
  }
}
