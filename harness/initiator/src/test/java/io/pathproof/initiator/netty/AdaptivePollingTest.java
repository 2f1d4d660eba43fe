package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When a loop looks and when it sleeps; times are virtual, and each look takes a microsecond. */
class AdaptivePollingTest {
  private static final long LOOK_NS = 1_000;
  private static final long WORK_NS = 10_000;
  private static final long ANSWER_NS = 50_000;
  private static final long SLEPT_NS = 100_000;
  private static final long HOUR_NS = 3_600_000_000_000L;

  private boolean tasks;
  private long nowNs;
  private long answerAtNs = Long.MAX_VALUE;
  private int looks;

  private final AdaptivePolling polling = polling(true);

  private AdaptivePolling polling(boolean allowed) {
    return new AdaptivePolling(allowed, () -> tasks, () -> nowNs);
  }

  /** What epoll_wait would say with no time to wait. */
  private int look() {
    looks++;
    nowNs += LOOK_NS;
    return nowNs >= answerAtNs ? 1 : 0;
  }

  private int turn(AdaptivePolling of) throws Exception {
    nowNs += WORK_NS;
    looks = 0;
    int strategy = of.calculateStrategy(this::look, false);
    if (strategy == SelectStrategy.SELECT) {
      nowNs += SLEPT_NS;
    }
    return strategy;
  }

  private int turn() throws Exception {
    return turn(polling);
  }

  /** Turns that are all short until it polls. */
  private void begin() throws Exception {
    answerAtNs = 0;
    while (turn() == SelectStrategy.SELECT) {
      assertThat(nowNs).as("short turns have been enough").isLessThan(HOUR_NS);
    }
  }

  private void sleepsTillItsTurnsHaveBeenShort() throws Exception {
    long untilNs = nowNs + AdaptivePolling.STEADY_NS;
    while (nowNs < untilNs) {
      assertThat(turn()).isEqualTo(SelectStrategy.SELECT);
      assertThat(looks).isZero();
    }
    turn();
    assertThat(turn()).isEqualTo(1);
  }

  @Test
  @DisplayName("A loop polls when its turns have been short for 20 ms, and not before")
  void pollsAfterShortTurns() throws Exception {
    answerAtNs = 0;
    turn();
    long sinceNs = nowNs - SLEPT_NS;
    int strategy = turn();
    while (nowNs - sinceNs < AdaptivePolling.STEADY_NS) {
      assertThat(strategy).isEqualTo(SelectStrategy.SELECT);
      assertThat(looks).isZero();
      strategy = turn();
    }
    assertThat(turn()).isEqualTo(1);
    assertThat(nowNs - sinceNs).isLessThan(AdaptivePolling.STEADY_NS + 3 * SLEPT_NS);
  }

  @Test
  @DisplayName("A long turn among the short ones begins the 20 ms anew")
  void aLongTurnBeginsAnew() throws Exception {
    answerAtNs = 0;
    long untilNs = AdaptivePolling.STEADY_NS * 9 / 10;
    while (nowNs < untilNs) {
      turn();
    }
    nowNs += AdaptivePolling.SHORT_NS;
    untilNs = nowNs + AdaptivePolling.STEADY_NS;
    while (nowNs + SLEPT_NS < untilNs) {
      assertThat(turn()).isEqualTo(SelectStrategy.SELECT);
    }
    turn();
    turn();
    assertThat(turn()).isEqualTo(1);
  }

  @Test
  @DisplayName("What comes while the loop looks is told without a sleep")
  void findsWhatComes() throws Exception {
    begin();
    for (int i = 0; i < 1000; i++) {
      answerAtNs = nowNs + WORK_NS + ANSWER_NS;
      assertThat(turn()).isEqualTo(1);
      assertThat(nowNs).isEqualTo(answerAtNs);
    }
  }

  @Test
  @DisplayName("Where nothing comes in 100 us the loop sleeps")
  void sleepsWhereNothingComes() throws Exception {
    begin();
    answerAtNs = Long.MAX_VALUE;
    final long beforeNs = nowNs;
    assertThat(turn()).isEqualTo(SelectStrategy.SELECT);
    assertThat(nowNs - beforeNs).isEqualTo(WORK_NS + AdaptivePolling.MOST_NS + SLEPT_NS);
  }

  @Test
  @DisplayName("After eight polls in vain the loop polls no more till its turns are short again")
  void givesUp() throws Exception {
    begin();
    answerAtNs = Long.MAX_VALUE;
    for (int i = 0; i < AdaptivePolling.VAIN; i++) {
      assertThat(polling.polling()).isTrue();
      turn();
      assertThat(looks).isPositive();
    }
    assertThat(polling.polling()).isFalse();
    answerAtNs = 0;
    sleepsTillItsTurnsHaveBeenShort();
  }

  @Test
  @DisplayName("A loop goes on polling where no more than half of it is in vain")
  void oneInVainIsMadeUpForByOneThatIsNot() throws Exception {
    begin();
    for (int i = 0; i < 1000; i++) {
      answerAtNs = Long.MAX_VALUE;
      turn();
      answerAtNs = 0;
      assertThat(turn()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("Where two polls of three are in vain the loop polls no more")
  void twoInVainAreNotMadeUpForByOne() throws Exception {
    begin();
    for (int i = 0; i < AdaptivePolling.VAIN - 1; i++) {
      answerAtNs = Long.MAX_VALUE;
      turn();
      turn();
      assertThat(polling.polling()).isEqualTo(i < AdaptivePolling.VAIN - 2);
      answerAtNs = 0;
      turn();
    }
  }

  @Test
  @DisplayName("Whatever the turns, polling in vain takes a twentieth of the time at most")
  void vainPollingIsBounded() throws Exception {
    long lookedNs = 0;
    while (nowNs < HOUR_NS / 60) {
      turn();
      lookedNs += looks * LOOK_NS;
    }
    assertThat(lookedNs).isBetween(1L, nowNs / 20);
  }

  @Test
  @DisplayName("While a socket waits for several answers the loop sleeps, and after it for 20 ms")
  void sleepsWhileModerated() throws Exception {
    begin();
    polling.moderated(true);
    polling.moderated(true);
    assertThat(turn()).isEqualTo(SelectStrategy.SELECT);
    assertThat(looks).isZero();
    polling.moderated(false);
    assertThat(turn()).isEqualTo(SelectStrategy.SELECT);
    polling.moderated(false);
    sleepsTillItsTurnsHaveBeenShort();
  }

  @Test
  @DisplayName("What another thread wants done ends the looking at once")
  void anotherThreadsTaskEndsTheLooking() throws Exception {
    begin();
    answerAtNs = Long.MAX_VALUE;
    tasks = true;
    for (int i = 0; i < 2 * AdaptivePolling.VAIN; i++) {
      assertThat(turn()).isZero();
      assertThat(looks).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("With tasks to run the loop looks once and does not wait")
  void tasksGoFirst() throws Exception {
    assertThat(polling.calculateStrategy(this::look, true)).isZero();
    answerAtNs = 0;
    assertThat(polling.calculateStrategy(this::look, true)).isEqualTo(1);
    assertThat(looks).isEqualTo(2);
  }

  @Test
  @DisplayName("A loop that is to sleep never looks")
  void neverWhereItIsNotAllowed() throws Exception {
    AdaptivePolling sleeping = polling(false);
    answerAtNs = 0;
    while (nowNs < 2 * AdaptivePolling.STEADY_NS) {
      assertThat(turn(sleeping)).isEqualTo(SelectStrategy.SELECT);
    }
    assertThat(looks).isZero();
  }
}
