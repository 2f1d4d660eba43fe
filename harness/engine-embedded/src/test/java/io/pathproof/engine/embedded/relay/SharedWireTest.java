package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedWireTest {
  private static final int MIB = 1 << 20;
  private static final long SECOND = 1_000_000_000L;

  @Test
  void onlyAWireWithABandwidthIsLimited() {
    assertThat(new SharedWire(OptionalLong.empty()).limited()).isFalse();
    assertThat(new SharedWire(OptionalLong.of(4096)).limited()).isTrue();
  }

  /** Also where the clock is negative, or wraps: only differences of it mean anything. */
  @ParameterizedTest
  @ValueSource(longs = {0, 7, -5 * SECOND, Long.MAX_VALUE - SECOND, Long.MAX_VALUE - 2 * SECOND})
  void whatLinksSendInOneDirectionTakesItsTurn(long nowNs) {
    SharedWire wire = new SharedWire(OptionalLong.of(4096));

    assertThat(wire.through(true, nowNs, 4 * MIB) - nowNs).isEqualTo(SECOND);
    // another link, half a second later
    assertThat(wire.through(true, nowNs + SECOND / 2, 2 * MIB) - nowNs)
        .isEqualTo(SECOND + SECOND / 2);
    // the other direction is free
    assertThat(wire.through(false, nowNs + SECOND / 2, 4 * MIB) - nowNs)
        .isEqualTo(SECOND + SECOND / 2);
    // idle time is not saved up
    assertThat(wire.through(true, nowNs + 9 * SECOND, 4 * MIB) - nowNs).isEqualTo(10 * SECOND);
  }
}
