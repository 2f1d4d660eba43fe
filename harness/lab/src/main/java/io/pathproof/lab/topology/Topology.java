package io.pathproof.lab.topology;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   * wins).
   */
  public List<LinkId> linksOf(HostSpec host) {
    List<LinkId> found = new ArrayList<>();
    for (AdapterSpec adapter : host.adapters().values()) {
      for (PortSpec port : addresses()) {
        boolean connected = adapter.fabric().equals(port.fabric());
        boolean viaRouter =
            routed
                && host.adapters().values().stream()
                    .noneMatch(other -> other.fabric().equals(port.fabric()));
        if (connected || viaRouter) {
          found.add(new LinkId(adapter.ref(), port.ref()));
        }
      }
    }
    return List.copyOf(found);
  }

  /**
   * Those of {@link #linksOf} that the host discovers and logs in over: the ones to virtual
   * addresses if an array has any (it then tells of no others, and leads there by redirection),
   * else all.
   */
  public List<LinkId> entryLinksOf(HostSpec host) {
    return linksOf(host).stream()
        .filter(
            link -> {
              Set<String> virtual = arrayOf(link.port()).virtualAddresses().keySet();
              return virtual.isEmpty() || virtual.contains(link.port());
            })
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
