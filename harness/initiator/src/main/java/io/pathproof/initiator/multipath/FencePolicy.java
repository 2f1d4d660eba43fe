package io.pathproof.initiator.multipath;

/**
 * What happens before a write is sent down another path while the nexus that it was lost on may
 * still carry out an older copy, or an older write to the same blocks.
 *
 * @param mode whether the old nexus is fenced, and what if that cannot be had
 * @param waitMs with HOLD how long after the loss such a write is held at most, with REQUIRED how
 *     long it waits for the fence before it is given up, 0 for as long as its own time lasts; 0
 *     with NONE. A write whose own time ({@link MultipathSettings#ioTimeoutMs}) is over before is
 *     given up then, whatever the mode
 */
public record FencePolicy(Mode mode, long waitMs) {
  /** What a write waits for. */
  public enum Mode {
    /** The fence, and nothing else; without it the write is given up. */
    REQUIRED,
    /** The fence, or the hold time; what went by time alone is told as unfenced. */
    HOLD,
    /** Nothing: sent again at once, and told as unfenced. */
    NONE
  }

  /**
   * Linux gives up a disk command after this (sd: /sys/block/…/device/timeout), a target that runs
   * on Linux included. No standard bounds what a network or a stalled target may keep: RFC 9293
   * section 3.4.1 alone lets a segment live for two minutes. Linux and ESXi hold nothing. It counts
   * only where no fence can be had: a reinstatement or the array's word lets the write go at once.
   *
   * <p>It rests on data that matters and on nobody who watches, so it is long. The hosts of a lab
   * hold for 500 ms unless their topology says otherwise: there only the lab's own patterns can be
   * harmed, every write is in a history that shows one that landed late, and a failover is to be
   * seen within seconds.
   */
  public static final long DEFAULT_HOLD_MS = 30_000;

  /** Refuses values outside their ranges. */
  public FencePolicy {
    if (waitMs < 0 || (mode == Mode.HOLD && waitMs < 1) || (mode == Mode.NONE && waitMs > 0)) {
      throw new IllegalArgumentException("fence " + mode + " with a wait of " + waitMs + " ms");
    }
  }

  /** Fenced or given up. */
  public static FencePolicy required(long waitMs) {
    return new FencePolicy(Mode.REQUIRED, waitMs);
  }

  /** Fenced, or else held so long. */
  public static FencePolicy hold(long holdMs) {
    return new FencePolicy(Mode.HOLD, holdMs);
  }

  /** Neither fenced nor held. */
  public static FencePolicy none() {
    return new FencePolicy(Mode.NONE, 0);
  }
}
