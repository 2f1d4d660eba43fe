package io.pathproof.initiator.multipath;

import java.util.HashMap;
import java.util.Map;

/** An I/O that has not ended: what multipathing remembers of it. */
final class Io<T> {
  static final int ANY_PATH = -1;
  static final long NEVER = Long.MIN_VALUE;

  final T handle;
  final IoTraits traits;
  final long submittedNs;

  /** Order of submission; keeps I/Os due at one moment in that order. */
  final long sequence;

  int attempts;

  /** The attempt under way, or null while none is. */
  Attempt<T> inFlight;

  /** The path of the last attempt, or {@link #ANY_PATH} before the first. */
  int lastPath = ANY_PATH;

  AttemptResult lastResult;

  /** Whether an attempt that failed may have changed the medium. */
  boolean mayHaveTakenEffect;

  /** Where the next attempt has to go (a unit attention is cleared on its own nexus only). */
  int pinnedPath = ANY_PATH;

  int taskRetries;
  int pathLosses;

  /** Since when the target puts it off (busy, transitioning); meaningful if so. */
  long putOffSinceNs;

  boolean putOff;

  /** Whether it waits for its dead nexus to be fenced rather than for the target. */
  boolean held;

  long dueNs;

  /** Paths whose dead nexus may still carry out a write of this I/O. */
  private Map<PathEntry, Loss> leftBehind = Map.of();

  /** When the nexus was lost, and how often the path had been fenced by then. */
  private record Loss(long atNs, long fencings) {}

  Io(T handle, IoTraits traits, long submittedNs, long sequence) {
    this.handle = handle;
    this.traits = traits;
    this.submittedNs = submittedNs;
    this.sequence = sequence;
  }

  void leftBehindOn(PathEntry path, long nowNs) {
    if (leftBehind.isEmpty()) {
      leftBehind = new HashMap<>();
    }
    leftBehind.put(path, new Loss(nowNs, path.fencings));
  }

  /** Whether the nexus of another path than this one may still carry it out. */
  boolean isUnfencedBeside(int path) {
    return lastLossBeside(path) != NEVER;
  }

  /**
   * When the latest nexus that is not fenced was lost, or {@link #NEVER}. The nexus of {@code path}
   * itself does not count: what is sent there follows its reinstatement.
   */
  long lastLossBeside(int path) {
    long latest = NEVER;
    for (Map.Entry<PathEntry, Loss> each : leftBehind.entrySet()) {
      PathEntry other = each.getKey();
      if (other.path != path && other.fencings == each.getValue().fencings()) {
        latest = Math.max(latest, each.getValue().atNs());
      }
    }
    return latest;
  }

  IoOutcome outcomeOnFailure() {
    return traits.write() && mayHaveTakenEffect ? IoOutcome.INDETERMINATE : IoOutcome.FAILED;
  }
}
