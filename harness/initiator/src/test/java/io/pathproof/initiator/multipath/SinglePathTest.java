package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import org.junit.jupiter.api.Test;

class SinglePathTest {
  private final Rig rig = Rig.up(1, MultipathSettings.singlePath(1000));

  @Test
  void aLostConnectionFailsItsIosUpward() {
    rig.read("r");
    rig.write("w");
    rig.taken();
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED DOWN",
            "ended r on 0 #1 not retried",
            "completed r FAILED on 0",
            "ended w on 0 #1 not retried",
            "completed w INDETERMINATE on 0");
  }

  @Test
  void withoutIoALostPathFailsNone() {
    rig.lose(0);
    rig.pass(900);
    assertThat(rig.taken()).containsExactly("path 0 FAILED DOWN");
  }

  @Test
  void newIoIsTriedOnTheFailedPath() {
    rig.lose(0);
    rig.taken();
    rig.read("r");
    rig.end(Rig.neverSent());
    rig.write("w");
    rig.end(Rig.GOOD);
    assertThat(rig.taken())
        .containsExactly(
            "send r on 0 #1",
            "ended r on 0 #1 not retried",
            "completed r FAILED on 0",
            "send w on 0 #1",
            "completed w OK on 0");
  }

  @Test
  void theSessionMayHoldItsIoUntilItsRecoveryTimeout() {
    rig.write("w");
    rig.end(new NexusLost(FailureScope.CONNECTION, true, true, "reset"));
    rig.end(Rig.GOOD);
    assertThat(rig.taken())
        .containsExactly(
            "send w on 0 #1", "ended w on 0 #1 retried", "send w on 0 #2", "completed w OK on 0");
  }

  @Test
  void aUnitAttentionIsRetried() {
    rig.read("r");
    rig.end(TaskEnded.checkCondition(6, 0x29, 0x00));
    assertThat(rig.taken())
        .containsExactly("send r on 0 #1", "ended r on 0 #1 retried", "send r on 0 #2");
  }

  @Test
  void theCheckerReinstatesIt() {
    rig.lose(0);
    rig.pass(1000);
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).containsExactly("path 0 FAILED DOWN", "check 0", "path 0 ACTIVE UP");
  }
}
