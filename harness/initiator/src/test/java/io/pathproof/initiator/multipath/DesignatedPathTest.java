package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Policies by which one path carries everything: VMW_PSP_FIXED and VMW_PSP_MRU. */
class DesignatedPathTest {
  private static final PathOptions PREFERRED = new PathOptions(true, 1, 0);
  private static final PathOptions OTHER = PathOptions.DEFAULT;

  @ParameterizedTest
  @EnumSource(Failback.class)
  void aFixedPathCarriesEverythingAndIsTakenAgainAtOnceWhateverFailbackSays(Failback failback) {
    Rig rig = Rig.up(Rig.policy(Policy.FIXED).failback(failback).build(), OTHER, OTHER, PREFERRED);
    assertThat(rig.send("a", 512)).isEqualTo(2);
    assertThat(rig.send("b", 512)).isEqualTo(2);
    rig.lose(2);
    assertThat(rig.send("c", 512)).isEqualTo(0);
    rig.taken();
    rig.heal(2);
    assertThat(rig.taken()).containsExactly("check 2", "path 2 ACTIVE UP", "switch 0 to 2");
    assertThat(rig.send("d", 512)).isEqualTo(2);
  }

  @Test
  void withoutADesignatedPathTheFirstThatIsUpIsFixed() {
    Rig rig = Rig.up(3, Rig.policy(Policy.FIXED).build());
    assertThat(rig.send("a", 512)).isEqualTo(0);
    rig.lose(0);
    assertThat(rig.send("b", 512)).isEqualTo(1);
    rig.heal(0);
    assertThat(rig.send("c", 512)).isEqualTo(0);
  }

  @ParameterizedTest
  @EnumSource(Failback.class)
  void theMostRecentlyUsedPathStaysInUseWhateverFailbackSays(Failback failback) {
    Rig rig = Rig.up(3, Rig.policy(Policy.MOST_RECENTLY_USED).failback(failback).build());
    assertThat(rig.send("a", 512)).isEqualTo(0);
    rig.lose(0);
    assertThat(rig.send("b", 512)).isEqualTo(1);
    rig.taken();
    rig.heal(0);
    assertThat(rig.taken()).containsExactly("check 0", "path 0 ACTIVE UP");
    rig.pass(1_000_000);
    assertThat(rig.send("c", 512)).isEqualTo(1);
    rig.lose(1);
    assertThat(rig.send("d", 512)).isEqualTo(0);
  }

  @Test
  void aDesignatedPathIsUsedAlsoWhereAnotherIsOptimized() {
    Rig rig = new Rig(Rig.policy(Policy.FIXED).build(), path -> path == 0 ? 50 : 10);
    rig.core.addPath(0, OTHER, true, rig.nowNs);
    rig.core.addPath(1, PREFERRED, true, rig.nowNs);
    assertThat(rig.send("a", 512)).isEqualTo(1);
  }

  @Test
  void aDesignatedPathOnStandbyLeavesTheIoToAnother() {
    int[] ranks = {50, 10};
    Rig rig = new Rig(Rig.policy(Policy.FIXED).build(), path -> ranks[path]);
    rig.core.addPath(0, OTHER, true, rig.nowNs);
    rig.core.addPath(1, PREFERRED, true, rig.nowNs);
    rig.taken();
    ranks[1] = 1;
    rig.core.onPriorityChanged(1, rig.nowNs);
    assertThat(rig.taken()).containsExactly("switch 1 to 0");
    assertThat(rig.send("a", 512)).isEqualTo(0);
    ranks[1] = 10;
    rig.core.onPriorityChanged(1, rig.nowNs);
    assertThat(rig.send("b", 512)).isEqualTo(1);
    // its port refuses before the array has told the state
    rig.inFlight.remove(0);
    rig.end(TaskEnded.checkCondition(2, 0x04, 0x0B));
    assertThat(rig.sentOn).endsWith(1, 0);
    assertThat(rig.send("c", 512)).isEqualTo(0);
  }
}
