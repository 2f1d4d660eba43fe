package io.pathproof.engine.embedded.relay;

import java.util.OptionalLong;

/**
 * A physical adapter that several links go over: what it carries in a second they share, in each
 * direction. Belongs to the links' event loop.
 */
public final class SharedWire {
  private final OptionalLong kibPerSecond;
  private final long[] freeAtNs = {Long.MIN_VALUE, Long.MIN_VALUE};

  /**
   * @param kibPerSecond in each direction; empty: without a limit
   */
  public SharedWire(OptionalLong kibPerSecond) {
    this.kibPerSecond = kibPerSecond;
  }

  boolean limited() {
    return kibPerSecond.isPresent();
  }

  /**
   * When so many bytes are through, behind all that was given before in that direction.
   *
   * @param length in bytes
   */
  long through(boolean toHost, long nowNs, int length) {
    int way = toHost ? 1 : 0;
    long sinceNs =
        freeAtNs[way] == Long.MIN_VALUE || freeAtNs[way] - nowNs < 0 ? nowNs : freeAtNs[way];
    freeAtNs[way] = sinceNs + length * 1_000_000_000L / (kibPerSecond.orElseThrow() * 1024);
    return freeAtNs[way];
  }
}
