package io.pathproof.lab.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A description of hosts, fabrics, one array and the named links between them: the content of one
 * topology file. Immutable; becomes a running lab only through an engine.
 *
 * @param name the name that scenarios and suites refer to
 * @param fabrics the IP networks, by name, in file order
 * @param routed whether an adapter reaches portals on fabrics that its host has no adapter in
 * @param array the storage array
 * @param hosts the hosts, by name, in file order
 * @param links named links (X, Y), by name; every other link is named by its two ends
 * @param source the file it was read from, or a description of where it came from
 */
public record Topology(
    String name,
    Map<String, FabricSpec> fabrics,
    boolean routed,
    ArraySpec array,
    Map<String, HostSpec> hosts,
    Map<String, NamedLink> links,
    String source) {

  /** The same with the kind of array that an engine chose, where the file does not say. */
  public Topology withArrayKind(String kind) {
    if (!array.kind().isEmpty()) {
      return this;
    }
    ArraySpec chosen =
        new ArraySpec(
            kind,
            array.targetName(),
            array.nodes(),
            array.volumes(),
            array.chap(),
            array.maxSessions(),
            array.virtualAddresses(),
            array.redirect(),
            array.takeoverMs(),
            array.alua());
    return new Topology(name, fabrics, routed, chosen, hosts, links, source);
  }

  /**
   * Every (adapter, port) pair over which the given host can reach the array, in file order: ports
   * in the adapter's own fabric always; ports elsewhere only when the topology is routed and the
   * host has no adapter in that port's fabric (a host with one leaves by it: the connected route
   * wins).
   */
  public List<LinkId> linksOf(HostSpec host) {
    List<LinkId> found = new ArrayList<>();
    for (AdapterSpec adapter : host.adapters().values()) {
      for (PortSpec port : array.addresses()) {
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
   * addresses if the array has any (it then tells of no others, and leads there by redirection),
   * else all.
   */
  public List<LinkId> entryLinksOf(HostSpec host) {
    return linksOf(host).stream()
        .filter(
            link ->
                array.virtualAddresses().isEmpty()
                    || array.virtualAddresses().containsKey(link.port()))
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
   * The array port named {@code node.port}, or the virtual address of that name; throws {@link
   * IllegalArgumentException} if absent.
   */
  public PortSpec port(String ref) {
    return array.addresses().stream()
        .filter(port -> port.ref().equals(ref))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no array port " + ref + " in " + name));
  }
}
