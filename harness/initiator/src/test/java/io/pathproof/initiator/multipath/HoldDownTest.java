package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Paths that come and go, or lose some of their I/O, in virtual time; checks are 1 s apart. */
class HoldDownTest {
  private static Rig rig(HoldDown rules) {
    return Rig.up(
        2, Rig.policy(Policy.FAILOVER).failback(Failback.IMMEDIATE).holdDown(rules).build());
  }

  private static Rig flapping() {
    return rig(HoldDown.flapping(2, 10, 30_000));
  }

  /** Passes time; each check that is asked for is answered well, or by no answer. */
  private static void pass(Rig rig, long ms, boolean well) {
    for (long left = ms; left > 0; left -= 50) {
      rig.pass(50);
      for (String line : List.copyOf(rig.log)) {
        if (line.startsWith("check ")) {
          rig.log.remove(line);
          rig.checked(Integer.parseInt(line.substring(6)), well ? Rig.GOOD : Rig.lost());
        }
      }
    }
  }

  private static void flap(Rig rig, int times) {
    for (int i = 0; i < times; i++) {
      rig.lose(0);
      rig.heal(0);
    }
    rig.taken();
  }

  @Test
  void aPathThatFailsMoreOftenThanAllowedIsHeldDownUntilItHasAnsweredForLong() {
    Rig rig = flapping();
    flap(rig, 2);
    assertThat(rig.core.pathState(0)).as("as often as allowed").isEqualTo(PathState.ACTIVE);
    rig.lose(0);
    rig.taken();
    rig.heal(0);
    assertThat(rig.taken()).containsExactly("check 0", "path 0 MARGINAL UP");
    assertThat(rig.causes.get(rig.causes.size() - 1))
        .isEqualTo("held down: it failed 3 times, and has to answer for 30000 ms");
    assertThat(rig.send("a", 512)).isEqualTo(1);
    pass(rig, 29_950, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    assertThat(rig.send("b", 512)).isEqualTo(1);
    rig.taken();
    pass(rig, 100, true);
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP", "switch 1 to 0");
    assertThat(rig.send("c", 512)).isEqualTo(0);
    flap(rig, 2);
    assertThat(rig.core.pathState(0)).as("its record is clean").isEqualTo(PathState.ACTIVE);
  }

  @Test
  void aFailureWhileItIsHeldDownBeginsTheTimeAnew() {
    Rig rig = flapping();
    flap(rig, 3);
    pass(rig, 20_000, true);
    pass(rig, 1_000, false);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.FAILED);
    pass(rig, 1_000, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    pass(rig, 29_000, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    pass(rig, 1_100, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
  }

  @Test
  void failuresAreForgottenWhileThePathIsUp() {
    Rig rig = flapping();
    flap(rig, 2);
    rig.pass(10_000);
    flap(rig, 1);
    assertThat(rig.core.pathState(0)).as("one was forgotten").isEqualTo(PathState.ACTIVE);
    rig.pass(9_999);
    flap(rig, 1);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
  }

  @Test
  void whatIsHeldDownIsTheLastResortAndTakesUpWhatWaits() {
    Rig rig =
        Rig.up(
            2,
            Rig.policy(Policy.ROUND_ROBIN)
                .noPathRetryMs(60_000)
                .holdDown(HoldDown.flapping(1, 10, 30_000))
                .build());
    flap(rig, 2);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    rig.sentOn.clear();
    for (int i = 0; i < 4; i++) {
      rig.send("io" + i, 512);
    }
    assertThat(rig.sentOn).containsExactly(1, 1, 1, 1);
    rig.lose(1);
    assertThat(rig.send("last resort", 512)).isEqualTo(0);
    assertThat(rig.core.deviceState()).isEqualTo(DeviceState.AVAILABLE);
    rig.lose(0);
    rig.read("waits");
    assertThat(rig.core.waitingForPath()).isEqualTo(1);
    rig.heal(0);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    assertThat(rig.core.waitingForPath()).isZero();
    rig.heal(1);
    assertThat(rig.send("sound again", 512)).isEqualTo(1);
  }

  private static Rig marginal() {
    return rig(HoldDown.marginal(10_000, 2_000, 100, 20_000));
  }

  @Test
  void aPathThatFailedTwiceIsReadFromAndTakenAgainIfFewReadsFail() {
    Rig rig = marginal();
    flap(rig, 1);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
    flap(rig, 1);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    assertThat(rig.causes.get(rig.causes.size() - 1))
        .isEqualTo("held down: it failed twice within 10000 ms, and is read from for 2000 ms");
    pass(rig, 1_900, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    pass(rig, 200, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
    assertThat(rig.send("a", 512)).isEqualTo(0);
  }

  @Test
  void aPathWhoseReadsFailIsHeldDownAndReadFromAgainLater() {
    Rig rig = marginal();
    flap(rig, 2);
    pass(rig, 300, false);
    assertThat(rig.core.pathState(0)).as("errors are counted").isEqualTo(PathState.MARGINAL);
    pass(rig, 1_800, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    assertThat(rig.causes.get(rig.causes.size() - 1))
        .isEqualTo("held down: 3 of 20 reads failed; read from again in 20000 ms");
    assertThat(rig.send("a", 512)).isEqualTo(1);
    pass(rig, 19_000, true);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.MARGINAL);
    pass(rig, 3_500, true);
    assertThat(rig.core.pathState(0)).as("sound this time").isEqualTo(PathState.ACTIVE);
    flap(rig, 1);
    assertThat(rig.core.pathState(0)).as("its record is clean").isEqualTo(PathState.ACTIVE);
  }

  @Test
  void aFewReadsMayFailAndEachRoundCountsItsOwn() {
    Rig few = marginal();
    flap(few, 2);
    pass(few, 100, false);
    pass(few, 2_000, true);
    assertThat(few.core.pathState(0)).as("1 of 20, and 2 may fail").isEqualTo(PathState.ACTIVE);

    Rig many = marginal();
    flap(many, 2);
    pass(many, 600, false);
    pass(many, 1_500, true);
    assertThat(many.core.pathState(0)).as("6 of 20").isEqualTo(PathState.MARGINAL);
    pass(many, 22_500, true);
    assertThat(many.core.pathState(0)).as("none of the next 20").isEqualTo(PathState.ACTIVE);
  }

  @Test
  void twoFailuresFarApartAreNoSuspicion() {
    Rig rig = marginal();
    flap(rig, 1);
    rig.pass(10_001);
    flap(rig, 1);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
  }

  @Test
  void aSinglePathIsNeverHeldDown() {
    Rig rig = Rig.up(1, Rig.policy(Policy.NONE).holdDown(HoldDown.flapping(1, 1, 1_000)).build());
    flap(rig, 5);
    assertThat(rig.core.pathState(0)).isEqualTo(PathState.ACTIVE);
  }

  @Test
  void rulesThatAreOffByHalfAreRefused() {
    assertThatThrownBy(() -> HoldDown.flapping(1, 0, 1)).hasMessageContaining("start at 1");
    assertThatThrownBy(() -> HoldDown.flapping(1, 1, 0)).hasMessageContaining("start at 1");
    assertThatThrownBy(() -> HoldDown.marginal(1, 0, 1, 1)).hasMessageContaining("start at 1");
    assertThatThrownBy(() -> HoldDown.marginal(1, 1, 1, 0)).hasMessageContaining("start at 1");
    assertThatThrownBy(() -> HoldDown.marginal(1, 1, 1001, 1)).hasMessageContaining("0 to 1000");
    assertThatThrownBy(() -> new HoldDown(1, 1, 1, 1, 1, 1, 1))
        .hasMessageContaining("for flapping or as marginal");
  }
}
