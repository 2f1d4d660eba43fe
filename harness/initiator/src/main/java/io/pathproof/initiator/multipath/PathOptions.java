package io.pathproof.initiator.multipath;

/**
 * What a host's administrator says of one path.
 *
 * @param preferred with policy FIXED: it carries the I/O whenever it can
 * @param throughput with policy SERVICE_TIME: its throughput relative to the others, 0 to 100
 *     (dm-multipath {@code service-time}, relative_throughput; default 1)
 * @param weight with prioritizer WEIGHTED: its rank, from 0 (multipath.conf(5) {@code
 *     weightedpath}; default 0)
 */
public record PathOptions(boolean preferred, int throughput, int weight) {
  /** Nothing special. */
  public static final PathOptions DEFAULT = new PathOptions(false, 1, 0);

  /** Refuses values outside their ranges. */
  public PathOptions {
    if (throughput < 0 || throughput > 100) {
      throw new IllegalArgumentException("a relative throughput is 0 to 100, not " + throughput);
    }
    if (weight < 0) {
      throw new IllegalArgumentException("a weight is not negative: " + weight);
    }
  }
}
