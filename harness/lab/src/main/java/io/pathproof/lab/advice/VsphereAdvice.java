package io.pathproof.lab.advice;

import static io.pathproof.lab.advice.Findings.seconds;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.vsphere.Compliance;
import io.pathproof.lab.vsphere.IscsiTargets;
import io.pathproof.lab.vsphere.NetworkState;
import io.pathproof.lab.vsphere.VmkernelPort;
import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The parameters of a vSphere host's targets, and the binding of its ports. */
final class VsphereAdvice {
  private static final String BINDING_PAGE = "VMware vSphere Storage, \"Port Binding\"";

  private final HostSpec host;
  private final VsphereNetwork network;
  private final Findings found;

  VsphereAdvice(HostSpec host, VsphereNetwork network, Findings found) {
    this.host = host;
    this.network = network;
    this.found = found;
  }

  void targets() {
    login(network.targets());
    delayedAck(network.targets());
  }

  private void login(IscsiTargets targets) {
    Map<Long, List<String>> departing = new TreeMap<>();
    for (IscsiTargets.Target target : targets.dynamic()) {
      long own = target.parameters().loginTimeoutMs().orElse(host.timers().loginTimeoutMs());
      if (own < TimerAdvice.ESXI_LOGIN_MS) {
        departing.computeIfAbsent(own, each -> new ArrayList<>()).add(target.portal());
      }
    }
    departing.forEach(
        (own, portals) ->
            TimerAdvice.esxiLogin(
                found,
                "targets: { dynamic: [{ login-timeout }] }",
                seconds(own) + " at " + String.join(", ", portals),
                "login-timeout: 30s at the dynamic target, from where its static targets have it"));
    for (IscsiTargets.Target target : targets.fixed()) {
      long own = target.parameters().loginTimeoutMs().orElse(TimerAdvice.ESXI_LOGIN_MS);
      if (own < TimerAdvice.ESXI_LOGIN_MS) {
        TimerAdvice.esxiLogin(
            found,
            "targets: { static: [{ login-timeout }] }",
            seconds(own) + " at " + target.portal(),
            "leave out login-timeout there: its dynamic target's holds then");
      }
    }
  }

  private void delayedAck(IscsiTargets targets) {
    if (targets.dynamic().isEmpty()) {
      delayedAck("targets: { dynamic: [{ delayed-ack }] }", "on (nothing is set)");
    }
    String held =
        targets.dynamic().stream()
            .filter(target -> target.parameters().delayedAck().orElse(true))
            .map(IscsiTargets.Target::portal)
            .collect(Collectors.joining(", "));
    if (!held.isEmpty()) {
      delayedAck("targets: { dynamic: [{ delayed-ack }] }", "on at " + held);
    }
    targets.fixed().stream()
        .filter(target -> target.parameters().delayedAck().orElse(false))
        .forEach(
            target ->
                delayedAck("targets: { static: [{ delayed-ack }] }", "on at " + target.portal()));
  }

  private void delayedAck(String setting, String set) {
    found.add(
        setting,
        set,
        "off (DelayedAck)",
        Findings.PURE,
        Findings.PURE_PAGE,
        "when the network is congested the host holds back acknowledgements that the array waits"
            + " for, and latency rises",
        "delayed-ack: off at the dynamic target; on ESXi clear DelayedAck in the advanced options"
            + " of the adapter or its dynamic targets, and log in again");
  }

  /** Bound ports that are of no use, and how many physical adapters carry sessions. */
  void portBinding() {
    NetworkState state = new NetworkState(network);
    for (String port : network.bound().orElse(List.of())) {
      Compliance compliance = state.compliance(port);
      if (!compliance.compliant()) {
        found.add(
            "port-binding: " + port,
            "not compliant (" + compliance.cause().word() + "): " + compliance.reason(),
            "exactly one active adapter, which leads to the port's network, and none in standby",
            Findings.VMWARE,
            BINDING_PAGE,
            network.forced()
                ? "binding was forced: its sessions may leave by an adapter that leads elsewhere"
                : "a bound port that is not compliant carries no sessions",
            compliance.remedy());
      }
    }
    Set<String> carrying = new TreeSet<>();
    for (VmkernelPort port : network.ports().values()) {
      if (state.uses(port.name(), port.fabric())) {
        state.uplink(port.name()).ifPresent(carrying::add);
      }
    }
    if (carrying.size() == 1 && host.multipath().policy() != MultipathSpec.Policy.NONE) {
      boolean spare = network.adapters().size() > 1;
      found.add(
          "port-binding: number of physical adapters that sessions leave by",
          "1",
          "2, each with a bound VMkernel port of its own",
          Findings.VMWARE,
          BINDING_PAGE,
          Findings.ONE_ADAPTER,
          spare
              ? "give each physical adapter a VMkernel port with it alone active and the others"
                  + " unused, and bind them all (port-binding: [vmk1, vmk2])"
              : "give the host a second physical adapter, and bind a VMkernel port of its own");
    }
  }
}
