package io.pathproof.initiator.multipath;

import java.util.HashMap;
import java.util.Map;

/** An I/O that has not ended: what multipathing remembers of it. */
final class Io<T> {
  static final int NO_PATH = -1;
  static final long NEVER = Long.MIN_VALUE;

  final T handle;
  final IoTraits traits;
  final long submittedNs;

  /** Order of submission; keeps I/Os due at one moment in that order. */
  final long sequence;

  int attempts;

  /** The attempt under way, or null while none is. */
  Attempt<T> inFlight;

  /** The path of the last attempt, or {@link #NO_PATH} before the first. */
  int lastPath = NO_PATH;

  AttemptResult lastResult;

  /** Whether an attempt that failed may have changed the medium. */
  boolean mayHaveTakenEffect;

  /**
   * Where the next attempt has to go, or null (a unit attention is cleared on its own nexus only).
   */
  PathEntry pinned;

  int taskRetries;
  int pathLosses;

  /** Since when the target puts it off (busy, transitioning); meaningful if so. */
  long putOffSinceNs;

  boolean putOff;

  /** Whether it waits for a dead nexus to be fenced rather than for the target. */
  boolean held;

  /** Since when; meaningful if so. */
  long heldSinceNs;

  /** Whether its own path's session is all that it waits for; meaningful if it is held. */
  boolean heldForOwnLogin;

  /**
   * How long its next attempt has waited for other nexuses' fences in all. Waiting for the path
   * itself is no cost of fencing.
   */
  long heldNs;

  /**
   * What ended the wait of its next attempt, or what ended its last one there; null for nothing.
   */
  Fence fence;

  long dueNs;

  /**
   * What may still carry out a write of this I/O although it failed there, with how often it had
   * been fenced by then.
   */
  private Map<Nexus, Long> leftBehind = Map.of();

  Io(T handle, IoTraits traits, long submittedNs, long sequence) {
    this.handle = handle;
    this.traits = traits;
    this.submittedNs = submittedNs;
    this.sequence = sequence;
  }

  void leftBehindOn(Nexus nexus) {
    if (leftBehind.isEmpty()) {
      leftBehind = new HashMap<>();
    }
    leftBehind.put(nexus, nexus.fencings);
  }

  /** Whether another nexus than the one that this path has now may still carry it out. */
  boolean isUnfencedBeside(int path) {
    for (Map.Entry<Nexus, Long> each : leftBehind.entrySet()) {
      Nexus nexus = each.getKey();
      boolean beside = nexus.path != path || nexus.replaced;
      if (beside && nexus.fencings == each.getValue()) {
        return true;
      }
    }
    return false;
  }

  /** What fenced the nexus that a former attempt was left behind on, or null if nothing has. */
  Fence fenceOfFormer() {
    for (Map.Entry<Nexus, Long> each : leftBehind.entrySet()) {
      if (each.getKey().fencings > each.getValue()) {
        return each.getKey().lastFence;
      }
    }
    return null;
  }

  /** Forgets what cannot be carried out any more. */
  void forgetFenced() {
    if (!leftBehind.isEmpty()) {
      leftBehind.entrySet().removeIf(each -> each.getKey().fencings > each.getValue());
    }
  }

  /** Whether the nexus that this path has now may still carry it out. */
  boolean followsItselfOn(int path) {
    for (Map.Entry<Nexus, Long> each : leftBehind.entrySet()) {
      Nexus nexus = each.getKey();
      if (nexus.path == path && !nexus.replaced && nexus.fencings == each.getValue()) {
        return true;
      }
    }
    return false;
  }

  IoOutcome outcomeOnFailure() {
    return traits.write() && mayHaveTakenEffect ? IoOutcome.INDETERMINATE : IoOutcome.FAILED;
  }
}
