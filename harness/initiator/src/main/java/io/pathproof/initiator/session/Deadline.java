package io.pathproof.initiator.session;

/** Points in time of the core: nanoseconds of the binding's clock, {@link #NONE} for never. */
final class Deadline {
  static final long NONE = Long.MAX_VALUE;

  private Deadline() {}

  /** A point in time, or none where the duration is 0 or beyond what can be counted. */
  static long after(long nowNs, long durationNs) {
    long at = nowNs + durationNs;
    return durationNs == 0 || at < nowNs ? NONE : at;
  }
}
