package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each status and sense leads to, seen from outside: what is sent next, where and when. */
class SenseTableTest {
  @ParameterizedTest(name = "{0}/{1}/{2} on a {5}: {3}, {4}")
  @CsvSource({
    // key, ASC, ASCQ, next, outcome if it goes on failing so
    "1, 17, 01, DONE, OK, write",
    "6, 29, 00, SAME_PATH, FAILED, write",
    "6, 29, 07, SAME_PATH, FAILED, write",
    "6, 2A, 06, SAME_PATH, FAILED, write",
    "6, 3F, 0E, SAME_PATH, FAILED, write",
    "2, 04, 01, DELAY, FAILED, write",
    "2, 04, 0A, DELAY, FAILED, write",
    "2, 04, 0B, OTHER_PATH, FAILED, write",
    "2, 04, 0C, OTHER_PATH, FAILED, write",
    "2, 04, 03, OTHER_PATH, FAILED, write",
    "2, 3A, 00, OTHER_PATH, FAILED, write",
    "3, 11, 00, UPWARD, FAILED, read",
    "3, 0C, 00, UPWARD, INDETERMINATE, write",
    "4, 44, 00, UPWARD, INDETERMINATE, write",
    "5, 20, 00, UPWARD, FAILED, write",
    "5, 21, 00, UPWARD, FAILED, write",
    "5, 25, 00, OTHER_PATH, FAILED, write",
    "7, 27, 00, UPWARD, FAILED, write",
    "B, 47, 00, DELAY, INDETERMINATE, write",
    "B, 47, 00, DELAY, FAILED, read",
    "E, 1D, 00, UPWARD, FAILED, write",
  })
  void sense(String key, String asc, String ascq, Next next, IoOutcome outcome, String kind) {
    check(
        TaskEnded.checkCondition(
            Integer.parseInt(key, 16), Integer.parseInt(asc, 16), Integer.parseInt(ascq, 16)),
        next,
        outcome,
        kind.equals("write"));
  }

  @ParameterizedTest
  @CsvSource({
    "08, DELAY, FAILED", // BUSY
    "28, DELAY, FAILED", // TASK SET FULL
    "30, DELAY, FAILED", // ACA ACTIVE
    "40, DELAY, INDETERMINATE", // TASK ABORTED
    "18, UPWARD, FAILED", // RESERVATION CONFLICT
    "04, UPWARD, INDETERMINATE", // a status that no disk command has
  })
  void status(String status, Next next, IoOutcome outcome) {
    check(TaskEnded.status(Integer.parseInt(status, 16)), next, outcome, true);
  }

  enum Next {
    DONE,
    SAME_PATH,
    DELAY,
    OTHER_PATH,
    UPWARD
  }

  private static void check(TaskEnded result, Next next, IoOutcome outcome, boolean write) {
    // the I/O goes to path 1, so that a retry on the same path differs from a new choice
    Rig rig =
        Rig.up(
            3,
            Rig.roundRobin(1, 0).toBuilder().taskRetries(3).putOffMs(300).maxPathLosses(4).build());
    rig.read("first");
    rig.core.submit("io", write ? IoTraits.write(512) : IoTraits.read(512), rig.nowNs);
    rig.taken();
    rig.end("io", result);
    List<String> seen = rig.taken();
    switch (next) {
      case DONE -> assertThat(seen).containsExactly("completed io OK on 1");
      case SAME_PATH ->
          assertThat(seen).containsExactly("ended io on 1 #1 retried", "send io on 1 #2");
      case OTHER_PATH ->
          assertThat(seen)
              .hasSize(4)
              .startsWith("path 1 FAILED " + rig.core.checkerState(1), "switch 1 to 2")
              .endsWith("ended io on 1 #1 retried", "send io on 2 #2");
      case UPWARD ->
          assertThat(seen)
              .containsExactly("ended io on 1 #1 not retried", "completed io " + outcome + " on 1");
      case DELAY -> {
        assertThat(seen).containsExactly("ended io on 1 #1 retried");
        rig.pass(99);
        assertThat(rig.taken()).isEmpty();
        rig.pass(1);
        assertThat(rig.taken()).containsExactly("send io on 2 #2");
      }
    }
    assertThat(lastOutcome(rig, result, seen)).isEqualTo(outcome.name());
    boolean pathFailed = next == Next.OTHER_PATH;
    assertThat(rig.core.pathState(1)).isEqualTo(pathFailed ? PathState.FAILED : PathState.ACTIVE);
  }

  /** Answers every retry alike until the bounds end it. */
  private static String lastOutcome(Rig rig, TaskEnded result, List<String> seen) {
    List<String> all = new java.util.ArrayList<>(seen);
    for (int round = 0; round < 50; round++) {
      if (rig.inFlight.stream().anyMatch(attempt -> attempt.io().equals("io"))) {
        rig.end("io", result);
      } else if (rig.core.nextDeadlineNs() < rig.nowNs + 100_000_001L) {
        rig.pass(100);
      }
      all.addAll(rig.taken());
    }
    List<String> ends = all.stream().filter(line -> line.startsWith("completed io")).toList();
    assertThat(ends).hasSize(1);
    return ends.get(0).split(" ")[2];
  }

  @Test
  void unitAttentionsAreBounded() {
    Rig rig = Rig.up(2, Rig.failover());
    rig.read("io");
    for (int attention = 0; attention < 5; attention++) {
      rig.end(TaskEnded.checkCondition(6, 0x29, 0));
    }
    assertThat(rig.sentOn).containsOnly(0).hasSize(6);
    rig.taken();
    rig.end(TaskEnded.checkCondition(6, 0x29, 0));
    assertThat(rig.taken())
        .containsExactly("ended io on 0 #6 not retried", "completed io FAILED on 0");
  }

  @Test
  void aTransitionIsBoundedByTimeNotByCount() {
    Rig rig = Rig.up(1, Rig.failover().toBuilder().taskRetries(3).maxPathLosses(4).build());
    rig.read("io");
    for (int retry = 0; retry < 600; retry++) {
      rig.end(TaskEnded.checkCondition(2, 0x04, 0x0A));
      rig.pass(100);
    }
    assertThat(rig.sentOn).hasSize(601);
    rig.taken();
    rig.end(TaskEnded.checkCondition(2, 0x04, 0x0A));
    assertThat(rig.taken())
        .containsExactly("ended io on 0 #601 not retried", "completed io FAILED on 0");
  }

  @Test
  void anAttemptsOwnOutcomeIsThatOfItsResult() {
    assertThat(Rig.GOOD.outcome(true)).isEqualTo(IoOutcome.OK);
    assertThat(Rig.lost().outcome(true)).isEqualTo(IoOutcome.INDETERMINATE);
    assertThat(Rig.lost().outcome(false)).isEqualTo(IoOutcome.FAILED);
    assertThat(Rig.neverSent().outcome(true)).isEqualTo(IoOutcome.FAILED);
    assertThat(TaskEnded.checkCondition(6, 0x29, 0).outcome(true)).isEqualTo(IoOutcome.FAILED);
  }
}
