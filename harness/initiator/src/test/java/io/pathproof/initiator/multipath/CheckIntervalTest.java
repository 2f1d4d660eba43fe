package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks of paths in use, from the checker interval to the longest one. */
class CheckIntervalTest {
  private final Rig rig =
      Rig.up(2, Rig.policy(Policy.FAILOVER).maxCheckerIntervalMs(4_000).build());

  /** When checks of path 0 are asked for, in ms from now; each is answered well. */
  private List<Integer> checksWithin(int ms) {
    List<Integer> at = new ArrayList<>();
    for (int now = 1; now <= ms; now++) {
      rig.pass(1);
      for (String line : rig.taken()) {
        if (line.startsWith("check ")) {
          int path = Integer.parseInt(line.substring(6));
          rig.checked(path, Rig.GOOD);
          if (path == 0) {
            at.add(now);
          }
        }
      }
    }
    return at;
  }

  @Test
  void theIntervalDoublesUntilTheLongestWhileAllIsWell() {
    assertThat(checksWithin(16_000)).containsExactly(1_000, 3_000, 7_000, 11_000, 15_000);
  }

  @Test
  void itIsShortAgainOnceThePathHasFailed() {
    checksWithin(8_000);
    rig.lose(0);
    assertThat(checksWithin(5_000)).as("failed, back, in use").containsExactly(1_000, 2_000, 4_000);
  }

  @Test
  void aPathInUseThatItsCheckerFindsDownIsFailedWithoutAnyIo() {
    rig.pass(1_000);
    rig.taken();
    rig.checked(0, TaskEnded.checkCondition(2, 0x04, 0x03));
    assertThat(rig.taken()).containsExactly("path 0 FAILED DOWN", "switch 0 to 1");
    rig.checked(1, TaskEnded.checkCondition(2, 0x04, 0x0B));
    assertThat(rig.taken()).contains("path 1 FAILED GHOST");
  }

  @Test
  void aUnitAttentionIsNoFailureOfAPathInUse() {
    rig.pass(1_000);
    rig.taken();
    rig.checked(0, TaskEnded.checkCondition(6, 0x29, 0));
    assertThat(rig.taken()).containsExactly("check 0");
    rig.checked(0, Rig.GOOD);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
  }

  @Test
  void anAnswerToWhatWasAskedBeforeThePathFailedReinstatesNothing() {
    rig.pass(1_000);
    rig.lose(0);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).isEmpty();
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.FAILED);
    rig.pass(1_000);
    assertThat(rig.taken()).contains("check 0");
    rig.checked(0, Rig.GOOD);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
  }

  @Test
  void aLongestIntervalBelowTheFirstIsRefused() {
    assertThatThrownBy(() -> Rig.policy(Policy.FAILOVER).maxCheckerIntervalMs(999).build())
        .hasMessageContaining("checkerIntervalMs at least");
  }
}
