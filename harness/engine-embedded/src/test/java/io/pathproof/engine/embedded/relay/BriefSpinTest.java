package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import org.junit.jupiter.api.Test;

class BriefSpinTest {
  private static final int TICK_NS = 1_000;

  private long nowNs;
  private int polls;

  /** When an event is there; each poll takes a tick. */
  private long eventAtNs = Long.MAX_VALUE;

  private final BriefSpin spin = new BriefSpin(() -> nowNs);

  private int next(boolean hasTasks) throws Exception {
    polls = 0;
    return spin.calculateStrategy(
        () -> {
          polls++;
          nowNs += TICK_NS;
          return nowNs >= eventAtNs ? 1 : 0;
        },
        hasTasks);
  }

  /** It went to sleep and is woken after so long. */
  private void wokenAfter(long ns) throws Exception {
    eventAtNs = Long.MAX_VALUE;
    assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
    nowNs += ns;
  }

  @Test
  void whereNothingCameSoonItSleepsAtOnce() throws Exception {
    wokenAfter(BriefSpin.SOON_NS);
    assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
    assertThat(polls).isZero();
  }

  @Test
  void whereAnEventCameSoonItWaitsAwakeForTheNext() throws Exception {
    wokenAfter(BriefSpin.SOON_NS - 1);
    for (int repeat = 0; repeat < 3; repeat++) {
      eventAtNs = nowNs + 20 * TICK_NS;
      assertThat(next(false)).isEqualTo(1);
      assertThat(polls).isEqualTo(20);
    }
  }

  @Test
  void itWaitsAwakeForABoundedTimeAndThenNoMore() throws Exception {
    wokenAfter(1);
    eventAtNs = Long.MAX_VALUE;
    long fromNs = nowNs;
    assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
    assertThat(polls).isEqualTo(BriefSpin.SOON_NS / TICK_NS);
    assertThat(nowNs - fromNs).isEqualTo(BriefSpin.SOON_NS);
    nowNs += BriefSpin.SOON_NS;
    assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
    assertThat(polls).isZero();
  }

  @Test
  void tasksAreNotKeptWaiting() throws Exception {
    wokenAfter(1);
    assertThat(next(true)).isZero();
    assertThat(polls).isEqualTo(1);
  }
}
