package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NoPathTest {
  private static Rig waiting(long ms) {
    return Rig.up(2, Rig.failover(Failback.IMMEDIATE, ms));
  }

  @Test
  void failsAtOnceWithoutARetryTime() {
    Rig rig = waiting(0);
    rig.read("r");
    rig.write("w");
    rig.lose(1);
    rig.lose(0);
    rig.taken();
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    rig.write("late");
    assertThat(rig.taken())
        .containsExactly(
            "ended r on 0 #1 not retried",
            "completed r FAILED on 0",
            "ended w on 0 #1 not retried",
            "completed w INDETERMINATE on 0",
            "completed late FAILED on -1");
  }

  @Test
  void heldIosGoOutInOrderWhenAPathIsBack() {
    Rig rig = waiting(10_000);
    rig.read("a");
    rig.read("b");
    rig.lose(1);
    rig.lose(0);
    rig.end(Rig.lost());
    rig.read("c");
    rig.end(Rig.lost());
    rig.pass(9_999);
    assertThat(rig.core.waitingForPath()).isEqualTo(3);
    rig.taken();
    rig.checked(1, Rig.GOOD);
    assertThat(rig.taken())
        .containsExactly("path 1 ACTIVE UP", "send a on 1 #2", "send c on 1 #1", "send b on 1 #2");
    assertThat(rig.core.waitingForPath()).isZero();
  }

  @Test
  void theWaitEndsExactlyAtItsTime() {
    Rig rig = waiting(10_000);
    rig.read("r");
    rig.write("w");
    rig.lose(0);
    rig.pass(500);
    rig.lose(1);
    rig.end(Rig.lost());
    rig.end(Rig.lost());
    rig.pass(5_000);
    rig.write("later");
    rig.pass(4_999);
    assertThat(rig.taken()).noneMatch(line -> line.startsWith("completed"));
    rig.pass(1);
    assertThat(rig.taken())
        .containsSubsequence(
            "completed r FAILED on 0",
            "completed w INDETERMINATE on 0",
            "completed later FAILED on -1");
    // as multipathd does once its retries are used up: no more queueing until a path is back
    rig.read("tooLate");
    assertThat(rig.taken()).containsExactly("completed tooLate FAILED on -1");
    rig.checked(0, Rig.GOOD);
    rig.read("again");
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP", "send again on 0 #1");
  }

  @Test
  void theTimeBeginsAnewWithEachLossOfAllPaths() {
    Rig rig = waiting(10_000);
    rig.lose(0);
    rig.lose(1);
    rig.pass(9_000);
    rig.checked(0, Rig.GOOD);
    rig.pass(60_000);
    rig.lose(0);
    rig.read("r");
    rig.pass(9_999);
    assertThat(rig.core.waitingForPath()).isEqualTo(1);
    rig.pass(1);
    assertThat(rig.core.waitingForPath()).isZero();
  }

  @Test
  void aDeviceThatNeverHadAPathWaitsToo() {
    Rig rig = new Rig(Rig.failover(Failback.IMMEDIATE, 10_000));
    rig.core.addPath(0, false, rig.nowNs);
    rig.read("r");
    assertThat(rig.taken()).containsExactly("check 0");
    rig.checked(0, Rig.GOOD);
    assertThat(rig.taken()).containsExactly("path 0 ACTIVE UP", "send r on 0 #1");
  }

  @Test
  void aPathThatJoinsDownDoesNotProlongTheWait() {
    Rig rig = new Rig(Rig.failover(Failback.IMMEDIATE, 10_000));
    rig.core.addPath(0, false, rig.nowNs);
    rig.read("r");
    rig.pass(9_000);
    rig.core.addPath(1, false, rig.nowNs);
    rig.pass(1_000);
    assertThat(rig.taken()).contains("completed r FAILED on -1");
  }

  @Test
  void detachingFailsWhatWaits() {
    Rig rig = waiting(10_000);
    rig.write("w");
    rig.lose(0);
    rig.lose(1);
    rig.end(Rig.lost());
    rig.read("r");
    rig.taken();
    rig.core.close(rig.nowNs);
    rig.read("after");
    assertThat(rig.taken())
        .containsExactly(
            "completed w INDETERMINATE on 0",
            "completed r FAILED on -1",
            "completed after FAILED on -1");
    assertThat(rig.core.nextDeadlineNs()).isEqualTo(MultipathCore.NO_DEADLINE);
  }

  @Test
  void queueWaitsWithoutEnd() {
    Rig rig =
        Rig.up(
            1,
            Rig.policy(MultipathSettings.Policy.FAILOVER)
                .noPathRetryMs(MultipathSettings.QUEUE)
                .build());
    rig.lose(0);
    rig.read("a");
    for (int day = 0; day < 30; day++) {
      rig.nowNs += 86_400_000_000_000L;
      rig.core.onDeadline(rig.nowNs);
      rig.checked(0, Rig.lost());
    }
    assertThat(rig.core.waitingForPath()).isEqualTo(1);
    rig.heal(0);
    assertThat(rig.taken()).endsWith("path 0 ACTIVE UP", "send a on 0 #1");
  }
}
