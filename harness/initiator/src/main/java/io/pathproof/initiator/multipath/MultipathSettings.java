package io.pathproof.initiator.multipath;

import java.util.concurrent.TimeUnit;

/**
 * How a device uses its paths: immutable. Start from {@link #singlePath}, {@link #multipath} or
 * {@link #builder} and change what differs; times are milliseconds, and in nanoseconds for the
 * core. A further setting is a field of the {@link Builder} with its default, a setter there and an
 * accessor here.
 */
public final class MultipathSettings {

  /** Path selection. */
  public enum Policy {
    /** One path only, whose failures go upward. */
    NONE,
    /** One path carries all I/O until it fails. */
    FAILOVER,
    /**
     * The designated path carries all I/O whenever it can, another one otherwise; goes back as soon
     * as it can again, whatever {@link #failback} says (ESXi VMW_PSP_FIXED).
     */
    FIXED,
    /**
     * One path carries all I/O until it fails, and the one that took over goes on when the former
     * is back, whatever {@link #failback} says (ESXi VMW_PSP_MRU).
     */
    MOST_RECENTLY_USED,
    /** Paths take turns (dm-multipath round-robin, ESXi VMW_PSP_RR). */
    ROUND_ROBIN,
    /** The path with the fewest I/Os in flight (dm-multipath queue-length). */
    QUEUE_LENGTH,
    /** The path that would be done first by its bytes in flight (dm-multipath service-time). */
    SERVICE_TIME,
    /** Shares by measured latency (ESXi VMW_PSP_RR of type latency). */
    LATENCY
  }

  /** What ranks paths (multipath.conf(5) {@code prio}). */
  public enum PrioritizedBy {
    /** The access states that the array tells; where it tells none all are alike. */
    ALUA,
    /** All are alike ({@code const}). */
    CONSTANT,
    /** {@link PathOptions#weight} ({@code weightedpath}). */
    WEIGHTED
  }

  /** {@link #noPathRetryMs}: waits without end (multipath.conf(5) {@code queue}). */
  public static final long QUEUE = Long.MAX_VALUE;

  /** ESXi's byte limit beside its I/O limit. */
  public static final long ESXI_BYTE_LIMIT = 10_485_760;

  /**
   * {@link #noPathRetryMs} as ESXi has it: I/O waits so long for a device all of whose paths are
   * down, and fails at once afterwards (Misc.APDTimeout, 140 s; VMware vSphere Storage, "Handling
   * Transient APD Conditions").
   */
  public static final long ESXI_APD_TIMEOUT_MS = 140_000;

  /** Never changed once it is in here. */
  private final Builder values;

  private MultipathSettings(Builder values) {
    this.values = values;
  }

  /** The defaults that are stated with each setting. */
  public static Builder builder() {
    return new Builder();
  }

  /** A device on one path: failures go upward, a unit attention is still retried. */
  public static MultipathSettings singlePath(long checkerIntervalMs) {
    return builder().policy(Policy.NONE).checkerIntervalMs(checkerIntervalMs).build();
  }

  /** A device over several paths, with defaults for what is not named here. */
  public static MultipathSettings multipath(
      Policy policy,
      int ios,
      long bytes,
      boolean retry,
      Failback failback,
      long noPathRetryMs,
      long checkerIntervalMs) {
    return builder()
        .policy(policy)
        .ios(ios)
        .bytes(bytes)
        .retry(retry)
        .failback(failback)
        .noPathRetryMs(noPathRetryMs)
        .checkerIntervalMs(checkerIntervalMs)
        .build();
  }

  /** These settings, to change some of them. */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** Which path carries the next I/O. */
  public Policy policy() {
    return values.policy;
  }

  /**
   * Round robin: I/Os before the next path is chosen, from 1 (dm-multipath {@code rr_min_io_rq} 1;
   * ESXi 1000).
   */
  public int ios() {
    return values.ios;
  }

  /**
   * Round robin: bytes before the next path is chosen, 0 for no such limit (ESXi has 10,485,760
   * beside its I/O limit).
   */
  public long bytes() {
    return values.bytes;
  }

  /** Whether an I/O that a lost path left behind is sent again on another path. */
  public boolean retry() {
    return values.retry;
  }

  /** When a preferred path is taken again. */
  public Failback failback() {
    return values.failback;
  }

  /**
   * With no path left, 0 fails at once, n waits so long and then fails (multipath.conf(5) {@code
   * no_path_retry}, there counted in checker intervals; ESXi: {@link #ESXI_APD_TIMEOUT_MS}).
   */
  public long noPathRetryMs() {
    return values.noPathRetryMs;
  }

  /** Between two checks of a failed path (multipathd {@code polling_interval}, 5 s). */
  public long checkerIntervalMs() {
    return values.checkerIntervalMs;
  }

  /**
   * What a write waits for while a dead nexus may still carry out an older one; with one path only,
   * nothing.
   */
  public FencePolicy fence() {
    return values.policy == Policy.NONE ? FencePolicy.none() : values.fence;
  }

  /** Retries after a unit attention or an aborted command, per I/O (Linux SD_MAX_RETRIES, 5). */
  public int taskRetries() {
    return values.taskRetries;
  }

  /**
   * Before a retry that the target asked for by BUSY, TASK SET FULL, ABORTED COMMAND or an access
   * state transition.
   */
  public long retryDelayMs() {
    return values.retryDelayMs;
  }

  /**
   * How long the target may put an I/O off by BUSY, TASK SET FULL or a transition (Linux
   * ALUA_FAILOVER_TIMEOUT, 60 s).
   */
  public long putOffMs() {
    return values.putOffMs;
  }

  /** How many lost paths one I/O outlives. */
  public int maxPathLosses() {
    return values.maxPathLosses;
  }

  /**
   * No retry begins later than this after submission, nor is a write that waits for a fence sent
   * later, but given up; time without any path does not end it, noPathRetryMs does.
   */
  public long ioTimeoutMs() {
    return values.ioTimeoutMs;
  }

  /** Which paths form a group. */
  public PathGrouping grouping() {
    return values.grouping;
  }

  /** Failback DEFERRED: how long a better group or path has to be there before it is taken. */
  public long failbackDelayMs() {
    return values.failbackDelayMs;
  }

  /** Policy LATENCY: between two evaluations (ESXi {@code latencyEvalTime}, 3 minutes). */
  public long latencyIntervalMs() {
    return values.latencyIntervalMs;
  }

  /**
   * Policy LATENCY: I/Os a path by which its latency is measured, from 1 (ESXi {@code
   * samplingCycles}, 16).
   */
  public int latencyProbes() {
    return values.latencyProbes;
  }

  /** What ranks paths; taken into account by who gives the core its {@link Prioritizer}. */
  public PrioritizedBy prioritizer() {
    return values.prioritizer;
  }

  /** What a path's checker does; carried out by who serves {@link MultipathEffects#check}. */
  public CheckedBy checker() {
    return values.checker;
  }

  /**
   * Between two checks of a path in use, which begin with {@link #checkerIntervalMs} and come half
   * as often after each good answer until then (multipathd {@code max_polling_interval}, four times
   * the other); 0: such a path is not checked, as its session's NOPs watch over it.
   */
  public long maxCheckerIntervalMs() {
    return values.maxCheckerIntervalMs;
  }

  /** When a path that answers is held down for its errors. */
  public HoldDown holdDown() {
    return values.holdDown;
  }

  long noPathRetryNs() {
    return TimeUnit.MILLISECONDS.toNanos(values.noPathRetryMs);
  }

  public long checkerIntervalNs() {
    return TimeUnit.MILLISECONDS.toNanos(values.checkerIntervalMs);
  }

  public long retryDelayNs() {
    return TimeUnit.MILLISECONDS.toNanos(values.retryDelayMs);
  }

  public long putOffNs() {
    return TimeUnit.MILLISECONDS.toNanos(values.putOffMs);
  }

  long ioTimeoutNs() {
    return TimeUnit.MILLISECONDS.toNanos(values.ioTimeoutMs);
  }

  long failbackDelayNs() {
    return TimeUnit.MILLISECONDS.toNanos(values.failbackDelayMs);
  }

  long latencyIntervalNs() {
    return TimeUnit.MILLISECONDS.toNanos(values.latencyIntervalMs);
  }

  /** Settings in the making; each setter's meaning is that of the accessor of its name. */
  public static final class Builder {
    private Policy policy = Policy.FAILOVER;
    private int ios = 1;
    private long bytes = 0;
    private boolean retry = true;
    private Failback failback = Failback.IMMEDIATE;
    private long noPathRetryMs = 0;
    private long checkerIntervalMs = 5_000;
    private FencePolicy fence = FencePolicy.hold(FencePolicy.DEFAULT_HOLD_MS);
    private int taskRetries = 5;
    private long retryDelayMs = 100;
    private long putOffMs = 60_000;
    private int maxPathLosses = 64;
    private long ioTimeoutMs = 180_000;
    private PathGrouping grouping = PathGrouping.BY_PRIORITY;
    private long failbackDelayMs = 10_000;
    private long latencyIntervalMs = 180_000;
    private int latencyProbes = 16;
    private PrioritizedBy prioritizer = PrioritizedBy.ALUA;
    private CheckedBy checker = CheckedBy.TEST_UNIT_READY;
    private long maxCheckerIntervalMs = 0;
    private HoldDown holdDown = HoldDown.OFF;

    private Builder() {}

    private Builder(Builder other) {
      policy = other.policy;
      ios = other.ios;
      bytes = other.bytes;
      retry = other.retry;
      failback = other.failback;
      noPathRetryMs = other.noPathRetryMs;
      checkerIntervalMs = other.checkerIntervalMs;
      fence = other.fence;
      taskRetries = other.taskRetries;
      retryDelayMs = other.retryDelayMs;
      putOffMs = other.putOffMs;
      maxPathLosses = other.maxPathLosses;
      ioTimeoutMs = other.ioTimeoutMs;
      holdDown = other.holdDown;
      maxCheckerIntervalMs = other.maxCheckerIntervalMs;
      checker = other.checker;
      prioritizer = other.prioritizer;
      latencyProbes = other.latencyProbes;
      latencyIntervalMs = other.latencyIntervalMs;
      failbackDelayMs = other.failbackDelayMs;
      grouping = other.grouping;
    }

    /** Sets {@link MultipathSettings#policy}. */
    public Builder policy(Policy value) {
      policy = value;
      return this;
    }

    /** Sets {@link MultipathSettings#ios}. */
    public Builder ios(int value) {
      ios = value;
      return this;
    }

    /** Sets {@link MultipathSettings#bytes}. */
    public Builder bytes(long value) {
      bytes = value;
      return this;
    }

    /** Sets {@link MultipathSettings#retry}. */
    public Builder retry(boolean value) {
      retry = value;
      return this;
    }

    /** Sets {@link MultipathSettings#failback}. */
    public Builder failback(Failback value) {
      failback = value;
      return this;
    }

    /** Sets {@link MultipathSettings#noPathRetryMs}. */
    public Builder noPathRetryMs(long value) {
      noPathRetryMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#checkerIntervalMs}. */
    public Builder checkerIntervalMs(long value) {
      checkerIntervalMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#fence}. */
    public Builder fence(FencePolicy value) {
      fence = value;
      return this;
    }

    /** Sets {@link MultipathSettings#taskRetries}. */
    public Builder taskRetries(int value) {
      taskRetries = value;
      return this;
    }

    /** Sets {@link MultipathSettings#retryDelayMs}. */
    public Builder retryDelayMs(long value) {
      retryDelayMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#putOffMs}. */
    public Builder putOffMs(long value) {
      putOffMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#maxPathLosses}. */
    public Builder maxPathLosses(int value) {
      maxPathLosses = value;
      return this;
    }

    /** Sets {@link MultipathSettings#ioTimeoutMs}. */
    public Builder ioTimeoutMs(long value) {
      ioTimeoutMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#grouping}. */
    public Builder grouping(PathGrouping value) {
      grouping = value;
      return this;
    }

    /** Sets {@link MultipathSettings#failbackDelayMs}. */
    public Builder failbackDelayMs(long value) {
      failbackDelayMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#latencyIntervalMs}. */
    public Builder latencyIntervalMs(long value) {
      latencyIntervalMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#latencyProbes}. */
    public Builder latencyProbes(int value) {
      latencyProbes = value;
      return this;
    }

    /** Sets {@link MultipathSettings#prioritizer}. */
    public Builder prioritizer(PrioritizedBy value) {
      prioritizer = value;
      return this;
    }

    /** Sets {@link MultipathSettings#checker}. */
    public Builder checker(CheckedBy value) {
      checker = value;
      return this;
    }

    /** Sets {@link MultipathSettings#maxCheckerIntervalMs}. */
    public Builder maxCheckerIntervalMs(long value) {
      maxCheckerIntervalMs = value;
      return this;
    }

    /** Sets {@link MultipathSettings#holdDown}. */
    public Builder holdDown(HoldDown value) {
      holdDown = value;
      return this;
    }

    /**
     * The settings as they are now.
     *
     * @throws IllegalArgumentException for a value outside its range
     */
    public MultipathSettings build() {
      if (ios < 1 || maxPathLosses < 1) {
        throw new IllegalArgumentException("ios and maxPathLosses start at 1");
      }
      if (bytes < 0 || noPathRetryMs < 0 || taskRetries < 0 || putOffMs < 0) {
        throw new IllegalArgumentException("limits and waits are not negative");
      }
      if (latencyProbes < 1 || latencyIntervalMs < 1 || failbackDelayMs < 1) {
        throw new IllegalArgumentException("probes start at 1, their interval and delays at 1 ms");
      }
      if (maxCheckerIntervalMs != 0 && maxCheckerIntervalMs < checkerIntervalMs) {
        throw new IllegalArgumentException(
            "maxCheckerIntervalMs is 0, or checkerIntervalMs at least");
      }
      if (checkerIntervalMs < 1 || retryDelayMs < 1 || ioTimeoutMs < 1) {
        throw new IllegalArgumentException("intervals start at 1 ms");
      }
      return new MultipathSettings(new Builder(this));
    }
  }
}
