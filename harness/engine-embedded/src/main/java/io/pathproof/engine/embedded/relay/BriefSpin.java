package io.pathproof.engine.embedded.relay;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Waits awake for the next event where the last one came soon, for a bounded time, and asleep
 * otherwise: to be woken takes longer than all that a relay does with a PDU. With some hundred I/Os
 * a second it mostly sleeps.
 *
 * <p>For one event loop, on its thread.
 */
final class BriefSpin implements SelectStrategy {
  /** An event is soon when it comes within this time; nobody waits awake any longer. */
  static final long SOON_NS = 50_000;

  private final LongSupplier clockNs;
  private boolean soon;
  private long asleepSinceNs;
  private boolean asleep;

  BriefSpin() {
    this(System::nanoTime);
  }

  BriefSpin(LongSupplier clockNs) {
    this.clockNs = clockNs;
  }

  @Override
  public int calculateStrategy(IntSupplier select, boolean hasTasks) throws Exception {
    if (hasTasks) {
      return select.get();
    }
    long nowNs = clockNs.getAsLong();
    if (asleep) {
      asleep = false;
      soon = nowNs - asleepSinceNs < SOON_NS;
    }
    while (soon) {
      int events = select.get();
      if (events > 0) {
        return events;
      }
      soon = clockNs.getAsLong() - nowNs < SOON_NS;
      // Whoever has work for this core goes first.
      Thread.yield();
    }
    asleep = true;
    asleepSinceNs = clockNs.getAsLong();
    return SelectStrategy.SELECT;
  }
}
