package io.pathproof.targets.array.system;

import io.pathproof.protocol.scsi.AccessState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Which node owns which volume, and the access states that follow from it or were asked for. */
final class VolumeOwners {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long NOT = Long.MIN_VALUE;

  private static final class Ownership {
    final String home;
    String node;
    long orphanSinceNs = NOT;
    boolean despaired;

    Ownership(String home) {
      this.home = home;
      this.node = home;
    }
  }

  private final Layout layout;
  private final ArrayConfig config;
  private final Nodes nodes;
  private final Journal journal;
  private final ArrayEffects effects;
  private final Map<String, Ownership> volumes = new LinkedHashMap<>();

  /** States that were asked for, by node. */
  private final Map<String, AccessState> forced = new TreeMap<>();

  private long settledNs = Long.MIN_VALUE;

  VolumeOwners(
      Layout layout, ArrayConfig config, Nodes nodes, Journal journal, ArrayEffects effects) {
    this.layout = layout;
    this.config = config;
    this.nodes = nodes;
    this.journal = journal;
    this.effects = effects;
    String first = layout.nodes().get(0);
    config
        .volumes()
        .forEach(each -> volumes.put(each.name(), new Ownership(each.owner().orElse(first))));
  }

  String owner(String volume) {
    return volumes.get(volume).node;
  }

  boolean asymmetric() {
    return config.alua().mode() != ArrayConfig.Mode.NONE;
  }

  long transitionNs() {
    return asymmetric() ? TimeUnit.MILLISECONDS.toNanos(config.alua().transitionMs()) : 0;
  }

  /** When the transitions that have been begun are over. */
  long settledNs() {
    return settledNs;
  }

  /** Gives a node's group a state for every volume; empty: the configured one again. */
  void force(String node, Optional<AccessState> state, long nowNs) {
    if (state.isPresent() ? state.get() == forced.get(node) : !forced.containsKey(node)) {
      return;
    }
    if (state.isPresent()) {
      forced.put(node, state.get());
    } else {
      forced.remove(node);
    }
    apply(node, nowNs);
  }

  /** The state that a node's group was given; empty: the configured one. */
  Optional<AccessState> forced(String node) {
    return Optional.ofNullable(forced.get(node));
  }

  private void apply(String node, long nowNs) {
    if (!asymmetric()) {
      return;
    }
    for (Map.Entry<String, Ownership> each : volumes.entrySet()) {
      AccessState state = forced.get(node);
      if (state == null) {
        boolean owns = each.getValue().node.equals(node);
        state = owns ? AccessState.ACTIVE_OPTIMIZED : config.alua().partnerState();
      }
      effects.accessState(each.getKey(), layout.portGroup(node), state, transitionNs(), nowNs);
    }
    settledNs = Math.max(settledNs, nowNs + transitionNs());
  }

  /**
   * Makes owners preferred again where hosts have asked for something else (SET TARGET PORT GROUPS,
   * SPC-4 clause 6.45).
   */
  void preferOwners(long nowNs) {
    if (!asymmetric()) {
      return;
    }
    for (Map.Entry<String, Ownership> each : volumes.entrySet()) {
      String node = each.getValue().node;
      boolean preferred =
          effects.accessState(each.getKey(), layout.portGroup(node))
              == AccessState.ACTIVE_OPTIMIZED;
      if (!preferred && !forced.containsKey(node)) {
        effects.own(each.getKey(), node, transitionNs(), nowNs);
        journal.add(nowNs, each.getKey(), each.getKey() + " preferred at " + node + " again");
        settledNs = Math.max(settledNs, nowNs + transitionNs());
      }
    }
  }

  /** Whether the node keeps its volumes. */
  private boolean keeps(String node) {
    Nodes.Condition condition = nodes.of(node);
    return !condition.failedOver
        && (condition.standing() == Nodes.Standing.SERVING
            || condition.standing() == Nodes.Standing.PAUSED);
  }

  private boolean takes(String node) {
    return !nodes.of(node).failedOver && nodes.of(node).standing() == Nodes.Standing.SERVING;
  }

  /** Moves what is due. */
  void settle(long nowNs) {
    for (Map.Entry<String, Ownership> entry : volumes.entrySet()) {
      Ownership volume = entry.getValue();
      if (!volume.node.equals(volume.home) && takes(volume.home)) {
        move(entry.getKey(), volume, volume.home, nowNs);
      } else if (!keeps(volume.node)) {
        if (volume.orphanSinceNs == NOT) {
          volume.orphanSinceNs = nowNs;
        }
        if (dueNs(volume) <= nowNs) {
          Optional<String> partner =
              layout.partners(volume.node).stream().filter(this::takes).findFirst();
          partner.ifPresent(node -> move(entry.getKey(), volume, node, nowNs));
          volume.despaired = partner.isEmpty();
        }
      }
      if (keeps(volume.node)) {
        volume.orphanSinceNs = NOT;
        volume.despaired = false;
      }
    }
  }

  private void move(String name, Ownership volume, String to, long nowNs) {
    String from = volume.node;
    volume.node = to;
    effects.own(name, to, transitionNs(), nowNs);
    journal.add(nowNs, name, name + " moved from " + from + " to " + to);
    settledNs = Math.max(settledNs, nowNs + transitionNs());
    // Ownership sets the states of all groups; those that were asked for outlast it.
    forced.forEach(
        (node, state) ->
            effects.accessState(name, layout.portGroup(node), state, transitionNs(), nowNs));
  }

  /** An announced departure or a failover moves volumes at once; a death has to be noticed. */
  private long dueNs(Ownership volume) {
    boolean noticed =
        switch (nodes.of(volume.node).standing()) {
          case DEAD, CLOSED -> false;
          default -> true;
        };
    long waitMs = noticed ? 0 : config.takeoverMs().orElse(Addresses.DEFAULT_TAKEOVER_MS);
    return volume.orphanSinceNs + TimeUnit.MILLISECONDS.toNanos(waitMs);
  }

  long nextDeadlineNs() {
    long next = NEVER;
    for (Ownership volume : volumes.values()) {
      if (volume.orphanSinceNs != NOT && !volume.despaired) {
        next = Math.min(next, dueNs(volume));
      }
    }
    return next;
  }
}
