package io.pathproof.lab.vsphere;

import io.pathproof.lab.vsphere.VirtualSwitch.LoadBalancing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A host with adapters a and b on blue, c on green, two ports on blue. */
final class TwoPorts {
  static final Optional<Teaming> INHERITED = Optional.empty();

  static Teaming order(String active, String standby) {
    return new Teaming(list(active), list(standby));
  }

  static List<String> list(String names) {
    return names == null || names.isBlank() ? List.of() : List.of(names.split(" "));
  }

  static NetworkState state(
      Teaming ofSwitch,
      LoadBalancing balancing,
      boolean failback,
      Optional<Teaming> ofVmk1,
      Optional<Teaming> ofVmk2,
      String... bound) {
    Map<String, PhysicalAdapter> adapters = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c")) {
      String fabric = name.equals("c") ? "green" : "blue";
      adapters.put(name, new PhysicalAdapter(name, fabric, OptionalLong.empty()));
    }
    Map<String, VmkernelPort> ports = new LinkedHashMap<>();
    ports.put("vmk1", new VmkernelPort("vmk1", "sw", "blue", "10.0.0.1", ofVmk1));
    ports.put("vmk2", new VmkernelPort("vmk2", "sw", "blue", "10.0.0.2", ofVmk2));
    return new NetworkState(
        new VsphereNetwork(
            adapters,
            Map.of("sw", new VirtualSwitch("sw", List.of("a", "b"), ofSwitch, balancing, failback)),
            ports,
            bound.length == 0 ? Optional.empty() : Optional.of(List.of(bound)),
            false,
            IscsiTargets.NONE));
  }

  static NetworkState bound(Teaming ofSwitch, Optional<Teaming> ofVmk1) {
    return state(
        ofSwitch,
        LoadBalancing.EXPLICIT_FAILOVER_ORDER,
        true,
        ofVmk1,
        Optional.of(order("b", "")),
        "vmk1",
        "vmk2");
  }

  static NetworkState unboundTeam(boolean failback) {
    return state(
        order("a b", ""), LoadBalancing.ORIGINATING_PORT_ID, failback, INHERITED, INHERITED);
  }

  private TwoPorts() {}
}
