package io.pathproof.initiator.session;

/**
 * How long an answer may take, from how long answers have taken: RFC 6298 section 2, smoothed
 * latency and its variation, with alpha 1/8, beta 1/4 and K 4; doubled after each deadline that was
 * missed, until the next answer (section 5). In nanoseconds.
 */
final class LatencyEstimator {
  /** G of RFC 6298: timers are no finer. */
  private static final long GRANULARITY_NS = 1_000_000;

  private static final int MAX_DOUBLINGS = 16;

  private final long floorNs;
  private long smoothedNs;
  private long variationNs;
  private boolean sampled;
  private int doublings;

  LatencyEstimator(long floorNs) {
    this.floorNs = floorNs;
  }

  void sample(long latencyNs) {
    if (sampled) {
      variationNs += (Math.abs(smoothedNs - latencyNs) - variationNs) / 4;
      smoothedNs += (latencyNs - smoothedNs) / 8;
    } else {
      sampled = true;
      smoothedNs = latencyNs;
      variationNs = latencyNs / 2;
    }
    doublings = 0;
  }

  /** A deadline was missed. */
  void missed() {
    doublings = Math.min(doublings + 1, MAX_DOUBLINGS);
  }

  /** What an answer may take, or {@link Deadline#NONE} while none has been seen. */
  long allowedNs() {
    if (!sampled) {
      return Deadline.NONE;
    }
    long estimate = smoothedNs + Math.max(GRANULARITY_NS, 4 * variationNs);
    long allowed = Math.max(floorNs, estimate);
    return allowed > Long.MAX_VALUE >> doublings ? Long.MAX_VALUE : allowed << doublings;
  }
}
