package io.pathproof.lab.advice;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.Topology;
import java.util.List;

/** Compares a topology's hosts with what the vendors of their kind advise. */
public final class SettingsAdvice {
  private SettingsAdvice() {}

  /** What departs on a host of the topology, in a fixed order. */
  public static List<Advice> of(Topology topology, HostSpec host) {
    Findings found = new Findings(host.name());
    Platform platform = Platform.of(host);
    new TimerAdvice(host, platform, found).compare();
    host.vsphere().ifPresent(network -> new VsphereAdvice(host, network, found).targets());
    new MultipathAdvice(topology, host, platform, found).compare();
    host.vsphere()
        .ifPresentOrElse(
            network -> new VsphereAdvice(host, network, found).portBinding(),
            () -> adapters(host, found));
    return found.all();
  }

  /** What of a host is compared with nobody's advice, and why: a sentence each. */
  public static List<String> notCompared(HostSpec host) {
    if (!Platform.labTimers(host)) {
      return List.of();
    }
    String timers =
        host.vsphere().isPresent()
            ? "timers, but for LoginTimeout: profile fast has a lab's, so short that a failover"
                + " is seen within seconds, which no vendor advises on; profile: esxi has VMware's"
            : "timers: profile fast has a lab's, so short that a failover is seen within seconds,"
                + " which no vendor advises on; with profile: open-iscsi, esxi or windows they are"
                + " compared with that vendor's advice, and multipath settings too, here with"
                + " multipath-tools'";
    return List.of(timers);
  }

  private static void adapters(HostSpec host, Findings found) {
    if (host.adapters().size() == 1 && host.multipath().policy() != MultipathSpec.Policy.NONE) {
      found.add(
          "adapters",
          "1",
          "2, on networks of their own",
          Findings.IBM,
          Findings.IBM_PAGE,
          Findings.ONE_ADAPTER,
          "give the host a second adapter on another fabric");
    }
  }
}
