package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Which group carries the I/O while target ports go on standby and the array tells new ranks. */
class PathGroupsTest {
  private static final int OPTIMIZED = 50;
  private static final int NON_OPTIMIZED = 10;
  private static final int STANDBY = 1;

  /** The paths by their numbers, so that the tests read as what they say. */
  private static final class Groups {
    private final PathGroups groups;
    private final PathEntry[] paths = new PathEntry[4];

    Groups(Supplier<PathSelector> selectors, Failback failback) {
      groups = new PathGroups(selectors, PathGrouping.BY_PRIORITY, failback, 0, false);
      Arrays.setAll(paths, PathEntry::new);
    }

    void place(int path, int priority) {
      groups.place(paths[path], priority);
    }

    void setUsable(int path, boolean usable) {
      groups.setUsable(paths[path], usable);
    }

    boolean isUsable(int path) {
      return groups.isUsable(paths[path]);
    }

    void bypass(int path) {
      groups.bypass(paths[path]);
    }

    int next() {
      return groups.next(512, 0).path;
    }

    void charge(long bytes) {
      groups.charge(groups.next(bytes, 0), bytes, 0);
    }
  }

  /** Paths 0 and 1 lead to node 1, which is optimized; 2 and 3 to node 2. */
  private static Groups twoNodes(Supplier<PathSelector> selectors, Failback failback) {
    Groups groups = new Groups(selectors, failback);
    for (int path = 0; path < 4; path++) {
      groups.place(path, path < 2 ? OPTIMIZED : NON_OPTIMIZED);
      groups.setUsable(path, true);
    }
    assertThat(groups.next()).isZero();
    return groups;
  }

  private static Groups twoNodes() {
    return twoNodes(PreferredOrder::new, Failback.IMMEDIATE);
  }

  /** An I/O on the path is answered 04/0B. */
  private static void refusedByStandby(Groups groups, int path) {
    groups.bypass(path);
    groups.setUsable(path, false);
  }

  @Test
  void thePathThatBecameOptimizedIsTakenAfterTheFormerOneWentOnStandby() {
    Groups groups = twoNodes();
    refusedByStandby(groups, 0);
    assertThat(groups.next()).as("before the array told the new states").isEqualTo(2);
    groups.place(0, STANDBY);
    groups.place(1, STANDBY);
    groups.place(2, OPTIMIZED);
    groups.place(3, OPTIMIZED);
    assertThat(groups.next()).isEqualTo(2);
    groups.setUsable(2, false);
    assertThat(groups.next()).isEqualTo(3);
  }

  @Test
  void theOrderInWhichThePathsLearnTheNewStatesDoesNotMatter() {
    Groups groups = twoNodes();
    refusedByStandby(groups, 0);
    groups.place(2, OPTIMIZED);
    assertThat(groups.next()).as("beside paths that were spoken against").isEqualTo(2);
    groups.place(3, OPTIMIZED);
    groups.place(1, STANDBY);
    groups.place(0, STANDBY);
    assertThat(groups.next()).isEqualTo(2);
  }

  @Test
  void theOptimizedPathIsTakenAlsoIfTheStandbyNodeDiesBeforeItTellsItsState() {
    Groups groups = twoNodes();
    refusedByStandby(groups, 0);
    groups.setUsable(1, false);
    groups.place(3, OPTIMIZED);
    assertThat(groups.next()).isEqualTo(3);
  }

  @Test
  void aPathThatTheArrayStillCallsOptimizedIsTakenAgain() {
    Groups groups = twoNodes();
    refusedByStandby(groups, 0);
    groups.place(1, OPTIMIZED);
    assertThat(groups.next()).as("only the first path's port was on standby").isEqualTo(1);
  }

  @Test
  void aLowerRankDoesNotTakeThePathOutOfUse() {
    Groups groups = twoNodes();
    groups.place(0, STANDBY);
    assertThat(groups.isUsable(0)).isTrue();
    assertThat(groups.next()).as("it left its group").isEqualTo(1);
    groups.setUsable(1, false);
    groups.setUsable(2, false);
    groups.setUsable(3, false);
    assertThat(groups.next()).isZero();
  }

  @Test
  void aFailedPathStaysFailedInItsNewGroup() {
    Groups groups = twoNodes();
    groups.setUsable(3, false);
    groups.place(3, 90);
    assertThat(groups.isUsable(3)).isFalse();
    assertThat(groups.next()).isZero();
  }

  @Test
  void roundRobinKeepsToThePathsThatNoPortSpokeAgainst() {
    Groups groups = twoNodes(() -> new RoundRobin(1, 0), Failback.IMMEDIATE);
    refusedByStandby(groups, 0);
    groups.place(2, OPTIMIZED);
    groups.place(3, OPTIMIZED);
    for (int expected : new int[] {2, 3, 2, 3}) {
      assertThat(groups.next()).isEqualTo(expected);
      groups.charge(512);
    }
  }

  @Test
  void aPathThatIsFoundUpSpeaksForTheOthersOfItsGroup() {
    Groups groups = twoNodes();
    refusedByStandby(groups, 0);
    groups.setUsable(0, true);
    groups.setUsable(0, false);
    assertThat(groups.next()).isEqualTo(1);
  }

  @Test
  void whenEveryPathWasSpokenAgainstThePreferredGroupIsTriedAllTheSame() {
    Groups groups = twoNodes();
    refusedByStandby(groups, 0);
    refusedByStandby(groups, 2);
    assertThat(groups.next()).isEqualTo(1);
  }

  @Test
  void manualFailbackLeavesAGroupThatWasSpokenAgainst() {
    Groups groups = twoNodes(PreferredOrder::new, Failback.MANUAL);
    groups.charge(512);
    groups.bypass(0);
    assertThat(groups.next()).isEqualTo(2);
    groups.charge(512);
    groups.setUsable(0, true);
    assertThat(groups.next()).as("stays").isEqualTo(2);
  }
}
