package io.pathproof.initiator.netty;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether an event loop that has nothing to do sleeps at once, or first looks for a moment whether
 * something comes. To put a thread to sleep and to wake it takes longer than a near target needs
 * for an answer, and costs the target's processor too, which has to wake it: at a shallow queue
 * most of a round trip is that. Storage stacks of user space poll for this reason (SPDK), and Linux
 * for a while (busy_poll of socket(7), hybrid polling of block devices).
 *
 * <p>A loop polls where its turns are short, as between a request and the answer of a near target;
 * where nothing comes within {@link #MOST_NS} it sleeps, and where that goes on it polls no more
 * until its turns have been short again for a while: what is polled in vain is a twentieth of the
 * time at most. Each look offers the processor to whoever else wants it, so that a target on the
 * same processor is not kept waiting. A loop one of whose sockets waits for several answers (see
 * {@link ReceiveModeration}) sleeps: there a wake-up is for many.
 *
 * <p>One instance a loop, which alone calls it. Times are nanoseconds of one monotonic clock.
 */
final class AdaptivePolling implements SelectStrategy {
  /** How long a loop looks before it sleeps: some times what a near target takes. */
  static final long MOST_NS = 100_000;

  /** A turn, from one wait to the next, sleep and work counted, so that polling may pay. */
  static final long SHORT_NS = 300_000;

  /** For how long all turns have to be short before polling is tried. */
  static final long STEADY_NS = 20_000_000;

  /** Polls in vain, more than others, after which it was tried. */
  static final int VAIN = 8;

  private final boolean allowed;
  private final BooleanSupplier tasks;
  private final LongSupplier clock;
  private boolean polling;

  /** No turn has ended since the loop polled. */
  private boolean fresh = true;

  /** When the last turn ended, and since when all were short; while not polling. */
  private long lastNs;

  private long shortSinceNs;
  private int vain;

  /** Sockets that wait for several answers. */
  private int moderated;

  /**
   * @param allowed {@code false} for a loop that always sleeps at once
   * @param tasks whether there is something to do that came from another thread
   */
  AdaptivePolling(boolean allowed, BooleanSupplier tasks, LongSupplier clock) {
    this.allowed = allowed;
    this.tasks = tasks;
    this.clock = clock;
  }

  /** Of a loop that sleeps. */
  static AdaptivePolling never() {
    return new AdaptivePolling(false, () -> false, () -> 0);
  }

  /** A socket of this loop waits for several answers from now on, or no more. */
  void moderated(boolean on) {
    moderated += on ? 1 : -1;
  }

  boolean isModerated() {
    return moderated > 0;
  }

  boolean allowed() {
    return allowed;
  }

  /** Whether the next wait begins with looking. */
  boolean polling() {
    return polling;
  }

  @Override
  public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
    if (hasTasks) {
      return selectNow.get();
    }
    if (!allowed || isModerated()) {
      sleepFromNowOn();
      return SELECT;
    }
    long nowNs = clock.getAsLong();
    if (!polling && !begins(nowNs)) {
      return SELECT;
    }
    do {
      int ready = selectNow.get();
      if (ready > 0 || tasks.getAsBoolean()) {
        vain = Math.max(0, vain - 1);
        return ready;
      }
      Thread.yield();
    } while (clock.getAsLong() - nowNs < MOST_NS);
    if (++vain == VAIN) {
      sleepFromNowOn();
    }
    return SELECT;
  }

  private boolean begins(long nowNs) {
    if (fresh || nowNs - lastNs >= SHORT_NS) {
      fresh = false;
      shortSinceNs = nowNs;
    }
    lastNs = nowNs;
    polling = nowNs - shortSinceNs >= STEADY_NS;
    return polling;
  }

  private void sleepFromNowOn() {
    polling = false;
    vain = 0;
    fresh = true;
  }
}
