package io.pathproof.lab.fault;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.topology.LinkId;
import java.util.List;
import java.util.Optional;

/**
 * A fault and what it comes down to in one topology.
 *
 * @param fault what the scenario says
 * @param links the links to impair; for an action on the array, the links that lead to its place
 * @param nodes the node, port or {@code array} to act on; empty for an impairment
 * @param onHost the place on a vSphere host below its VMkernel ports, or one of these, that the
 *     fault is at; {@code links} are then those that may go over it, and the engine says which do
 */
public record ResolvedFault(
    Fault fault, List<LinkId> links, List<String> nodes, Optional<String> onHost) {
  /** A fault of links or of the array. */
  public ResolvedFault(Fault fault, List<LinkId> links, List<String> nodes) {
    this(fault, links, nodes, Optional.empty());
  }

  /** The scenario's words: {@code host2.nic0 -> node1.a silent-drop}. */
  public String text() {
    String how = fault.how().map(FaultWords::write).orElse("");
    String action = fault.action().map(ArrayAction::text).orElse("");
    String done = fault.hostAction().map(HostAction::text).orElse("");
    String way =
        switch (fault.direction()) {
          case BOTH -> "";
          case TO_ARRAY -> " to-array";
          case TO_HOST -> " to-host";
        };
    return fault.place() + " " + how + action + done + way;
  }
}
