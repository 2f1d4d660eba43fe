package io.pathproof.targets.array.system;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** In what condition nodes and ports are. */
final class Nodes {
  /** How far a node takes part. */
  enum Standing {
    SERVING,
    /** Frozen; everything stays where it is. */
    PAUSED,
    /** Still serves, and takes nothing new over: its volumes and commands are being seen off. */
    LEAVING,
    /** Shut down in order: its addresses refuse. */
    CLOSED,
    /** Without power: its addresses are silent. */
    DEAD
  }

  static final Set<Action> ANNOUNCED =
      EnumSet.of(Action.REMOVE, Action.REPLACE, Action.MAINTENANCE, Action.FIRMWARE_RESTART);

  /** A node's condition. */
  static final class Condition {
    final EnumSet<Action> outages = EnumSet.noneOf(Action.class);
    boolean failedOver;

    /** Whether an announced departure has come to its end. */
    boolean left;

    long leavingSinceNs;
    int generation = 1;

    Standing standing() {
      if (outages.contains(Action.KILL)) {
        return Standing.DEAD;
      }
      if (outages.contains(Action.STOP)) {
        return Standing.CLOSED;
      }
      if (announced()) {
        return left ? Standing.CLOSED : Standing.LEAVING;
      }
      return outages.contains(Action.PAUSE) ? Standing.PAUSED : Standing.SERVING;
    }

    boolean announced() {
      return outages.stream().anyMatch(ANNOUNCED::contains);
    }

    boolean removed() {
      return outages.contains(Action.REMOVE) || outages.contains(Action.REPLACE);
    }

    String word() {
      return switch (standing()) {
        case SERVING -> "running";
        case PAUSED -> "paused";
        case DEAD -> "killed";
        case LEAVING -> removed() ? "removed" : "maintenance";
        case CLOSED ->
            outages.contains(Action.STOP) ? "stopped" : removed() ? "removed" : "maintenance";
      };
    }
  }

  /** What closes a port to hosts in one way or another while its link is up. */
  static final List<Action> CLOSING =
      List.of(Action.DENY_LOGIN, Action.MASK_LUNS, Action.HOLD_COMMANDS);

  private final Layout layout;
  private final Map<String, Condition> conditions = new LinkedHashMap<>();
  private final Set<String> downPorts = new TreeSet<>();
  private final Map<Action, Set<String>> closedPorts =
      CLOSING.stream().collect(Collectors.toMap(how -> how, how -> new TreeSet<>()));

  Nodes(Layout layout) {
    this.layout = layout;
    layout.nodes().forEach(node -> conditions.put(node, new Condition()));
  }

  Condition of(String node) {
    return conditions.get(node);
  }

  Condition ofPort(String ref) {
    return conditions.get(layout.port(ref).node());
  }

  boolean portUp(String ref) {
    return !downPorts.contains(ref);
  }

  /** True if that changed something. */
  boolean setPort(String ref, boolean up) {
    return up ? downPorts.remove(ref) : downPorts.add(ref);
  }

  /** Whether a port denies logins, has its LUNs masked, or holds commands. */
  boolean closed(String ref, Action how) {
    return closedPorts.get(how).contains(ref);
  }

  /** True if that changed something. */
  boolean close(String ref, Action how, boolean closed) {
    return closed ? closedPorts.get(how).add(ref) : closedPorts.get(how).remove(ref);
  }

  /** The ports that do. */
  List<String> closedPorts(Action how) {
    return List.copyOf(closedPorts.get(how));
  }

  Set<String> downPorts() {
    return Set.copyOf(downPorts);
  }

  /** Whether the port can take an address over, or back. */
  boolean usable(String ref) {
    return portUp(ref) && ofPort(ref).standing() == Standing.SERVING;
  }

  /** Whether an address that is at the port stays there. */
  boolean holds(String ref) {
    Standing standing = ofPort(ref).standing();
    return portUp(ref) && standing != Standing.CLOSED && standing != Standing.DEAD;
  }

  /** Another one where the node was replaced. */
  String serial(String node) {
    return node + "-" + of(node).generation;
  }
}
