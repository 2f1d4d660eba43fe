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

  @Test
  @DisplayName("Of a deep queue that moves fast a quarter of what is owed is waited for")
  void aQuarterOfADeepQueue() {
    answers(SETTLED, ANSWER, 32, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(8 * ANSWER);
  }

  @Test
  @DisplayName("The answers of seven commands are each read as they come, those of eight by twos")
  void aShallowQueueIsReadAtOnce() {
    answers(SETTLED, ANSWER, 7, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
    answers(SETTLED, ANSWER, 8, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(2 * ANSWER);
  }

  @Test
  @DisplayName("Nothing is waited for longer than 150 us at the pace of the last reads")
  void aSlowTargetIsReadAtOnce() {
    answers(SETTLED, ANSWER, 32, 30_000);
    assertThat(moderation.mark()).isBetween(5 * ANSWER - 100, 5 * ANSWER);
    answers(SETTLED, ANSWER, 32, 80_000);
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
  }

  @Test
  @DisplayName("Answers without data, as those of writes, are counted by their headers")
  void answersOfWrites() {
    answers(SETTLED, 48, 32, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(8 * 48);
  }

  @Test
  @DisplayName("Of long answers a part is waited for, and never more than a socket holds")
  void partsOfLongAnswers() {
    answers(SETTLED, LARGE_ANSWER, 1, 400_000);
    assertThat(moderation.mark()).isEqualTo(256 * 1024);
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
    answers(SETTLED, ANSWER, 32, FAST_NS);
    answers(15, ANSWER, 48, FAST_NS);
    answers(1, ANSWER, 32, FAST_NS);
    answers(15, ANSWER, 48, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(8 * ANSWER);
    answers(1, ANSWER, 48, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(12 * ANSWER);
    answers(SETTLED, ANSWER, 56, FAST_NS);
    assertThat(moderation.mark()).as("near enough").isEqualTo(12 * ANSWER);
    answers(SETTLED, ANSWER, 44, FAST_NS);
    assertThat(moderation.mark()).as("near enough").isEqualTo(12 * ANSWER);
  }

  @Test
  @DisplayName("A look that finds nothing read since the one before ends the wait")
  void aLookEndsTheWait() {
    answers(SETTLED, ANSWER, 32, FAST_NS);
    moderation.look();
    assertThat(moderation.mark()).isEqualTo(8 * ANSWER);
    answers(1, ANSWER, 32, FAST_NS);
    moderation.look();
    assertThat(moderation.mark()).isEqualTo(8 * ANSWER);
    moderation.look();
    assertThat(moderation.mark()).isEqualTo(ReceiveModeration.AT_ONCE);
    answers(15, ANSWER, 32, FAST_NS);
    assertThat(moderation.mark()).as("it begins anew").isEqualTo(ReceiveModeration.AT_ONCE);
    answers(1, ANSWER, 32, FAST_NS);
    assertThat(moderation.mark()).isEqualTo(8 * ANSWER);
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
    assertThat(moderation.mark()).isEqualTo(8 * ANSWER);
  }
}
