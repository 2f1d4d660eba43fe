package io.pathproof.initiator.multipath;

import io.pathproof.initiator.multipath.FencePolicy.Mode;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which writes have to wait because an older one may still land, and until when; asks for the
 * fences that they wait for. Reads never wait, nor do writes to other blocks. Belongs to a {@link
 * MultipathCore}.
 *
 * <p>A write whose blocks a lost nexus may still write is not given to that path's session while it
 * is down either, although the session would keep it: it may log in elsewhere, as where the address
 * has moved, and would then send it to a nexus that fences nothing.
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

  /** A former nexus of a path, while it may still carry out a write. */
  Optional<Nexus> former(int path, int number) {
    return strays.nexus(path, number);
  }

  /** What an I/O that is about to go down a path has to wait for. */
  enum Wait {
    NOTHING,
    /** The path's own session is to log in again: only then is it known which nexus it has. */
    OWN_LOGIN,
    /** Another nexus is to be fenced, and has been asked for. */
    FENCE
  }

  /** What an I/O has to wait for that would have this nexus. */
  Wait before(Io<?> io, Nexus own, long nowNs) {
    if (strays.isEmpty() || !io.traits.write()) {
      return Wait.NOTHING;
    }
    if (policy.mode() == Mode.HOLD) {
      strays.forgetUntil(nowNs - waitNs());
    }
    Wait wait = Wait.NOTHING;
    for (Nexus nexus : strays.nexuses(io.traits.blocks())) {
      if (nexus != own) {
        wait = Wait.FENCE;
        ask(nexus);
      } else if (wait == Wait.NOTHING) {
        wait = Wait.OWN_LOGIN;
      }
    }
    return wait;
  }

  private void ask(Nexus nexus) {
    if (!nexus.asked) {
      nexus.asked = true;
      effects.fence(nexus.path, nexus.number);
    }
  }

  /** Until when one that has to wait does, if no fence comes. */
  long waitEndNs(Io<?> io) {
    long own = io.submittedNs + ioTimeoutNs;
    if (policy.mode() == Mode.HOLD) {
      return Math.min(own, strays.lastLoss(io.traits.blocks()) + waitNs());
    }
    return waitNs() == 0 ? own : Math.min(own, io.heldSinceNs + waitNs());
  }

  private long waitNs() {
    return TimeUnit.MILLISECONDS.toNanos(policy.waitMs());
  }
}
