package io.pathproof.reports;

import io.pathproof.lab.topology.AdapterSpec;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.FabricSpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.NamedLink;
import io.pathproof.lab.topology.NodeSpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.VolumeSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The I/O group of the contract: two nodes, two networks, three hosts, links X and Y. */
final class SampleTopology {
  private SampleTopology() {}

  static Topology ioGroup() {
    return named("io-group", "host2");
  }

  /** The same, with names of the caller's choice for the topology and its second host. */
  static Topology named(String name, String host2) {
    Map<String, HostSpec> hosts = new LinkedHashMap<>();
    hosts.put(
        "host1",
        host("host1", MultipathSpec.Policy.NONE, 1, nic("host1", "nic0", "blue", "10.10.1.101")));
    hosts.put(
        host2,
        host(
            host2,
            MultipathSpec.Policy.ROUND_ROBIN,
            1000,
            nic(host2, "nic0", "blue", "10.10.1.102")));
    hosts.put(
        "host3",
        host(
            "host3",
            MultipathSpec.Policy.ROUND_ROBIN,
            1,
            nic("host3", "nic0", "blue", "10.10.1.103"),
            nic("host3", "nic1", "green", "10.10.2.103")));
    Map<String, FabricSpec> fabrics = new LinkedHashMap<>();
    fabrics.put("blue", new FabricSpec("blue", "10.10.1.0/24"));
    fabrics.put("green", new FabricSpec("green", "10.10.2.0/24"));
    Map<String, NodeSpec> nodes = new LinkedHashMap<>();
    nodes.put("node1", node("node1", "10.10.1.10", "10.10.2.10"));
    nodes.put("node2", node("node2", "10.10.1.11", "10.10.2.11"));
    ArraySpec array =
        new ArraySpec(
            "tgt",
            "iqn.2026-11.io.pathproof:io-group",
            nodes,
            Map.of("vol0", new VolumeSpec("vol0", 1, 256L << 20)),
            Optional.empty(),
            0);
    Map<String, ArraySpec> arrays = Map.of(ArraySpec.ONLY, array);
    Topology bare = new Topology(name, fabrics, true, arrays, hosts, Map.of(), "sample");
    Map<String, NamedLink> links = new LinkedHashMap<>();
    LinkId x = new LinkId("host1.nic0", "node1.a");
    links.put("X", new NamedLink("X", "host1.nic0", "node1.a", List.of(x)));
    links.put("Y", new NamedLink("Y", host2 + ".nic0", "blue", bare.linksOf(hosts.get(host2))));
    return new Topology(name, fabrics, true, arrays, hosts, links, "sample");
  }

  private static HostSpec host(
      String name, MultipathSpec.Policy policy, int ios, AdapterSpec... nics) {
    Map<String, AdapterSpec> adapters = new LinkedHashMap<>();
    for (AdapterSpec nic : nics) {
      adapters.put(nic.name(), nic);
    }
    return new HostSpec(
        name,
        "iqn.2026-11.io.pathproof:" + name,
        MultipathSpec.builder(policy)
            .ios(ios)
            .failback(MultipathSpec.Failback.IMMEDIATE)
            .checkerIntervalMs(500)
            .build(),
        new TimerSpec(2000, 500, 500, 2000, 500, 0, 500),
        adapters);
  }

  private static AdapterSpec nic(String host, String name, String fabric, String address) {
    return new AdapterSpec(host, name, fabric, address);
  }

  private static NodeSpec node(String name, String a, String b) {
    Map<String, PortSpec> ports = new LinkedHashMap<>();
    ports.put("a", new PortSpec(name, "a", "blue", a, 3260));
    ports.put("b", new PortSpec(name, "b", "green", b, 3260));
    return new NodeSpec(name, ports);
  }
}
