package io.pathproof.lab.topology;

import io.pathproof.lab.document.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A storage array: nodes that serve the same volumes from one shared store.
 *
 * <p>Of several arrays in one topology, each one's parts carry its name in front, here and wherever
 * they are referred to: node {@code pure1.node1}, port {@code pure1.node1.a}, volume {@code
 * pure1.vol0}. The parts of a topology's only array ({@code array:} in the file) have their bare
 * names.
 *
 * @param name its name in the file; {@link #ONLY} for the array of {@code array:}
 * @param kind which target serves it, such as {@code tgt} or {@code simulated}; empty: the engine's
 *     own choice. Engines bring their kinds: which there are is theirs to say
 * @param kindLine the line of {@code kind:} in the file; 0 where it does not say
 * @param targetName the iSCSI qualified name that all nodes answer to
 * @param nodes the nodes (controllers), by name, in file order
 * @param volumes the volumes, by name, in file order; the n-th is LUN n, counted from 1
 * @param chap what a login has to present, if anything
 * @param maxSessions how many sessions each node accepts at a time, for arrays that are to refuse
 *     more; 0 for no limit
 * @param virtualAddresses addresses that a port owns until it fails, by name, in file order; where
 *     there are any, discovery tells these alone
 * @param redirect what becomes of a login at a virtual address
 * @param takeoverMs after how long another port answers on the addresses of a failed one, in
 *     milliseconds; empty: a node's own addresses stay with it
 * @param alua asymmetric access
 */
public record ArraySpec(
    String name,
    String kind,
    int kindLine,
    String targetName,
    Map<String, NodeSpec> nodes,
    Map<String, VolumeSpec> volumes,
    Optional<ChapSpec> chap,
    int maxSessions,
    Map<String, VirtualAddressSpec> virtualAddresses,
    RedirectSpec redirect,
    OptionalLong takeoverMs,
    AluaSpec alua) {

  /** The name of the array of a topology that has {@code array:}. */
  public static final String ONLY = "array";

  /** A topology's only array, with what every array has. */
  public ArraySpec(
      String kind,
      String targetName,
      Map<String, NodeSpec> nodes,
      Map<String, VolumeSpec> volumes,
      Optional<ChapSpec> chap,
      int maxSessions) {
    this(
        ONLY,
        kind,
        0,
        targetName,
        nodes,
        volumes,
        chap,
        maxSessions,
        Map.of(),
        RedirectSpec.NEVER,
        OptionalLong.empty(),
        AluaSpec.NONE);
  }

  /** The same of another kind. */
  public ArraySpec withKind(String other) {
    return new ArraySpec(
        name,
        other,
        kindLine,
        targetName,
        nodes,
        volumes,
        chap,
        maxSessions,
        virtualAddresses,
        redirect,
        takeoverMs,
        alua);
  }

  /**
   * Why an engine that has these kinds alone, and one of its own choice, cannot have this array,
   * with the line and what may be meant; empty if it can.
   */
  public String refusedBy(Collection<String> kinds) {
    if (kind.isEmpty() || kinds.contains(kind)) {
      return "";
    }
    String line = kindLine == 0 ? "" : "line " + kindLine + ": ";
    return line
        + "array kind \""
        + kind
        + "\" is none of this engine's – "
        + Suggestion.remedy(kind, kinds);
  }

  /** A part's name within this array: {@code node1.a} of {@code pure1.node1.a}. */
  public String within(String part) {
    return !name.equals(ONLY) && part.startsWith(name + ".")
        ? part.substring(name.length() + 1)
        : part;
  }

  /** Whether that is this array's name, or the name of a node, port, address or volume of it. */
  public boolean has(String part) {
    return part.equals(name)
        || nodes.containsKey(part)
        || volumes.containsKey(part)
        || addresses().stream().anyMatch(address -> address.ref().equals(part));
  }

  /** Every address that a host may connect to: all ports, then all virtual addresses. */
  public List<PortSpec> addresses() {
    List<PortSpec> all = new ArrayList<>(ports());
    virtualAddresses.values().forEach(each -> all.add(each.port()));
    return List.copyOf(all);
  }

  /** Every port of every node, in file order. */
  public List<PortSpec> ports() {
    return nodes.values().stream().flatMap(node -> node.ports().values().stream()).toList();
  }
}
