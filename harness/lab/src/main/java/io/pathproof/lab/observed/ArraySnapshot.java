package io.pathproof.lab.observed;

import java.util.List;
import java.util.Map;

/**
 * The array's state at one moment, told by the array itself. Two snapshots are equal exactly when
 * the array has changed no state and moved no address in between; so nothing volatile (sessions,
 * counters, times) belongs in it.
 *
 * @param nodes by node name
 */
public record ArraySnapshot(Map<String, NodeState> nodes) {
  /**
   * One node.
   *
   * @param state such as {@code running}
   * @param addresses its IP addresses with prefix, sorted
   * @param portals where it listens, {@code address:port}, sorted
   * @param accessStates by volume name: ALUA access state, or {@code none reported (TPGS=0)}, and
   *     whether the logical unit is online
   */
  public record NodeState(
      String state,
      List<String> addresses,
      List<String> portals,
      Map<String, String> accessStates) {}
}
