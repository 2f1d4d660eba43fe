package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import org.junit.jupiter.api.Test;

/** What is remembered of a path from its joining to its return. */
class PathEntryTest {
  private static final AttemptResult ATTENTION = TaskEnded.checkCondition(6, 0x29, 0x00);

  private final Rig rig = new Rig(Rig.failover());

  @Test
  void aNewPathIsFailedUntilItIsFoundUp() {
    PathEntry entry = new PathEntry(7);
    assertThat(entry.state).isEqualTo(PathState.FAILED);
    assertThat(entry.checker).isEqualTo(CheckerState.UNCHECKED);
    assertThat(entry.nextCheckNs).isEqualTo(MultipathCore.NO_DEADLINE);
    assertThat(entry.nexus.path).isEqualTo(7);
    assertThat(entry.nexus.replaced).isFalse();

    rig.core.addPath(0, false, rig.nowNs);
    assertThat(rig.taken()).containsExactly("check 0");
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.FAILED);
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.UNCHECKED);
    rig.read("early");
    assertThat(rig.taken()).containsExactly("completed early FAILED on -1");
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP");
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.UP);
    assertThat(rig.core.nextDeadlineNs())
        .as("an active path is not checked")
        .isEqualTo(MultipathCore.NO_DEADLINE);
  }

  @Test
  void aNewPathThatIsNotFoundUpIsCheckedAtTheInterval() {
    rig.core.addPath(0, false, rig.nowNs);
    rig.checked(0, Rig.neverSent());
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.DOWN);
    rig.taken();
    rig.pass(999);
    assertThat(rig.taken()).isEmpty();
    rig.pass(1);
    assertThat(rig.taken()).containsExactly("check 0");
  }

  @Test
  void aPathJoinsOnceAndOnlyPathsThatJoinedAreKnown() {
    rig.core.addPath(0, true, rig.nowNs);
    assertThatThrownBy(() -> rig.core.addPath(0, true, rig.nowNs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("path 0 is there already");
    assertThatThrownBy(() -> rig.core.pathState(1)).hasMessage("no path 1");
    assertThatThrownBy(() -> rig.core.onPriorityChanged(1, rig.nowNs)).hasMessage("no path 1");
    // the core goes on after such a refusal
    rig.read("a");
    assertThat(rig.taken()).contains("send a on 0 #1");
  }

  @Test
  void anAnswerThatNobodyAskedForIsRefused() {
    rig.core.addPath(0, true, rig.nowNs);
    assertThatThrownBy(() -> rig.checked(0, Rig.GOOD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("path 0 was not being checked");
  }

  @Test
  void aSecondLossDoesNotPutTheCheckOff() {
    rig.core.addPath(0, true, rig.nowNs);
    rig.lose(0);
    rig.pass(900);
    rig.lose(0);
    rig.taken();
    rig.pass(100);
    assertThat(rig.taken()).containsExactly("check 0");
  }

  @Test
  void eachCheckHasItsOwnPatienceWithUnitAttentions() {
    rig.core.addPath(0, false, rig.nowNs);
    for (int i = 0; i < 6; i++) {
      rig.checked(0, ATTENTION);
    }
    assertThat(rig.core.checkerState(0)).isEqualTo(CheckerState.DOWN);
    rig.pass(1000);
    for (int i = 0; i < 5; i++) {
      rig.checked(0, ATTENTION);
    }
    rig.checked(0, Rig.GOOD);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
  }

  @Test
  void unitAttentionsBeforeAnotherAnswerDoNotCountForTheNextCheck() {
    rig.core.addPath(0, false, rig.nowNs);
    for (int i = 0; i < 5; i++) {
      rig.checked(0, ATTENTION);
    }
    rig.checked(0, Rig.lost());
    rig.pass(1000);
    rig.taken();
    rig.checked(0, ATTENTION);
    assertThat(rig.taken()).containsExactly("check 0");
  }

  @Test
  void aHintThatComesDuringACheckCountsForThatCheckAlone() {
    rig.core.addPath(0, false, rig.nowNs);
    rig.core.checkNow(0, rig.nowNs);
    rig.taken();
    rig.checked(0, Rig.lost());
    assertThat(rig.taken()).containsExactly("check 0");
    rig.checked(0, Rig.lost());
    assertThat(rig.taken()).as("now at the interval").isEmpty();
    assertThat(rig.core.nextDeadlineNs()).isEqualTo(rig.nowNs + 1_000_000_000L);
  }

  @Test
  void aDetachedDeviceChecksNothingMore() {
    rig.core.addPath(0, true, rig.nowNs);
    rig.lose(0);
    rig.core.close(rig.nowNs);
    rig.taken();
    rig.core.checkNow(0, rig.nowNs);
    rig.pass(10_000);
    assertThat(rig.taken()).isEmpty();
    assertThat(rig.core.nextDeadlineNs()).isEqualTo(MultipathCore.NO_DEADLINE);
  }

  @Test
  void anAnswerThatComesAfterDetachingReinstatesNothing() {
    rig.core.addPath(0, false, rig.nowNs);
    rig.core.close(rig.nowNs);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).isEmpty();
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.FAILED);
  }
}
