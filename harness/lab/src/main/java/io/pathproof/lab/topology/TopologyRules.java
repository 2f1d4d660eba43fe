package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import io.pathproof.lab.document.Suggestion;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What has to hold between the parts of a topology. */
final class TopologyRules {
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
    for (NodeSpec node : topology.array().nodes().values()) {
      for (PortSpec port : node.ports().values()) {
        DocumentNode.Mapping at = mapping("array", "nodes", node.name(), "ports", port.name());
        endpoint("array port " + port.ref(), port.fabric(), port.address(), at);
      }
    }
    virtualAddresses();
    alua();
    for (HostSpec host : topology.hosts().values()) {
      host(host);
    }
    distinct("fabric", topology.fabrics().keySet(), "fabrics");
    distinct("node", topology.array().nodes().keySet(), "array", "nodes");
    distinct("host", topology.hosts().keySet(), "hosts");
    distinct(
        "virtual address",
        topology.array().virtualAddresses().keySet(),
        "array",
        "virtual-addresses");
    distinct("link", links, "links");
    initiatorNames();
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

  private void virtualAddresses() {
    Map<String, PortSpec> ports = new HashMap<>();
    topology.array().ports().forEach(port -> ports.put(port.ref(), port));
    topology
        .array()
        .virtualAddresses()
        .forEach(
            (name, address) -> {
              DocumentNode.Mapping at = mapping("array", "virtual-addresses", name);
              if (!ports.containsKey(address.owner())) {
                problems.at(
                    value(at, "owner"),
                    "virtual address " + name + ": there is no array port " + address.owner(),
                    Suggestion.remedy(address.owner(), ports.keySet()));
                return;
              }
              PortSpec port = address.port();
              endpoint("virtual address " + name, port.fabric(), port.address(), at);
            });
  }

  private void alua() {
    AluaSpec alua = topology.array().alua();
    if (alua.mode() != AluaSpec.Mode.NONE && topology.array().nodes().size() == 1) {
      problems.at(
          mapping("array").fields().get("alua"),
          "asymmetric access of an array with one node",
          "add a second node, or remove alua:");
    }
    topology
        .array()
        .volumes()
        .forEach(
            (name, volume) ->
                volume
                    .owner()
                    .filter(owner -> !topology.array().nodes().containsKey(owner))
                    .ifPresent(
                        owner ->
                            problems.at(
                                value(mapping("array", "volumes", name), "owner"),
                                "volume " + name + ": there is no node " + owner,
                                Suggestion.remedy(owner, topology.array().nodes().keySet()))));
  }

  private void host(HostSpec host) {
    Map<String, String> adapterIn = new HashMap<>();
    for (AdapterSpec adapter : host.adapters().values()) {
      DocumentNode.Mapping at = mapping("hosts", host.name(), "adapters", adapter.name());
      endpoint("adapter " + adapter.ref(), adapter.fabric(), adapter.address(), at);
      String other = adapterIn.putIfAbsent(adapter.fabric(), adapter.name());
      if (other != null
          && !host.portBinding()
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
        && !host.adapters().isEmpty()
        && !topology.array().ports().isEmpty()
        && topology.linksOf(host).isEmpty()) {
      problems.at(
          mapping("hosts", host.name()),
          "host " + host.name() + " reaches no port of the array",
          "attach it to a fabric that has array ports, or add routed: true");
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
  private void distinct(String kind, Collection<String> names, String... path) {
    for (String name : names) {
      String other = kindOf.putIfAbsent(name, kind);
      if (other != null) {
        problems.at(
            mapping(path).fields().get(name),
            "the " + kind + " " + name + " has the name of a " + other,
            "rename one: scenarios name places by these names");
      }
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

  private static DocumentNode value(DocumentNode.Mapping mapping, String key) {
    return mapping.fields().get(key).value();
  }
}
