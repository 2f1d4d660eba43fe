package io.pathproof.lab.topology;

import io.pathproof.lab.vsphere.NetworkState;
import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A description of hosts, fabrics, arrays and the named links between them: the content of one
 * topology file. Immutable; becomes a running lab only through an engine.
 *
 * @param name the name that scenarios and suites refer to
 * @param fabrics the IP networks, by name, in file order
 * @param routed whether an adapter reaches portals on fabrics that its host has no adapter in
 * @param arrays the storage arrays, by name, in file order; at least one
 * @param hosts the hosts, by name, in file order
 * @param links named links (X, Y), by name; every other link is named by its two ends
 * @param source the file it was read from, or a description of where it came from
 */
public record Topology(
    String name,
    Map<String, FabricSpec> fabrics,
    boolean routed,
    Map<String, ArraySpec> arrays,
    Map<String, HostSpec> hosts,
    Map<String, NamedLink> links,
    String source) {

  /** The same with the kind of array that an engine chose, where the file does not say. */
  public Topology withArrayKind(String kind) {
    Map<String, ArraySpec> chosen = new LinkedHashMap<>();
    arrays.forEach(
        (array, spec) -> chosen.put(array, spec.kind().isEmpty() ? spec.withKind(kind) : spec));
    return new Topology(name, fabrics, routed, chosen, hosts, links, source);
  }

  /** The same with this array alone, for what is to be seen of it by itself. */
  public Topology only(ArraySpec array) {
    Map<String, NamedLink> its = new LinkedHashMap<>();
    for (NamedLink link : links.values()) {
      List<LinkId> covers = link.covers().stream().filter(id -> array.has(id.port())).toList();
      if (!covers.isEmpty()) {
        its.put(link.name(), new NamedLink(link.name(), link.from(), link.to(), covers));
      }
    }
    return new Topology(name, fabrics, routed, Map.of(array.name(), array), hosts, its, source);
  }

  /** The kinds of its arrays, each once: {@code simulated}, or {@code simulated, tgt}. */
  public String arrayKinds() {
    return arrays.values().stream()
        .map(ArraySpec::kind)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /**
   * The array that a name belongs to: its own, or that of a node, port, virtual address or volume;
   * throws {@link IllegalArgumentException} if there is none.
   */
  public ArraySpec arrayOf(String part) {
    return arrays.values().stream()
        .filter(array -> array.has(part))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no array has " + part + " in " + name));
  }

  /** The nodes of all arrays, by name, in file order. */
  public Map<String, NodeSpec> nodes() {
    return union(ArraySpec::nodes);
  }

  /** The volumes of all arrays, by name, in file order. */
  public Map<String, VolumeSpec> volumes() {
    return union(ArraySpec::volumes);
  }

  /** The virtual addresses of all arrays, by name, in file order. */
  public Map<String, VirtualAddressSpec> virtualAddresses() {
    return union(ArraySpec::virtualAddresses);
  }

  private <T> Map<String, T> union(Function<ArraySpec, Map<String, T>> parts) {
    Map<String, T> all = new LinkedHashMap<>();
    arrays.values().forEach(array -> all.putAll(parts.apply(array)));
    return Collections.unmodifiableMap(all);
  }

  /** The ports of all arrays, in file order. */
  public List<PortSpec> ports() {
    return arrays.values().stream().flatMap(array -> array.ports().stream()).toList();
  }

  /** Every address of every array that a host may connect to, array by array. */
  public List<PortSpec> addresses() {
    return arrays.values().stream().flatMap(array -> array.addresses().stream()).toList();
  }

  /**
   * Every (adapter, port) pair over which the given host can reach an array, in file order: ports
   * in the adapter's own fabric always; ports elsewhere only when the topology is routed and the
   * host has no adapter in that port's fabric (a host with one leaves by it: the connected route
   * wins). Of a vSphere host with port binding, those of its bound ports; without it, also those of
   * VMkernel ports that the route table would choose only if another one were not there.
   */
  public List<LinkId> linksOf(HostSpec host) {
    List<AdapterSpec> ends =
        host.adapters().values().stream().filter(adapter -> mayBeUsed(host, adapter)).toList();
    List<LinkId> found = new ArrayList<>();
    for (AdapterSpec adapter : ends) {
      for (PortSpec port : addresses()) {
        boolean connected = adapter.fabric().equals(port.fabric());
        boolean viaRouter =
            routed && ends.stream().noneMatch(other -> other.fabric().equals(port.fabric()));
        if (connected || viaRouter) {
          found.add(new LinkId(adapter.ref(), port.ref()));
        }
      }
    }
    return List.copyOf(found);
  }

  private static boolean mayBeUsed(HostSpec host, AdapterSpec end) {
    return host.vsphere()
        .flatMap(VsphereNetwork::bound)
        .map(bound -> bound.contains(end.name()))
        .orElse(true);
  }

  /**
   * Those of {@link #linksOf} that the host logs in over at first: the ones to virtual addresses if
   * an array has any (it then tells of no others, and leads there by redirection), else all; of a
   * vSphere host, those of ports that it uses.
   */
  public List<LinkId> entryLinksOf(HostSpec host) {
    Optional<NetworkState> network = host.vsphere().map(NetworkState::new);
    return linksOf(host).stream()
        .filter(
            link -> {
              Set<String> virtual = arrayOf(link.port()).virtualAddresses().keySet();
              return virtual.isEmpty() || virtual.contains(link.port());
            })
        .filter(
            link ->
                network
                    .map(
                        state ->
                            state.uses(adapter(link.adapter()).name(), port(link.port()).fabric()))
                    .orElse(true))
        .toList();
  }

  /**
   * Those links that a host discovers over, if it uses their VMkernel ports: all that are entries
   * of the arrays, or those to its dynamic targets.
   */
  public List<LinkId> discoveryLinksOf(HostSpec host) {
    return linksOf(host).stream()
        .filter(
            link -> {
              Set<String> virtual = arrayOf(link.port()).virtualAddresses().keySet();
              return virtual.isEmpty() || virtual.contains(link.port());
            })
        .filter(
            link ->
                host.vsphere()
                    .map(network -> network.targets().discoversAt(port(link.port()).portal()))
                    .orElse(true))
        .toList();
  }

  /** Every link of every host, in file order. */
  public List<LinkId> allLinks() {
    return hosts.values().stream().flatMap(host -> linksOf(host).stream()).toList();
  }

  /** The adapter named {@code host.adapter}; throws {@link IllegalArgumentException} if absent. */
  public AdapterSpec adapter(String ref) {
    return hosts.values().stream()
        .flatMap(host -> host.adapters().values().stream())
        .filter(adapter -> adapter.ref().equals(ref))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no adapter " + ref + " in " + name));
  }

  /**
   * The array port named {@code node.port} ({@code array.node.port} of several arrays), or the
   * virtual address of that name; throws {@link IllegalArgumentException} if absent.
   */
  public PortSpec port(String ref) {
    return addresses().stream()
        .filter(port -> port.ref().equals(ref))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no array port " + ref + " in " + name));
  }
}
