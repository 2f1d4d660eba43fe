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

  /** The connection is lost; the session keeps what it is given until it is logged in again. */
  private static NexusLost recovering() {
    return new NexusLost(FailureScope.CONNECTION, true, true, "reset");
  }

  @Test
  void aWriteThatWaitedForTheRecoveryIsToldUnfencedIfTheLoginReinstatedNothing() {
    rig.write("w");
    rig.read("r");
    rig.write("unsent");
    rig.end("w", recovering());
    rig.end("r", recovering());
    rig.end("unsent", new NexusLost(FailureScope.CONNECTION, false, true, "reset"));
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("unfenced"));
    rig.core.onNexusReplaced(0, rig.nowNs);
    assertThat(rig.taken()).containsExactly("unfenced w on 0");
    // lost once more before it was sent, and logged in at a third place
    rig.core.onNexusReplaced(0, rig.nowNs);
    assertThat(rig.taken()).as("told once for each attempt").isEmpty();
  }

  @Test
  void writesThatWaitedForTheRecoveryAreToldInTheirOrder() {
    rig.write("a");
    rig.write("b");
    rig.write("c");
    rig.end("b", recovering());
    rig.end("a", recovering());
    rig.end("c", recovering());
    rig.end("a", Rig.GOOD);
    rig.taken();
    rig.core.onNexusReplaced(0, rig.nowNs);
    assertThat(rig.taken()).containsExactly("unfenced b on 0", "unfenced c on 0");
  }

  @Test
  void aWriteThatWaitedForTheRecoveryIsFencedByReinstatement() {
    rig.write("w");
    rig.end(recovering());
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    // and a login elsewhere after that changes nothing
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.end(TaskEnded.checkCondition(6, 0x29, 0x00));
    assertThat(rig.taken())
        .contains("send w on 0 #3")
        .noneMatch(line -> line.startsWith("unfenced"));
  }

  @Test
  void eachFurtherAttemptOfAnUnfencedWriteIsTold() {
    rig.write("w");
    rig.end(recovering());
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.taken();
    rig.end(TaskEnded.checkCondition(6, 0x29, 0x00));
    assertThat(rig.taken())
        .containsExactly("ended w on 0 #2 retried", "unfenced w on 0", "send w on 0 #3");
    // told already: the loss of the new nexus adds nothing for this attempt
    rig.core.onNexusReplaced(0, rig.nowNs);
    assertThat(rig.taken()).isEmpty();
  }

  @Test
  void theReinstatementOfTheNewNexusDoesNotFenceTheOldOne() {
    rig.write("w");
    rig.end(recovering());
    rig.core.onNexusReplaced(0, rig.nowNs);
    rig.end(recovering());
    rig.taken();
    rig.core.onNexusFenced(0, Fence.OWN_LOGIN, rig.nowNs);
    rig.end(TaskEnded.checkCondition(6, 0x29, 0x00));
    assertThat(rig.taken()).contains("unfenced w on 0", "send w on 0 #4");
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
