package io.pathproof.lab.topology;

/**
 * How a host uses several paths to one volume. The names and defaults are dm-multipath's
 * (multipath.conf(5)) unless said otherwise.
 *
 * @param policy which path carries the next I/O; {@link Policy#NONE}: every path is a device
 * @param ios round robin: I/Os sent down a path before the next one is chosen, from 1 (dm-multipath
 *     {@code rr_min_io_rq}, default 1; ESXi's I/O operation limit, default 1000)
 * @param bytes round robin: bytes after which the next path is chosen, or 0 for no such limit (ESXi
 *     has 10,485,760 beside its I/O limit)
 * @param retry whether an I/O that a lost path left behind is sent again on another path; false
 *     only to show that a host without it is found out
 * @param failback whether a preferred path is taken again as soon as it answers
 * @param noPathRetryMs what happens with no path left: 0 fails the I/O at once, n waits that many
 *     milliseconds for a path to come back and then fails
 * @param checkerIntervalMs between two TEST UNIT READY checks of a path that is down
 */
public record MultipathSpec(
    Policy policy,
    int ios,
    long bytes,
    boolean retry,
    Failback failback,
    long noPathRetryMs,
    long checkerIntervalMs) {

  /** Path selection. */
  public enum Policy {
    /** No multipathing: each path is a device of its own. */
    NONE,
    /** One path carries all I/O until it fails. */
    FAILOVER,
    /** Paths take turns. */
    ROUND_ROBIN
  }

  /** When a preferred path is taken again. */
  public enum Failback {
    /** As soon as its checker finds it up. */
    IMMEDIATE,
    /** Not until the path in use fails. */
    MANUAL
  }
}
