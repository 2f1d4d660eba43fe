package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.vsphere.IscsiTargets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What has to hold between the parts of a topology. */
final class TopologyRules {
  /** Characters of a path's name: what the stamp of a block has room for. */
  static final int PATH_NAME_LIMIT = 79;

  private final Topology topology;
  private final DocumentNode.Mapping root;
  private final Problems problems;
  private final Map<String, Subnet> subnets = new LinkedHashMap<>();
  private final Map<String, String> ownerOf = new HashMap<>();
  private final Map<String, String> kindOf = new HashMap<>();

  /**
   * @param root the document, for the places of what is wrong
   */
  TopologyRules(Topology topology, DocumentNode.Mapping root, Problems problems) {
    this.topology = topology;
    this.root = root;
    this.problems = problems;
  }

  /**
   * @param links the names of the named links
   */
  void check(Collection<String> links) {
    subnets();
    for (ArraySpec array : topology.arrays().values()) {
      for (NodeSpec node : array.nodes().values()) {
        for (PortSpec port : node.ports().values()) {
          DocumentNode.Mapping at =
              mapping(array, "nodes", array.within(node.name()), "ports", port.name());
          endpoint("array port " + port.ref(), port.fabric(), port.address(), at);
        }
      }
      virtualAddresses(array);
      alua(array);
    }
    targetNames();
    for (HostSpec host : topology.hosts().values()) {
      host(host);
    }
    distinct("fabric", topology.fabrics().keySet(), "fabrics");
    for (ArraySpec array : topology.arrays().values()) {
      if (root.fields().containsKey("arrays")) {
        distinct("array", List.of(array.name()), "arrays");
      }
      distinct("node", array.nodes().keySet(), array, "nodes");
    }
    distinct("host", topology.hosts().keySet(), "hosts");
    for (ArraySpec array : topology.arrays().values()) {
      distinct("virtual address", array.virtualAddresses().keySet(), array, "virtual-addresses");
    }
    distinct("link", links, "links");
    initiatorNames();
    pathNames();
  }

  /** A path's name goes into the stamp of every block that is written over it. */
  private void pathNames() {
    for (HostSpec host : topology.hosts().values()) {
      for (LinkId link : topology.linksOf(host)) {
        String path = topology.adapter(link.adapter()).name() + ":" + link.port();
        if (path.length() > PATH_NAME_LIMIT) {
          problems.at(
              mapping("hosts", host.name()),
              "the path "
                  + path
                  + " of host "
                  + host.name()
                  + " has a name of more than "
                  + PATH_NAME_LIMIT
                  + " characters",
              "give its adapter, array, node or port a shorter name");
          return;
        }
      }
    }
  }

  private void subnets() {
    for (FabricSpec fabric : topology.fabrics().values()) {
      Subnet subnet = Subnet.parse(fabric.subnet());
      subnets.forEach(
          (name, other) -> {
            if (subnet.overlaps(other)) {
              problems.at(
                  value(mapping("fabrics", fabric.name()), "subnet"),
                  "the subnets of fabrics " + name + " and " + fabric.name() + " overlap",
                  "give each fabric a subnet of its own");
            }
          });
      subnets.put(fabric.name(), subnet);
    }
  }

  private void virtualAddresses(ArraySpec array) {
    Map<String, PortSpec> ports = new HashMap<>();
    array.ports().forEach(port -> ports.put(port.ref(), port));
    array
        .virtualAddresses()
        .forEach(
            (name, address) -> {
              DocumentNode.Mapping at = mapping(array, "virtual-addresses", array.within(name));
              if (!ports.containsKey(address.owner())) {
                String owner = array.within(address.owner());
                problems.at(
                    value(at, "owner"),
                    "virtual address " + name + ": there is no array port " + owner,
                    Suggestion.remedy(owner, within(array, ports.keySet())));
                return;
              }
              PortSpec port = address.port();
              endpoint("virtual address " + name, port.fabric(), port.address(), at);
            });
  }

  private static List<String> within(ArraySpec array, Collection<String> parts) {
    return parts.stream().map(array::within).toList();
  }

  private void alua(ArraySpec array) {
    if (array.alua().mode() != AluaSpec.Mode.NONE && array.nodes().size() == 1) {
      problems.at(
          mapping(array).fields().get("alua"),
          "asymmetric access of an array with one node",
          "add a second node, or remove alua:");
    }
    array
        .volumes()
        .forEach(
            (name, volume) ->
                volume
                    .owner()
                    .filter(owner -> !array.nodes().containsKey(owner))
                    .map(array::within)
                    .ifPresent(
                        owner ->
                            problems.at(
                                value(mapping(array, "volumes", array.within(name)), "owner"),
                                "volume " + name + ": there is no node " + owner,
                                Suggestion.remedy(owner, within(array, array.nodes().keySet())))));
  }

  /** By its target's name a host tells one array from another, and so do volumes' identities. */
  private void targetNames() {
    Map<String, String> arrayOf = new HashMap<>();
    for (ArraySpec array : topology.arrays().values()) {
      String other = arrayOf.putIfAbsent(array.targetName(), array.name());
      if (other != null) {
        problems.at(
            mapping(array),
            "arrays " + other + " and " + array.name() + " have one target name",
            "give each a target-name of its own: a host would take them for one");
      }
    }
  }

  private void host(HostSpec host) {
    Map<String, String> adapterIn = new HashMap<>();
    for (AdapterSpec adapter : host.adapters().values()) {
      boolean vmkernel = host.vsphere().isPresent();
      DocumentNode.Mapping at =
          mapping("hosts", host.name(), vmkernel ? "vmkernel" : "adapters", adapter.name());
      String what = vmkernel ? "VMkernel port " : "adapter ";
      endpoint(what + adapter.ref(), adapter.fabric(), adapter.address(), at);
      String other = adapterIn.putIfAbsent(adapter.fabric(), adapter.name());
      if (other != null
          && !host.portBinding()
          && !vmkernel
          && topology.fabrics().containsKey(adapter.fabric())) {
        problems.at(
            value(at, "fabric"),
            "adapters "
                + other
                + " and "
                + adapter.name()
                + " of "
                + host.name()
                + " are in one subnet (fabric "
                + adapter.fabric()
                + ")",
            "attach each to a fabric of its own: within one subnet both would leave by one"
                + " interface; or say port-binding: on, where the host binds each session");
      }
    }
    new MultipathRules(topology, host, mapping("hosts", host.name()), problems).check();
    boolean fabricsKnown =
        host.adapters().values().stream()
            .allMatch(adapter -> topology.fabrics().containsKey(adapter.fabric()));
    if (fabricsKnown
        && wholly(host)
        && portsWholly()
        && !host.adapters().isEmpty()
        && !topology.ports().isEmpty()
        && topology.linksOf(host).isEmpty()) {
      problems.at(
          mapping("hosts", host.name()),
          "host " + host.name() + " reaches no port of the array",
          "attach it to a fabric that has array ports, or add routed: true");
    }
    if (portsWholly()) {
      host.vsphere().ifPresent(network -> targets(host, network.targets()));
    }
  }

  /**
   * Whether all of a host's ways out could be read: only then it is said what they do not reach.
   */
  private boolean wholly(HostSpec host) {
    String key = host.vsphere().isPresent() ? "vmkernel" : "adapters";
    return wholly(mapping("hosts", host.name()), key, host.adapters().keySet());
  }

  /** The same of the ports and virtual addresses of all arrays, and of their fabrics. */
  private boolean portsWholly() {
    for (ArraySpec array : topology.arrays().values()) {
      DocumentNode.Mapping at = mapping(array);
      if (!wholly(at, "nodes", within(array, array.nodes().keySet()))
          || !wholly(at, "virtual-addresses", within(array, array.virtualAddresses().keySet()))) {
        return false;
      }
      for (NodeSpec node : array.nodes().values()) {
        DocumentNode.Mapping keys = mapping(array, "nodes", array.within(node.name()));
        if (!wholly(keys, "ports", node.ports().keySet())) {
          return false;
        }
      }
    }
    return topology.ports().stream()
        .allMatch(port -> topology.fabrics().containsKey(port.fabric()));
  }

  private static boolean wholly(DocumentNode.Mapping at, String key, Collection<String> read) {
    DocumentNode.Field field = at.fields().get(key);
    return field == null
        || field.value() instanceof DocumentNode.Mapping mapping
            && read.containsAll(mapping.fields().keySet());
  }

  /** Every target that a host names is a portal of the array. */
  private void targets(HostSpec host, IscsiTargets targets) {
    List<String> portals = topology.addresses().stream().map(PortSpec::portal).toList();
    Stream.concat(targets.dynamic().stream(), targets.fixed().stream())
        .map(IscsiTargets.Target::portal)
        .filter(portal -> !portals.contains(portal))
        .forEach(
            portal ->
                problems.at(
                    mapping("hosts", host.name()).fields().get("targets"),
                    "host " + host.name() + ": no array has a portal " + portal,
                    Suggestion.remedy(portal, portals)));
    if (portals.stream().anyMatch(targets::discoversAt)
        && wholly(host)
        && !topology.linksOf(host).isEmpty()
        && topology.discoveryLinksOf(host).isEmpty()) {
      problems.at(
          mapping("hosts", host.name()).fields().get("targets"),
          "host " + host.name() + " reaches none of its dynamic targets",
          "name a portal in a network that it has a VMkernel port in, or add routed: true");
    }
  }

  /** One end of a link: its fabric exists, its address is in it, and nobody else has it. */
  private void endpoint(String what, String fabric, String address, DocumentNode.Mapping at) {
    if (!topology.fabrics().containsKey(fabric)) {
      if (!declared(fabric)) {
        problems.at(
            value(at, at.fields().containsKey("fabric") ? "fabric" : "address"),
            what + ": unknown fabric " + fabric,
            Suggestion.remedy(fabric, topology.fabrics().keySet()));
      }
      return;
    }
    Subnet subnet = subnets.get(fabric);
    long number;
    try {
      number = Subnet.address(address);
    } catch (BadValueException e) {
      return; // told where it was read
    }
    String subnetText = topology.fabrics().get(fabric).subnet();
    if (!subnet.contains(number)) {
      problems.at(
          value(at, "address"),
          what + ": " + address + " is outside of " + subnetText + " (fabric " + fabric + ")",
          "use a free address of that subnet, or another fabric");
    } else if (subnet.isNetworkOrBroadcast(number)) {
      problems.at(
          value(at, "address"),
          what + ": " + address + " is the network or broadcast address of " + subnetText,
          "use an address between them");
    }
    String other = ownerOf.putIfAbsent(address, what);
    if (other != null) {
      problems.at(
          value(at, "address"),
          what + " has the address " + address + " of " + other,
          "give each an address of its own");
    }
  }

  /** A fabric that is in the file but could not be read has been reported already. */
  private boolean declared(String fabric) {
    DocumentNode.Field fabrics = root.fields().get("fabrics");
    return fabrics != null
        && fabrics.value() instanceof DocumentNode.Mapping mapping
        && mapping.fields().containsKey(fabric);
  }

  /** A fault names a fabric, node or link by its bare name, so that name must mean one thing. */
  private void distinct(String kind, Collection<String> names, String path) {
    names.forEach(name -> distinct(kind, name, mapping(path).fields().get(name)));
  }

  private void distinct(String kind, Collection<String> names, ArraySpec array, String path) {
    for (String name : names) {
      distinct(kind, name, mapping(array, path).fields().get(array.within(name)));
    }
  }

  private void distinct(String kind, String name, DocumentNode.Field at) {
    String other = kindOf.putIfAbsent(name, kind);
    if (other != null) {
      problems.at(
          at,
          "the "
              + kind
              + " "
              + name
              + " has the name of "
              + (other.equals("array") ? "an " : "a ")
              + other,
          "rename one: scenarios name places by these names");
    }
  }

  private void initiatorNames() {
    Map<String, String> hostOf = new HashMap<>();
    for (HostSpec host : topology.hosts().values()) {
      String other = hostOf.putIfAbsent(host.initiatorName(), host.name());
      if (other != null) {
        problems.at(
            mapping("hosts", host.name()),
            "hosts " + other + " and " + host.name() + " have one initiator name",
            "give each an initiator-name of its own: the array would take them for one");
      }
    }
  }

  private DocumentNode.Mapping mapping(String... path) {
    DocumentNode.Mapping at = root;
    for (String key : path) {
      at = (DocumentNode.Mapping) at.fields().get(key).value();
    }
    return at;
  }

  private DocumentNode.Mapping mapping(ArraySpec array, String... path) {
    List<String> whole = new ArrayList<>();
    whole.addAll(
        root.fields().containsKey("arrays") ? List.of("arrays", array.name()) : List.of("array"));
    whole.addAll(List.of(path));
    return mapping(whole.toArray(String[]::new));
  }

  private static DocumentNode value(DocumentNode.Mapping mapping, String key) {
    return mapping.fields().get(key).value();
  }
}
