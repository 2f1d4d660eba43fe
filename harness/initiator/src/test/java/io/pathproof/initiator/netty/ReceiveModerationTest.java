package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is waited for, of targets of all paces; times are virtual. */
class ReceiveModerationTest {
  private static final int ANSWER = 48 + 4096;
  private static final int LARGE_ANSWER = 48 + (1 << 20);
  private static final int SETTLED = 400;
  private static final long FAST_NS = 10_000;

  private final ReceiveModeration moderation = new ReceiveModeration();
  private long nowNs;

  /** Reads one answer after another, of a queue that is filled again each time. */
  private void answers(int count, int bytes, int inFlight, long apartNs) {
    for (int i = 0; i < count; i++) {
      nowNs += apartNs;
      moderation.read(bytes, inFlight, (long) inFlight * bytes, nowNs);
    }
  }

  private long answersWaitedFor() {
    return Math.round((double) moderation.mark() / ANSWER);
  }

  @Test
  @DisplayName("Of a deep queue that moves fast is waited for what comes in 150 us")
  void whatComesInTheTime() {
    answers(SETTLED, ANSWER, 32, FAST_NS);
    assertThat(answersWaitedFor()).isEqualTo(15);
  }

  @Test
  @DisplayName("The target is left with work for as long as is waited for the rest")
  void theTargetIsLeftWithWork() {
    answers(SETTLED, ANSWER, 24, FAST_NS);
    assertThat(answersWaitedFor()).isEqualTo(9);
  }

  @Test
  @DisplayName("Where fewer than four answers could be waited for, each is read as it comes")
  void aShallowQueueIsReadAtOnce() {
    answers(SETTLED, ANSWER, 18, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
    answers(SETTLED, ANSWER, 20, FAST_NS);
    assertThat(answersWaitedFor()).isEqualTo(5);
  }

  @Test
  @DisplayName("Nothing is waited for longer than 150 us at the pace of the last reads")
  void aSlowTargetIsReadAtOnce() {
    answers(SETTLED, ANSWER, 32, 30_000);
    assertThat(answersWaitedFor()).isEqualTo(5);
    answers(SETTLED, ANSWER, 32, 40_000);
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
  }

  @Test
  @DisplayName("Answers without data, as those of writes, are counted by their headers")
  void answersOfWrites() {
    answers(SETTLED, 48, 32, FAST_NS);
    assertThat(moderation.mark()).isBetween(15 * 48 - 1, 15 * 48);
  }

  @Test
  @DisplayName("Of long answers a part is waited for, and never more than a socket holds")
  void partsOfLongAnswers() {
    answers(SETTLED, LARGE_ANSWER, 1, 400_000);
    assertThat(moderation.mark()).isEqualTo(256 * 1024);
    answers(SETTLED, LARGE_ANSWER / 4, 2, 100_000);
    assertThat(moderation.mark()).as("a quarter").isEqualTo(LARGE_ANSWER / 4 * 2 / 4);
    answers(SETTLED, 32 * 1024, 1, 400_000);
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
  }

  @Test
  @DisplayName("A queue that runs dry is never waited for in vain")
  void theMarkFallsWithWhatIsOwed() {
    answers(SETTLED, ANSWER, 32, FAST_NS);
    for (int inFlight = 31; inFlight >= 0; inFlight--) {
      nowNs += FAST_NS;
      moderation.read(ANSWER, inFlight, (long) inFlight * ANSWER, nowNs);
      assertThat(moderation.mark()).isLessThanOrEqualTo(Math.max(1, inFlight * ANSWER / 2));
    }
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
  }

  @Test
  @DisplayName("A few reads do not move the mark, as each move is a system call")
  void onlyWhatLastsMovesIt() {
    answers(SETTLED, ANSWER, 16, 15_000);
    answers(15, ANSWER, 32, 15_000);
    answers(1, ANSWER, 16, 15_000);
    answers(15, ANSWER, 32, 15_000);
    assertThat(answersWaitedFor()).isEqualTo(6);
    answers(1, ANSWER, 32, 15_000);
    int mark = moderation.mark();
    assertThat(answersWaitedFor()).isEqualTo(10);
    answers(SETTLED, ANSWER, 32, 13_500);
    assertThat(moderation.mark()).as("near enough").isEqualTo(mark);
    answers(SETTLED, ANSWER, 32, 17_000);
    assertThat(moderation.mark()).as("near enough").isEqualTo(mark);
  }

  @Test
  @DisplayName("A look that finds nothing read since the one before ends the wait")
  void aLookEndsTheWait() {
    answers(SETTLED, ANSWER, 32, FAST_NS);
    moderation.look();
    assertThat(answersWaitedFor()).isEqualTo(15);
    answers(1, ANSWER, 32, FAST_NS);
    moderation.look();
    assertThat(answersWaitedFor()).isEqualTo(15);
    moderation.look();
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
    answers(15, ANSWER, 32, FAST_NS);
    assertThat(moderation.mark()).as("it begins anew").isEqualTo(ReceiveModeration.AT_ONCE);
    answers(1, ANSWER, 32, FAST_NS);
    assertThat(answersWaitedFor()).isEqualTo(15);
  }

  @Test
  @DisplayName("After a pause the pace is not known, and answers are read as they come")
  void aPauseCountsAsSlow() {
    answers(SETTLED, ANSWER, 32, FAST_NS);
    moderation.atOnce();
    nowNs += 1_000_000_000;
    answers(20, ANSWER, 32, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
  }

  @Test
  @DisplayName("The first read of a connection says nothing of its pace")
  void theFirstReadHasNoPace() {
    nowNs = Long.MAX_VALUE / 2;
    answers(17, ANSWER, 32, FAST_NS);
    assertThat(answersWaitedFor()).isEqualTo(15);
  }
}
