package io.pathproof.lab.topology;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The storage array: nodes that serve the same volumes from one shared store.
 *
 * @param kind which target serves it, such as {@code tgt}
 * @param targetName the iSCSI qualified name that all nodes answer to
 * @param nodes the nodes (controllers), by name, in file order
 * @param volumes the volumes, by name, in file order; the n-th is LUN n, counted from 1
 * @param chap what a login has to present, if anything
 * @param maxSessions how many sessions each node accepts at a time, for arrays that are to refuse
 *     more; 0 for no limit
 */
public record ArraySpec(
    String kind,
    String targetName,
    Map<String, NodeSpec> nodes,
    Map<String, VolumeSpec> volumes,
    Optional<ChapSpec> chap,
    int maxSessions) {

  /** Every port of every node, in file order. */
  public List<PortSpec> ports() {
    return nodes.values().stream().flatMap(node -> node.ports().values().stream()).toList();
  }
}
