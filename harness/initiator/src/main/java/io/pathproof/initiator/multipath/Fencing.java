package io.pathproof.initiator.multipath;

import io.pathproof.initiator.multipath.FencePolicy.Mode;
import java.util.concurrent.TimeUnit;

/**
 * Which writes have to wait because an older one may still land, and until when; asks for the
 * fences that they wait for. Reads never wait, nor do writes to other blocks. Belongs to a {@link
 * MultipathCore}.
 */
final class Fencing {
  private final FencePolicy policy;
  private final long ioTimeoutNs;
  private final MultipathEffects<?> effects;
  private final StrayWrites strays = new StrayWrites();

  Fencing(FencePolicy policy, long ioTimeoutNs, MultipathEffects<?> effects) {
    this.policy = policy;
    this.ioTimeoutNs = ioTimeoutNs;
    this.effects = effects;
  }

  /** A write to these blocks was lost on that nexus, which may still carry it out. */
  void lost(Nexus nexus, BlockRange blocks, long nowNs) {
    if (policy.mode() != Mode.NONE) {
      strays.add(nexus, blocks, nowNs);
    }
  }

  /** The array has ended every task of that nexus. */
  void fenced(Nexus nexus, Fence fence) {
    nexus.fenced(fence);
    strays.fenced(nexus);
  }

  /**
   * Whether an I/O that is about to go down a path has to wait. If so, the nexuses that it waits
   * for are asked for.
   */
  boolean mustWait(Io<?> io, int path, long nowNs) {
    if (strays.isEmpty() || !io.traits.write()) {
      return false;
    }
    if (policy.mode() == Mode.HOLD) {
      strays.forgetUntil(nowNs - waitNs());
    }
    boolean must = false;
    for (Nexus nexus : strays.nexusesBeside(io.traits.blocks(), path)) {
      must = true;
      // a former nexus of a path that has another one is known to nobody any more
      if (!nexus.asked && !nexus.replaced) {
        nexus.asked = true;
        effects.fence(nexus.path);
      }
    }
    return must;
  }

  /** Until when one that has to wait does, if no fence comes. */
  long waitEndNs(Io<?> io, int path) {
    if (policy.mode() == Mode.HOLD) {
      return strays.lastLossBeside(io.traits.blocks(), path) + waitNs();
    }
    long own = io.submittedNs + ioTimeoutNs;
    return waitNs() == 0 ? own : Math.min(own, io.heldSinceNs + waitNs());
  }

  private long waitNs() {
    return TimeUnit.MILLISECONDS.toNanos(policy.waitMs());
  }
}
