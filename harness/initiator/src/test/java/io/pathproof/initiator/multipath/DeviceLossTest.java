package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All paths down, and permanent device loss: two things. */
class DeviceLossTest {
  private static final TaskEnded GONE = TaskEnded.checkCondition(5, 0x25, 0x00);

  private static Rig up(int paths) {
    Rig rig = Rig.up(paths, Rig.failover(Failback.IMMEDIATE, 10_000));
    rig.tellsDevice = true;
    return rig;
  }

  @Test
  void allPathsDownWaitsItsTimeAndSaysSo() {
    Rig rig = up(2);
    rig.lose(0);
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("device"));
    rig.lose(1);
    assertThat(rig.taken()).contains("device all paths down");
    assertThat(rig.core.deviceState()).isEqualTo(DeviceState.ALL_PATHS_DOWN);
    rig.read("r");
    rig.pass(9_999);
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("completed"));
    rig.pass(1);
    assertThat(rig.taken()).contains("completed r FAILED on -1");
    assertThat(rig.details)
        .containsExactly("all paths are down, and none came back within 10000 ms");
  }

  @Test
  void allPathsDownThatEndsIsNoError() {
    Rig rig = up(2);
    rig.lose(0);
    rig.lose(1);
    rig.read("r");
    rig.pass(1_000);
    rig.taken();
    rig.checked(1, Rig.GOOD);
    assertThat(rig.taken())
        .containsExactly("path 1 ACTIVE UP", "device available", "send r on 1 #1");
    assertThat(rig.core.deviceState()).isEqualTo(DeviceState.AVAILABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 0x25, 0x00, LOST",
    "5, 0x25, 0x01, DOWN",
    "4, 0x3E, 0x01, LOST",
    "4, 0x3E, 0x03, LOST",
    "4, 0x4C, 0x00, LOST",
    "2, 0x04, 0x03, DOWN"
  })
  void whichAnswersMeanLoss(int key, int asc, int ascq, CheckerState found) {
    Rig rig = up(2);
    rig.read("r");
    rig.taken();
    rig.end(TaskEnded.checkCondition(key, asc, ascq));
    assertThat(rig.taken()).contains("path 0 FAILED " + found, "send r on 1 #2");
  }

  @Test
  void anotherHardwareErrorIsTheMediumsAndFailsTheIoAlone() {
    Rig rig = up(2);
    rig.read("r");
    rig.taken();
    rig.end(TaskEnded.checkCondition(4, 0x44, 0x00));
    assertThat(rig.taken())
        .contains("completed r FAILED on 0")
        .noneMatch(l -> l.startsWith("path"));
  }

  @Test
  void aLossOnOnePathOfSeveralLeavesTheOthers() {
    Rig rig = up(2);
    rig.read("r");
    rig.taken();
    rig.end(GONE);
    assertThat(rig.taken())
        .containsExactly(
            "path 0 FAILED LOST", "switch 0 to 1", "ended r on 0 #1 retried", "send r on 1 #2");
    // the other one is then cut: nobody said that the device is gone there
    rig.lose(1);
    assertThat(rig.core.deviceState()).isEqualTo(DeviceState.ALL_PATHS_DOWN);
  }

  @Test
  void lossOnEveryPathFailsAtOnceWhatWaitsAndWhatComes() {
    Rig rig = up(2);
    rig.write("w");
    rig.lose(1);
    rig.taken();
    rig.end(GONE);
    assertThat(rig.taken()).contains("device all paths down", "ended w on 0 #1 retried");
    rig.pass(1_000);
    rig.taken();
    rig.checked(1, GONE);
    assertThat(rig.taken())
        .containsExactly("device permanent device loss", "completed w FAILED on 0");
    assertThat(rig.core.deviceState()).isEqualTo(DeviceState.PERMANENT_LOSS);
    rig.read("late");
    assertThat(rig.taken()).containsExactly("completed late FAILED on -1");
    assertThat(rig.details)
        .allMatch(
            text ->
                text.startsWith(
                    "permanent device loss: the array says on every path that the logical unit"));
  }

  @Test
  void theLastPathsRefusalIsToldAsLossToo() {
    Rig rig = up(1);
    rig.write("w");
    rig.end(GONE);
    assertThat(rig.taken()).contains("device permanent device loss", "completed w FAILED on 0");
    assertThat(rig.details)
        .singleElement()
        .asString()
        .startsWith("permanent device loss")
        .contains("sense 5/25/00");
  }

  @Test
  void aPathThatGoesSilentAfterwardsProvesNothing() {
    Rig rig = up(1);
    rig.write("w");
    rig.end(GONE);
    rig.pass(1_000);
    rig.checked(0, Rig.neverSent());
    assertThat(rig.core.deviceState()).isEqualTo(DeviceState.PERMANENT_LOSS);
    rig.pass(1_000);
    rig.checked(0, TaskEnded.checkCondition(2, 0x04, 0x03));
    assertThat(rig.core.deviceState()).isEqualTo(DeviceState.ALL_PATHS_DOWN);
  }

  @Test
  void aDeviceComesBackFromItsLoss() {
    Rig rig = up(1);
    rig.write("w");
    rig.end(GONE);
    rig.pass(1_000);
    rig.taken();
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP", "device available");
    rig.write("again");
    rig.end("again", Rig.GOOD);
    assertThat(rig.taken()).contains("completed again OK on 0");
  }
}
