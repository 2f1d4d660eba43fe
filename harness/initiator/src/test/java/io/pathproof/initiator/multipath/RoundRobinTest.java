package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRobinTest {
  private static final int MIB = 1 << 20;

  /** Lengths of the runs of I/Os on one path, in order, each as {@code path x count}. */
  private static List<String> runs(List<Integer> sentOn) {
    List<String> runs = new ArrayList<>();
    for (int from = 0, to = 0; from < sentOn.size(); from = to) {
      while (to < sentOn.size() && sentOn.get(to).equals(sentOn.get(from))) {
        to++;
      }
      runs.add(sentOn.get(from) + "x" + (to - from));
    }
    return runs;
  }

  private static void submit(Rig rig, int count, long bytes) {
    rig.answerAtOnce = true;
    for (int i = 0; i < count; i++) {
      rig.core.submit("io" + i, IoTraits.read(bytes), rig.nowNs);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 1000})
  void switchesExactlyAfterTheIoLimit(int limit) {
    Rig rig = Rig.up(4, Rig.roundRobin(limit, 0));
    submit(rig, 4 * limit + 1, 4096);
    assertThat(runs(rig.sentOn))
        .containsExactly("0x" + limit, "1x" + limit, "2x" + limit, "3x" + limit, "0x1");
  }

  @Test
  void switchesExactlyWhenTheByteLimitIsReached() {
    Rig whole = Rig.up(2, Rig.roundRobin(1000, MultipathSettings.ESXI_BYTE_LIMIT));
    submit(whole, 21, MIB);
    assertThat(runs(whole.sentOn)).containsExactly("0x10", "1x10", "0x1");

    // 4 KiB divides the limit: 2560 I/Os reach it, but the 1000 come first
    Rig small = Rig.up(2, Rig.roundRobin(1000, MultipathSettings.ESXI_BYTE_LIMIT));
    submit(small, 2001, 4096);
    assertThat(runs(small.sentOn)).containsExactly("0x1000", "1x1000", "0x1");

    Rig unlimited = Rig.up(2, Rig.roundRobin(100_000, MultipathSettings.ESXI_BYTE_LIMIT));
    submit(unlimited, 5121, 4096);
    assertThat(runs(unlimited.sentOn)).containsExactly("0x2560", "1x2560", "0x1");

    // 3 MiB: the fourth takes it beyond
    Rig beyond = Rig.up(2, Rig.roundRobin(1000, MultipathSettings.ESXI_BYTE_LIMIT));
    submit(beyond, 9, 3 * MIB);
    assertThat(runs(beyond.sentOn)).containsExactly("0x4", "1x4", "0x1");
  }

  @Test
  void oneByteShortOfTheLimitStays() {
    Rig rig = Rig.up(2, Rig.roundRobin(1000, MultipathSettings.ESXI_BYTE_LIMIT));
    submit(rig, 1, MultipathSettings.ESXI_BYTE_LIMIT - 1);
    submit(rig, 1, 1);
    submit(rig, 1, 1);
    assertThat(rig.sentOn).containsExactly(0, 0, 1);
  }

  @Test
  void countersStartAnewWhenThePathAtTurnIsLost() {
    Rig rig = Rig.up(3, Rig.roundRobin(10, 0));
    submit(rig, 7, 4096);
    rig.lose(0);
    submit(rig, 21, 4096);
    assertThat(runs(rig.sentOn)).containsExactly("0x7", "1x10", "2x10", "1x1");
  }

  @Test
  void losingAnotherPathLeavesTheTurnAlone() {
    Rig rig = Rig.up(3, Rig.roundRobin(10, 0));
    submit(rig, 7, 4096);
    rig.lose(1);
    submit(rig, 14, 4096);
    assertThat(runs(rig.sentOn)).containsExactly("0x10", "2x10", "0x1");
  }

  @Test
  void aPathThatIsBackTakesTurnsAgain() {
    Rig rig = Rig.up(2, Rig.roundRobin(10, 0));
    rig.lose(1);
    submit(rig, 15, 4096);
    rig.pass(1000);
    rig.checked(1, Rig.GOOD);
    submit(rig, 16, 4096);
    // the lone path began a second turn at its eleventh I/O
    assertThat(runs(rig.sentOn)).containsExactly("0x20", "1x10", "0x1");
  }

  @Test
  void aRepetitionOnTheSameNexusIsTheSameIo() {
    Rig rig = Rig.up(2, Rig.roundRobin(2, 0));
    rig.read("a");
    rig.end(AttemptResult.TaskEnded.checkCondition(6, 0x29, 0));
    rig.read("b");
    rig.read("c");
    assertThat(rig.sentOn).containsExactly(0, 0, 0, 1);
  }

  @Test
  void aRetryIsAnIoOfThePathThatItGoesDown() {
    Rig rig = Rig.up(2, Rig.roundRobin(2, 0));
    rig.read("a");
    rig.lose(0);
    rig.end(Rig.lost());
    rig.pass(1000);
    rig.checked(0, Rig.GOOD);
    rig.read("b");
    rig.read("c");
    assertThat(rig.sentOn).containsExactly(0, 1, 1, 0);
  }
}
