package io.pathproof.targets.array.system;

import java.util.Optional;

/** Nodes and ports that go out of service and come back, and what hosts see of it at once. */
final class Outages {
  private final Layout layout;
  private final Nodes nodes;
  private final Addresses addresses;
  private final VolumeOwners volumes;
  private final Departures departures;
  private final Journal journal;
  private final ArrayEffects effects;

  Outages(
      Layout layout,
      Nodes nodes,
      Addresses addresses,
      VolumeOwners volumes,
      Departures departures,
      Journal journal,
      ArrayEffects effects) {
    this.layout = layout;
    this.nodes = nodes;
    this.addresses = addresses;
    this.volumes = volumes;
    this.departures = departures;
    this.journal = journal;
    this.effects = effects;
  }

  /** Takes a node out at once: {@link Action#PAUSE}, {@link Action#STOP} or {@link Action#KILL}. */
  void breakNode(String node, Action outage, long nowNs) {
    Nodes.Condition condition = nodes.of(node);
    boolean worked = works(node);
    if (!condition.outages.add(outage)) {
      return;
    }
    journal.add(
        nowNs,
        node,
        node
            + switch (outage) {
              case PAUSE -> " paused";
              case STOP -> " stopped";
              default -> " killed";
            });
    if (outage == Action.PAUSE) {
      return;
    }
    for (Address address : addresses.atNode(node)) {
      if (outage == Action.STOP) {
        effects.closeConnections(address);
      } else if (!addresses.awaitsTakeover(address)) {
        // No one takes its addresses over: its own kernel closes what was open.
        effects.resetConnections(address);
      }
    }
    if (outage == Action.KILL) {
      links(node, false);
    }
    if (worked) {
      effects.nodeDown(node, nowNs);
    }
  }

  /** Without power no link is up, except where a port's link is down for itself already. */
  private void links(String node, boolean up) {
    for (Layout.PortPlace port : layout.portsOf(node)) {
      if (nodes.portUp(port.ref())) {
        effects.link(port.ref(), up);
      }
    }
  }

  /**
   * Takes a node out in order.
   *
   * @throws RefusedException where it is not serving
   */
  void announce(String node, Action kind, long nowNs) {
    if (nodes.of(node).standing() != Nodes.Standing.SERVING) {
      throw new RefusedException(
          node + " is " + nodes.of(node).word(), "restore it before it is taken out in order");
    }
    journal.add(
        nowNs,
        node,
        node
            + switch (kind) {
              case REMOVE -> " removed";
              case REPLACE -> " removed, to be replaced";
              default -> " goes into maintenance";
            });
    departures.begin(node, kind, nowNs);
  }

  private boolean works(String node) {
    return switch (nodes.of(node).standing()) {
      case SERVING, PAUSED, LEAVING -> true;
      case CLOSED, DEAD -> false;
    };
  }

  /** Takes one outage of a node back; does nothing where it has none such. */
  void rejoin(String node, Action outage, long nowNs) {
    Nodes.Condition condition = nodes.of(node);
    boolean worked = works(node);
    boolean dead = condition.standing() == Nodes.Standing.DEAD;
    if (!condition.outages.remove(outage)) {
      return;
    }
    if (outage == Action.REPLACE) {
      condition.generation++;
    }
    if (!condition.announced()) {
      condition.left = false;
      volumes.force(node, Optional.empty(), nowNs);
    }
    if (dead) {
      links(node, true);
      // Whatever was open before, it has forgotten.
      addresses.atNode(node).forEach(effects::resetConnections);
    }
    if (!worked && works(node)) {
      effects.nodeUp(node, nowNs);
    }
    journal.add(
        nowNs,
        node,
        node
            + switch (outage) {
              case PAUSE -> " goes on";
              case REPLACE -> " joins as " + nodes.serial(node);
              case REMOVE -> " joins again";
              default -> " back";
            });
  }

  /** {@link Action#DOWN}. */
  void portDown(String port, long nowNs) {
    boolean powered = nodes.ofPort(port).standing() != Nodes.Standing.DEAD;
    if (nodes.setPort(port, false)) {
      if (powered) {
        effects.link(port, false);
      }
      journal.add(nowNs, port, port + " down");
    }
  }

  /** Takes {@link Action#DOWN} back. */
  void portUp(String port, long nowNs) {
    boolean powered = nodes.ofPort(port).standing() != Nodes.Standing.DEAD;
    if (nodes.setPort(port, true)) {
      if (powered) {
        effects.link(port, true);
      }
      journal.add(nowNs, port, port + " up");
    }
  }

  /**
   * Closes a port to hosts in part, its link aside, or opens it again.
   *
   * @param how one of {@link Nodes#CLOSING}
   */
  void closePort(String port, Action how, boolean closed, long nowNs) {
    if (!nodes.close(port, how, closed)) {
      return;
    }
    if (how == Action.MASK_LUNS) {
      effects.mapped(port, !closed);
      journal.add(nowNs, port, port + (closed ? " has no LUN mapped" : " has its LUNs mapped"));
      return;
    }
    if (how == Action.HOLD_COMMANDS) {
      effects.holdCommands(port, closed, nowNs);
      journal.add(nowNs, port, port + (closed ? " holds commands" : " carries out commands"));
      return;
    }
    if (closed) {
      addresses.at(port).forEach(effects::closeConnections);
    }
    journal.add(nowNs, port, port + (closed ? " denies logins" : " takes logins"));
  }
}
