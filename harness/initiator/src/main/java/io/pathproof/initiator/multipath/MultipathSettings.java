package io.pathproof.initiator.multipath;

/**
 * How a device uses its paths. Start from {@link #singlePath()} or {@link #multipath} and change
 * what differs; times are milliseconds.
 *
 * @param policy which path carries the next I/O
 * @param ios round robin: I/Os before the next path is chosen, from 1 (dm-multipath {@code
 *     rr_min_io_rq} 1; ESXi 1000)
 * @param bytes round robin: bytes before the next path is chosen, 0 for no such limit (ESXi has
 *     10,485,760 beside its I/O limit)
 * @param retry whether an I/O that a lost path left behind is sent again on another path
 * @param failback when a preferred path is taken again
 * @param noPathRetryMs with no path left, 0 fails at once, n waits so long and then fails
 *     (multipath.conf(5) {@code no_path_retry}, there counted in checker intervals)
 * @param checkerIntervalMs between two checks of a failed path (multipathd {@code
 *     polling_interval}, 5 s)
 * @param fenceHoldMs how long a write that a dead nexus may still carry out is held before it is
 *     sent down another path; 0 does not wait
 * @param taskRetries retries after a unit attention or an aborted command, per I/O (Linux
 *     SD_MAX_RETRIES, 5)
 * @param retryDelayMs before a retry that the target asked for by BUSY, TASK SET FULL, ABORTED
 *     COMMAND or an access state transition
 * @param putOffMs how long the target may put an I/O off by BUSY, TASK SET FULL or a transition
 *     (Linux ALUA_FAILOVER_TIMEOUT, 60 s)
 * @param maxPathLosses how many lost paths one I/O outlives
 * @param ioTimeoutMs no retry begins later than this after submission; time without any path does
 *     not end it, noPathRetryMs does
 */
public record MultipathSettings(
    Policy policy,
    int ios,
    long bytes,
    boolean retry,
    Failback failback,
    long noPathRetryMs,
    long checkerIntervalMs,
    long fenceHoldMs,
    int taskRetries,
    long retryDelayMs,
    long putOffMs,
    int maxPathLosses,
    long ioTimeoutMs) {

  /** Path selection. */
  public enum Policy {
    /** One path only, whose failures go upward. */
    NONE,
    /** One path carries all I/O until it fails. */
    FAILOVER,
    /** Paths take turns. */
    ROUND_ROBIN
  }

  /** ESXi's byte limit beside its I/O limit. */
  public static final long ESXI_BYTE_LIMIT = 10_485_760;

  /** Refuses values outside their ranges. */
  public MultipathSettings {
    if (ios < 1 || maxPathLosses < 1) {
      throw new IllegalArgumentException("ios and maxPathLosses start at 1");
    }
    if (bytes < 0 || noPathRetryMs < 0 || fenceHoldMs < 0 || taskRetries < 0 || putOffMs < 0) {
      throw new IllegalArgumentException("limits and waits are not negative");
    }
    if (checkerIntervalMs < 1 || retryDelayMs < 1 || ioTimeoutMs < 1) {
      throw new IllegalArgumentException("intervals start at 1 ms");
    }
  }

  /** A device on one path: failures go upward, a unit attention is still retried. */
  public static MultipathSettings singlePath(long checkerIntervalMs) {
    return new MultipathSettings(
        Policy.NONE,
        1,
        0,
        true,
        Failback.IMMEDIATE,
        0,
        checkerIntervalMs,
        0,
        5,
        100,
        60_000,
        64,
        180_000);
  }

  /** A device over several paths, with the defaults that are stated above. */
  public static MultipathSettings multipath(
      Policy policy,
      int ios,
      long bytes,
      boolean retry,
      Failback failback,
      long noPathRetryMs,
      long checkerIntervalMs) {
    return new MultipathSettings(
        policy,
        ios,
        bytes,
        retry,
        failback,
        noPathRetryMs,
        checkerIntervalMs,
        0,
        5,
        100,
        60_000,
        64,
        180_000);
  }

  /** The same with a hold before a write is retried that could not be fenced. */
  public MultipathSettings withFenceHoldMs(long holdMs) {
    return new MultipathSettings(
        policy,
        ios,
        bytes,
        retry,
        failback,
        noPathRetryMs,
        checkerIntervalMs,
        holdMs,
        taskRetries,
        retryDelayMs,
        putOffMs,
        maxPathLosses,
        ioTimeoutMs);
  }

  /** The same with other bounds for one I/O. */
  public MultipathSettings withIoBounds(
      int taskRetries, long retryDelayMs, long putOffMs, int maxPathLosses, long ioTimeoutMs) {
    return new MultipathSettings(
        policy,
        ios,
        bytes,
        retry,
        failback,
        noPathRetryMs,
        checkerIntervalMs,
        fenceHoldMs,
        taskRetries,
        retryDelayMs,
        putOffMs,
        maxPathLosses,
        ioTimeoutMs);
  }
}
