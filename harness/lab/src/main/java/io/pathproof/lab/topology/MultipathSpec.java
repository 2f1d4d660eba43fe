package io.pathproof.lab.topology;

import java.util.Map;
import java.util.Optional;

/**
 * How a host uses several paths to one volume. The names and defaults are dm-multipath's
 * (multipath.conf(5)) unless said otherwise. Built by {@link #builder}, so that a further field
 * concerns its reader alone.
 *
 * @param policy which path carries the next I/O; {@link Policy#NONE}: every path is a device
 * @param ios round robin: I/Os sent down a path before the next one is chosen, from 1 (dm-multipath
 *     {@code rr_min_io_rq}, default 1; ESXi's I/O operation limit, default 1000)
 * @param bytes round robin: bytes after which the next path is chosen, or 0 for no such limit (ESXi
 *     has 10,485,760 beside its I/O limit)
 * @param retry whether an I/O that a lost path left behind is sent again on another path; false
 *     only to show that a host without it is found out
 * @param failback when a preferred path is taken again
 * @param failbackDelayMs for {@link Failback#DEFERRED}: after how long
 * @param noPathRetryMs what happens with no path left: 0 fails the I/O at once, n waits that many
 *     milliseconds for a path to come back and then fails, {@link #QUEUE} waits without end
 * @param checkerIntervalMs between two checks of a path that is down
 * @param preferred policy fixed: by volume the path that is to carry its I/O, as {@code node.port}
 *     or {@code adapter:node.port}; the volume {@link #EVERY_VOLUME} stands for all others
 * @param throughput policy service-time: relative throughput by path, 0 to 100, 1 where absent
 * @param latencyIntervalMs policy latency: between two evaluations (ESXi {@code latencyEvalTime})
 * @param latencyProbes policy latency: I/Os a path by which it is evaluated (ESXi {@code
 *     samplingCycles})
 * @param checker what a path's checker does
 * @param maxCheckerIntervalMs between two checks of a path in use, at most ({@code
 *     max_polling_interval}); 0: such a path is not checked
 * @param flapping when a path that comes and goes is held down
 * @param marginal when a path some of whose I/Os fail is held down
 * @param grouping which paths form a group
 * @param prioritizer what ranks paths and so groups
 * @param fence what a write waits for before it is sent again on another path
 * @param weights for {@link Prioritizer#WEIGHTED}: the rank by path, 0 where absent
 */
public record MultipathSpec(
    Policy policy,
    int ios,
    long bytes,
    boolean retry,
    Failback failback,
    long failbackDelayMs,
    long noPathRetryMs,
    long checkerIntervalMs,
    Map<String, String> preferred,
    Map<String, Integer> throughput,
    long latencyIntervalMs,
    int latencyProbes,
    Checker checker,
    long maxCheckerIntervalMs,
    Optional<Flapping> flapping,
    Optional<Marginal> marginal,
    Grouping grouping,
    Prioritizer prioritizer,
    FenceSpec fence,
    Map<String, Integer> weights) {

  /** {@link #noPathRetryMs}: an I/O waits for a path without end. */
  public static final long QUEUE = Long.MAX_VALUE;

  /** Key of {@link #preferred} for volumes that have none of their own. */
  public static final String EVERY_VOLUME = "";

  /** Path selection. */
  public enum Policy {
    /** No multipathing: each path is a device of its own. */
    NONE,
    /** One path carries all I/O until it fails. */
    FAILOVER,
    /** The designated path whenever it can (ESXi VMW_PSP_FIXED). */
    FIXED,
    /** The path that took over goes on when the former is back (ESXi VMW_PSP_MRU). */
    MOST_RECENTLY_USED,
    /** Paths take turns. */
    ROUND_ROBIN,
    /** The path with the fewest I/Os in flight. */
    QUEUE_LENGTH,
    /** The path with the fewest bytes in flight for its throughput. */
    SERVICE_TIME,
    /** Shares by measured latency (ESXi VMW_PSP_RR of type latency). */
    LATENCY
  }

  /** When a preferred path is taken again. */
  public enum Failback {
    /** As soon as its checker finds it up. */
    IMMEDIATE,
    /** Once it has been there for a while. */
    DEFERRED,
    /** When the array or another host made its group the one to use, or it was down as a whole. */
    FOLLOWOVER,
    /** Not until the path in use fails. */
    MANUAL
  }

  /** What a path's checker does. */
  public enum Checker {
    /** TEST UNIT READY. */
    TEST_UNIT_READY,
    /** A read of the first block. */
    READ,
    /** Nothing: the session's state is the path's. */
    SESSION
  }

  /**
   * A path that comes and goes ({@code san_path_err_threshold} and its kin).
   *
   * @param failures more than these hold it down, from 1
   * @param forget checker intervals in use for which one failure is forgotten, from 1
   * @param holdMs how long it then has to answer
   */
  public record Flapping(int failures, int forget, long holdMs) {}

  /**
   * A path some of whose I/Os fail ({@code marginal_path_double_failed_time} and its kin).
   *
   * @param twiceWithinMs two failures within this time make it suspect
   * @param sampleMs how long it is then read from
   * @param errors of a thousand reads, more of which hold it down
   * @param recheckMs how long, before it is read from again
   */
  public record Marginal(long twiceWithinMs, long sampleMs, int errors, long recheckMs) {}

  /** Which paths form a group. */
  public enum Grouping {
    /** Those of one priority. */
    BY_PRIORITY,
    /** Each is a group of its own. */
    FAILOVER,
    /** All are one group. */
    MULTIBUS
  }

  /** What ranks paths. */
  public enum Prioritizer {
    /** The access states that the array tells; where it tells none all are alike. */
    ALUA,
    /** All are alike. */
    CONSTANT,
    /** The file says it. */
    WEIGHTED
  }

  /** Takes copies. */
  public MultipathSpec {
    preferred = Map.copyOf(preferred);
    throughput = Map.copyOf(throughput);
    weights = Map.copyOf(weights);
  }

  /** Whether the paths of a group share the I/O, rather than one carrying it all. */
  public boolean shares() {
    return switch (policy) {
      case NONE, FAILOVER, FIXED, MOST_RECENTLY_USED -> false;
      case ROUND_ROBIN, QUEUE_LENGTH, SERVICE_TIME, LATENCY -> true;
    };
  }

  /** How many I/Os a path may carry in a row before another one's turn, from 1. */
  public int turn() {
    return switch (policy) {
      case ROUND_ROBIN -> ios;
      case LATENCY -> latencyProbes;
      default -> 1;
    };
  }

  /** Whether a path, {@code adapter:node.port}, is the one that a file names in either form. */
  public static boolean names(String text, String path) {
    return text.equals(path) || text.equals(path.substring(path.indexOf(':') + 1));
  }

  /** The defaults that are stated with each field. */
  public static Builder builder(Policy policy) {
    return new Builder(policy);
  }

  /** A specification in the making. */
  public static final class Builder {
    private final Policy policy;
    private int ios = 1;
    private long bytes;
    private boolean retry = true;
    private Failback failback = Failback.MANUAL;
    private long failbackDelayMs;
    private long noPathRetryMs;
    private long checkerIntervalMs = HostReader.CHECKER_INTERVAL_MS;
    private Map<String, String> preferred = Map.of();
    private Map<String, Integer> throughput = Map.of();
    private long latencyIntervalMs = 180_000;
    private int latencyProbes = 16;
    private Checker checker = Checker.TEST_UNIT_READY;
    private long maxCheckerIntervalMs;
    private Optional<Flapping> flapping = Optional.empty();
    private Optional<Marginal> marginal = Optional.empty();
    private Grouping grouping = Grouping.BY_PRIORITY;
    private Prioritizer prioritizer = Prioritizer.ALUA;
    private FenceSpec fence = HostReader.FENCE;
    private Map<String, Integer> weights = Map.of();

    private Builder(Policy policy) {
      this.policy = policy;
    }

    /** Sets {@link MultipathSpec#ios}. */
    public Builder ios(int value) {
      ios = value;
      return this;
    }

    /** Sets {@link MultipathSpec#bytes}. */
    public Builder bytes(long value) {
      bytes = value;
      return this;
    }

    /** Sets {@link MultipathSpec#retry}. */
    public Builder retry(boolean value) {
      retry = value;
      return this;
    }

    /** Sets {@link MultipathSpec#failback}. */
    public Builder failback(Failback value) {
      failback = value;
      return this;
    }

    /** Sets {@link MultipathSpec#failbackDelayMs}. */
    public Builder failbackDelayMs(long value) {
      failbackDelayMs = value;
      return this;
    }

    /** Sets {@link MultipathSpec#noPathRetryMs}. */
    public Builder noPathRetryMs(long value) {
      noPathRetryMs = value;
      return this;
    }

    /** Sets {@link MultipathSpec#checkerIntervalMs}. */
    public Builder checkerIntervalMs(long value) {
      checkerIntervalMs = value;
      return this;
    }

    /** Sets {@link MultipathSpec#preferred}. */
    public Builder preferred(Map<String, String> value) {
      preferred = value;
      return this;
    }

    /** Sets {@link MultipathSpec#throughput}. */
    public Builder throughput(Map<String, Integer> value) {
      throughput = value;
      return this;
    }

    /** Sets {@link MultipathSpec#latencyIntervalMs}. */
    public Builder latencyIntervalMs(long value) {
      latencyIntervalMs = value;
      return this;
    }

    /** Sets {@link MultipathSpec#latencyProbes}. */
    public Builder latencyProbes(int value) {
      latencyProbes = value;
      return this;
    }

    /** Sets {@link MultipathSpec#checker}. */
    public Builder checker(Checker value) {
      checker = value;
      return this;
    }

    /** Sets {@link MultipathSpec#maxCheckerIntervalMs}. */
    public Builder maxCheckerIntervalMs(long value) {
      maxCheckerIntervalMs = value;
      return this;
    }

    /** Sets {@link MultipathSpec#flapping}. */
    public Builder flapping(Flapping value) {
      flapping = Optional.of(value);
      return this;
    }

    /** Sets {@link MultipathSpec#marginal}. */
    public Builder marginal(Marginal value) {
      marginal = Optional.of(value);
      return this;
    }

    /** Sets {@link MultipathSpec#grouping}. */
    public Builder grouping(Grouping value) {
      grouping = value;
      return this;
    }

    /** Sets {@link MultipathSpec#prioritizer}. */
    public Builder prioritizer(Prioritizer value) {
      prioritizer = value;
      return this;
    }

    /** Sets {@link MultipathSpec#fence}. */
    public Builder fence(FenceSpec value) {
      fence = value;
      return this;
    }

    /** Sets {@link MultipathSpec#weights}. */
    public Builder weights(Map<String, Integer> value) {
      weights = value;
      return this;
    }

    /** The specification as it is now. */
    public MultipathSpec build() {
      return new MultipathSpec(
          policy,
          ios,
          bytes,
          retry,
          failback,
          failbackDelayMs,
          noPathRetryMs,
          checkerIntervalMs,
          preferred,
          throughput,
          latencyIntervalMs,
          latencyProbes,
          checker,
          maxCheckerIntervalMs,
          flapping,
          marginal,
          grouping,
          prioritizer,
          fence,
          weights);
    }
  }
}
