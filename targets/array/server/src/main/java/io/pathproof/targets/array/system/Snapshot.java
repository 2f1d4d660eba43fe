package io.pathproof.targets.array.system;

import java.util.List;
import java.util.Map;

/**
 * The array's state at one moment. Two snapshots are equal exactly when no state has changed and no
 * address moved; nothing volatile (sessions, counters, times) is in it.
 *
 * @param nodes by name
 */
public record Snapshot(Map<String, NodeState> nodes) {
  /**
   * A node.
   *
   * @param state {@code running}, {@code paused}, {@code stopped}, {@code killed}, {@code removed}
   *     or {@code maintenance}
   * @param serial changes when the node is replaced
   * @param ports by reference, such as {@code node1.a}
   * @param accessStates by volume name: the ALUA state of this node's target port group, or {@code
   *     no access states (TPGS=0)}
   */
  public record NodeState(
      String state, String serial, Map<String, PortState> ports, Map<String, String> accessStates) {
    /** All addresses at the node's ports, sorted. */
    public List<String> addresses() {
      return ports.values().stream().flatMap(port -> port.addresses().stream()).sorted().toList();
    }

    /** All places where the node answers, {@code address:tcpPort}, sorted. */
    public List<String> portals() {
      return ports.values().stream().flatMap(port -> port.portals().stream()).sorted().toList();
    }
  }

  /**
   * A port.
   *
   * @param state {@code up} or {@code down}
   * @param addresses the IP addresses that are at it, sorted; where several are the same, with
   *     names: {@code vip (127.0.0.1:3264)}
   * @param portals those of them that are answered on, {@code address:tcpPort}, sorted
   */
  public record PortState(String state, List<String> addresses, List<String> portals) {}
}
