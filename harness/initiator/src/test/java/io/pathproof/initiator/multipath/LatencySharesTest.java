package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A closed loop of one I/O at a time over paths of given latency. */
class LatencySharesTest {
  private static final int INTERVAL_MS = 10_000;
  private static final int PROBES = 4;

  private final long[] latencyMs = {1, 1, 4};
  private final Rig rig =
      Rig.up(
          3,
          Rig.policy(Policy.LATENCY).latencyIntervalMs(INTERVAL_MS).latencyProbes(PROBES).build());

  private int io;

  /** Sends an I/O, waits as long as its path takes, and ends it. */
  private int one() {
    int path = rig.send("io" + io, 4096);
    rig.nowNs += latencyMs[path] * 1_000_000;
    rig.end("io" + io++, Rig.GOOD);
    return path;
  }

  private int[] shares(int ios) {
    int[] shares = new int[3];
    for (int i = 0; i < ios; i++) {
      shares[one()]++;
    }
    return shares;
  }

  @Test
  void eachPathIsProbedFirst() {
    for (int i = 0; i < 3 * PROBES; i++) {
      one();
    }
    assertThat(rig.sentOn).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);
  }

  @Test
  void aSlowPathGetsLessInTheRatioOfItsLatency() {
    shares(3 * PROBES);
    assertThat(shares(900)).containsExactly(400, 400, 100);
  }

  @Test
  void aPathThatBecomesSlowIsFoundOutAtTheNextEvaluation() {
    Arrays.fill(latencyMs, 1);
    shares(3 * PROBES);
    assertThat(shares(300)).containsExactly(100, 100, 100);
    latencyMs[0] = 10;
    int[] before = shares(300);
    assertThat(before).as("not yet").containsExactly(100, 100, 100);
    rig.nowNs += INTERVAL_MS * 1_000_000L;
    shares(1 + 3 * PROBES);
    int[] after = shares(210);
    assertThat(after).containsExactly(10, 100, 100);
  }

  @Test
  void aPathThatIsBackIsProbedAnewAndOneThatIsLostDoesNotHoldUpTheProbes() {
    one();
    rig.lose(2);
    shares(2 * PROBES - 1);
    assertThat(shares(100)).containsExactly(50, 50, 0);
    rig.sentOn.clear();
    rig.heal(2);
    shares(3 * PROBES);
    assertThat(rig.sentOn.stream().filter(path -> path == 2).count()).isEqualTo(PROBES);
    assertThat(shares(900)).containsExactly(400, 400, 100);
  }

  @Test
  void probesWhoseAnswersAreOutstandingDelayTheEvaluationAlone() {
    for (int i = 0; i < 30; i++) {
      rig.send("deep" + i, 4096);
    }
    assertThat(rig.sentOn.subList(12, 24))
        .as("turns go on")
        .containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2);
    rig.nowNs += 1_000_000;
    for (int i = 0; i < 30; i++) {
      rig.end("deep" + i, Rig.GOOD);
    }
    assertThat(shares(300)).as("all answered after 1 ms").containsExactly(100, 100, 100);
  }
}
