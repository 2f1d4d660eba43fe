package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The selectors that go by what is in flight, against dm-multipath's rules written out. */
class LeastLoadedTest {
  private static PathOptions throughput(int relative) {
    return new PathOptions(false, relative, 0);
  }

  @Test
  void queueLengthTakesThePathWithTheFewestIosInFlight() {
    Rig rig = Rig.up(3, Rig.policy(Policy.QUEUE_LENGTH).build());
    for (int i = 0; i < 6; i++) {
      rig.send("io" + i, 512);
    }
    assertThat(rig.sentOn).as("equals in turn").containsExactly(0, 1, 2, 0, 1, 2);
    rig.end("io1", Rig.GOOD);
    rig.end("io4", Rig.GOOD);
    assertThat(rig.send("a", 512)).isEqualTo(1);
    assertThat(rig.send("b", 512)).isEqualTo(1);
    rig.end("io2", Rig.GOOD);
    assertThat(rig.send("c", 512)).isEqualTo(2);
  }

  @Test
  void whatEndsBadlyIsNoLongerInFlightEither() {
    Rig rig = Rig.up(2, Rig.policy(Policy.QUEUE_LENGTH).build());
    rig.send("a", 512);
    rig.send("b", 512);
    rig.send("c", 512);
    rig.end("a", AttemptResult.TaskEnded.checkCondition(5, 0x20, 0));
    rig.end("c", AttemptResult.TaskEnded.checkCondition(5, 0x20, 0));
    assertThat(rig.send("d", 512)).isEqualTo(0);
    assertThat(rig.core.loads().get(0).errors()).isEqualTo(2);
  }

  @Test
  void serviceTimeTakesThePathWithTheFewestBytesInFlight() {
    Rig rig = Rig.up(2, Rig.policy(Policy.SERVICE_TIME).build());
    assertThat(rig.send("large", 1 << 20)).isEqualTo(0);
    for (int i = 0; i < 256; i++) {
      assertThat(rig.send("small" + i, 4096)).as("small %d", i).isEqualTo(1);
    }
    assertThat(rig.send("now alike", 4096)).isEqualTo(0);
  }

  @Test
  void serviceTimeWeighsBytesByThroughput() {
    Rig rig = Rig.up(Rig.policy(Policy.SERVICE_TIME).build(), throughput(1), throughput(4));
    for (int i = 0; i < 100; i++) {
      rig.send("io" + i, 4096);
    }
    assertThat(rig.sentOn.stream().filter(path -> path == 1).count()).isEqualTo(80);
    assertThat(rig.sentOn.subList(0, 5)).containsExactly(1, 1, 1, 1, 0);
  }

  @Test
  void aPathOfThroughputZeroIsUsedOnlyWithoutAnother() {
    Rig rig = Rig.up(Rig.policy(Policy.SERVICE_TIME).build(), throughput(0), throughput(1));
    rig.send("a", 1 << 20);
    rig.send("b", 1 << 20);
    assertThat(rig.sentOn).containsExactly(1, 1);
    rig.lose(1);
    assertThat(rig.send("c", 512)).isEqualTo(0);
    rig.heal(1);
    assertThat(rig.send("d", 512)).isEqualTo(1);
  }

  @Test
  void optionsOutsideTheirRangesAreRefused() {
    assertThatThrownBy(() -> throughput(101)).hasMessageContaining("0 to 100, not 101");
    assertThatThrownBy(() -> throughput(-1)).hasMessageContaining("0 to 100");
    assertThatThrownBy(() -> new PathOptions(false, 1, -1)).hasMessageContaining("not negative");
  }

  /** Thousands of I/Os that come and go in any order, beside the rule applied by hand. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 64})
  void theHeapAgreesWithTheRule(int paths) {
    for (Policy policy : List.of(Policy.QUEUE_LENGTH, Policy.SERVICE_TIME)) {
      Random random = new Random(paths);
      PathOptions[] options = new PathOptions[paths];
      for (int path = 0; path < paths; path++) {
        options[path] = throughput(policy == Policy.QUEUE_LENGTH ? 1 : 1 + random.nextInt(3));
      }
      Rig rig = Rig.up(Rig.policy(policy).build(), options);
      long[] load = new long[paths];
      long[] lastUse = new long[paths];
      for (int step = 1; step <= 5_000; step++) {
        if (random.nextInt(5) < 2 && !rig.inFlight.isEmpty()) {
          Attempt<String> ended = rig.inFlight.remove(random.nextInt(rig.inFlight.size()));
          load[ended.path()] -= policy == Policy.QUEUE_LENGTH ? 1 : ended.traits().bytes();
          rig.core.onAttemptEnded(ended, Rig.GOOD, rig.nowNs);
          continue;
        }
        long bytes = 512L << random.nextInt(8);
        long counted = policy == Policy.QUEUE_LENGTH ? 1 : bytes;
        List<Integer> best = new ArrayList<>();
        for (int path = 0; path < paths; path++) {
          if (best.isEmpty() || before(path, best.get(0), load, counted, options, lastUse)) {
            best = new ArrayList<>(List.of(path));
          }
        }
        assertThat(rig.send("io" + step, bytes))
            .as("%s step %d", policy, step)
            .isEqualTo(best.get(0));
        load[best.get(0)] += counted;
        lastUse[best.get(0)] = step;
      }
    }
  }

  private static boolean before(
      int one, int other, long[] load, long bytes, PathOptions[] options, long[] lastUse) {
    long mine = (load[one] + bytes) * options[other].throughput();
    long others = (load[other] + bytes) * options[one].throughput();
    if (mine != others) {
      return mine < others;
    }
    if (options[one].throughput() != options[other].throughput()) {
      return options[one].throughput() > options[other].throughput();
    }
    return lastUse[one] < lastUse[other];
  }
}
