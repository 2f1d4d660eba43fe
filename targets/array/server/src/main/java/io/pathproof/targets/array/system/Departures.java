package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.AccessState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Nodes that leave after an announcement: their volumes go first, then commands in flight are seen
 * off, then connections are closed in order.
 */
final class Departures {
  /** How long commands in flight are waited for. */
  static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);

  /** How often it is looked whether any are left. */
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Layout layout;
  private final Nodes nodes;
  private final Addresses addresses;
  private final VolumeOwners volumes;
  private final Journal journal;
  private final ArrayEffects effects;
  private long nextLookNs = Long.MAX_VALUE;

  Departures(
      Layout layout,
      Nodes nodes,
      Addresses addresses,
      VolumeOwners volumes,
      Journal journal,
      ArrayEffects effects) {
    this.layout = layout;
    this.nodes = nodes;
    this.addresses = addresses;
    this.volumes = volumes;
    this.journal = journal;
    this.effects = effects;
  }

  void begin(String node, Action kind, long nowNs) {
    Nodes.Condition condition = nodes.of(node);
    condition.outages.add(kind);
    condition.left = false;
    condition.leavingSinceNs = nowNs;
    nextLookNs = nowNs;
    volumes.settle(nowNs);
    volumes.force(node, Optional.of(AccessState.UNAVAILABLE), nowNs);
  }

  /** Lets those leave that may by now. */
  void settle(long nowNs) {
    nextLookNs = Long.MAX_VALUE;
    for (String node : layout.nodes()) {
      Nodes.Condition condition = nodes.of(node);
      if (condition.standing() != Nodes.Standing.LEAVING) {
        continue;
      }
      long inTransitionUntilNs = condition.leavingSinceNs + volumes.transitionNs();
      if (nowNs < inTransitionUntilNs) {
        nextLookNs = Math.min(nextLookNs, inTransitionUntilNs);
      } else if (inFlight(node) > 0 && nowNs < inTransitionUntilNs + PATIENCE_NS) {
        nextLookNs = Math.min(nextLookNs, nowNs + LOOK_NS);
      } else {
        List<Address> left = addresses.atNode(node);
        condition.left = true;
        left.forEach(effects::closeConnections);
        effects.nodeDown(node, nowNs);
        journal.add(nowNs, node, node + " has left: its connections are closed");
      }
    }
  }

  private int inFlight(String node) {
    return effects.sessions().stream()
        .filter(session -> layout.port(session.port()).node().equals(node))
        .mapToInt(LiveSession::commandsInFlight)
        .sum();
  }

  long nextDeadlineNs() {
    return nextLookNs;
  }
}
