package io.pathproof.initiator.multipath;

/**
 * Shares by latency: every so often each path in turn carries a number of probing I/Os, and until
 * the next time a path gets I/O in the inverse ratio of the mean latency of its probes, so that a
 * slow path gets less. After ESXi's VMW_PSP_RR of type latency ({@code samplingCycles} 16, {@code
 * latencyEvalTime} 180000 ms; vSphere Storage, "Change Default Parameters for Latency Round
 * Robin"); how ESXi divides the I/O between two evaluations is not published, so the inverse ratio
 * is a choice made here. A path that joins, or is back, has all paths probed again.
 */
final class LatencyShares implements PathSelector {
  private final long intervalNs;
  private final int probes;
  private final RoundRobin turns;
  private final PathHeap heap = new PathHeap();
  private PathEntry[] paths = {};

  /** Whether probes are under way; while they are the paths take turns. */
  private boolean probing = true;

  /** How many paths have not answered all their probes. */
  private int unanswered;

  private long probedAtNs = Long.MIN_VALUE;

  /**
   * @param intervalNs between the end of one evaluation and the next
   * @param probes I/Os a path, from 1
   */
  LatencyShares(long intervalNs, int probes) {
    this.intervalNs = intervalNs;
    this.probes = probes;
    this.turns = new RoundRobin(probes, 0);
  }

  @Override
  public void candidates(PathEntry[] now) {
    PathEntry[] before = paths;
    paths = now;
    turns.candidates(now);
    boolean joined = false;
    for (PathEntry path : now) {
      joined |= !among(before, path);
    }
    if (joined) {
      probe();
    } else if (probing) {
      unanswered = 0;
      for (PathEntry path : now) {
        unanswered += path.probesAnswered < probes ? 1 : 0;
      }
      if (now.length > 0 && unanswered == 0) {
        share();
      }
    } else {
      heap.fill(now, now.length);
    }
  }

  private static boolean among(PathEntry[] paths, PathEntry path) {
    for (PathEntry each : paths) {
      if (each == path) {
        return true;
      }
    }
    return false;
  }

  private void probe() {
    probing = true;
    unanswered = paths.length;
    for (PathEntry path : paths) {
      path.probesAnswered = 0;
      path.probeNs = 0;
    }
  }

  /** A path's key is the time that it would have needed for what it was given since. */
  private void share() {
    probing = false;
    probedAtNs = Long.MIN_VALUE;
    for (PathEntry path : paths) {
      path.heapKey = 0;
    }
    heap.fill(paths, paths.length);
  }

  @Override
  public PathEntry next(boolean stay, long bytes) {
    return probing ? turns.next(stay, bytes) : heap.least();
  }

  @Override
  public void charge(PathEntry path, long bytes, long nowNs) {
    if (probing) {
      turns.charge(path, bytes, nowNs);
      return;
    }
    heap.change(path, path.heapKey + Math.max(1, path.probeNs / probes));
    heap.use(path);
    if (probedAtNs == Long.MIN_VALUE) {
      probedAtNs = nowNs;
    } else if (nowNs - probedAtNs >= intervalNs) {
      probe();
    }
  }

  @Override
  public void answered(PathEntry path, long latencyNs, long nowNs) {
    if (!probing || path.probesAnswered >= probes || !PathSelector.contains(paths, path)) {
      return;
    }
    path.probeNs += latencyNs;
    if (++path.probesAnswered == probes && --unanswered == 0) {
      share();
    }
  }
}
