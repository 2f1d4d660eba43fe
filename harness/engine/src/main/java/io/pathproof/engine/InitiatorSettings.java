package io.pathproof.engine;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.HostPath;
import io.pathproof.initiator.host.HostSettings;
import io.pathproof.initiator.host.TargetOptions;
import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.HoldDown;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.PathGrouping;
import io.pathproof.initiator.multipath.PathOptions;
import io.pathproof.initiator.session.ChapCredentials;
import io.pathproof.initiator.session.ChapSettings;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.ChapSpec;
import io.pathproof.lab.topology.FenceSpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.VolumeSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What a topology says of a host, in the terms of our initiator. */
final class InitiatorSettings {
  private final Topology topology;
  private final HostSpec spec;

  /** In file order. */
  private final Map<HostLink, LinkId> links = new LinkedHashMap<>();

  InitiatorSettings(Topology topology, HostSpec spec) {
    this.topology = topology;
    this.spec = spec;
    for (LinkId link : topology.linksOf(spec)) {
      PortSpec port = topology.port(link.port());
      String adapter = topology.adapter(link.adapter()).name();
      // ISID qualifiers count from 0 in file order: distinct on a host, the same in every run.
      HostLink way =
          new HostLink(
              adapter + ":" + port.ref(),
              adapter,
              new Portal(port.address(), port.tcpPort()),
              links.size());
      links.put(way, link);
    }
  }

  /** The host's ways to portals, each with its link. */
  Map<HostLink, LinkId> links() {
    return links;
  }

  HostSettings host() {
    return HostSettings.builder(spec.initiatorName(), List.copyOf(links.keySet()))
        .targets(
            topology.arrays().values().stream()
                .map(ArraySpec::targetName)
                .collect(Collectors.toSet()))
        .timers(timers(spec.timers()))
        .multipath(multipath(spec.multipath()))
        // As long as the array asks for, and no longer: a lab wants to see a failover in
        // seconds.
        .offer(NegotiationOffer.defaults().withTime2Wait(0))
        .entries(
            links.keySet().stream()
                .filter(way -> topology.discoveryLinksOf(spec).contains(links.get(way)))
                .toList())
        .pathOptions(this::options)
        .targetChap(chap(topology))
        .targetOptions((discovered, way) -> targetOptions(spec, discovered, way))
        .build();
  }

  private static TargetOptions targetOptions(HostSpec spec, HostLink discovered, HostLink way) {
    return spec.vsphere()
        .map(
            network ->
                network
                    .targets()
                    .parameters(discovered.portal().toString(), way.portal().toString()))
        .map(
            set ->
                new TargetOptions(
                    set.loginTimeoutMs().isPresent()
                        ? OptionalLong.of(
                            TimeUnit.MILLISECONDS.toNanos(set.loginTimeoutMs().getAsLong()))
                        : OptionalLong.empty(),
                    set.delayedAck().orElse(true)))
        .orElse(TargetOptions.INHERITED);
  }

  static SessionTimers timers(TimerSpec timers) {
    return SessionTimers.ofMillis(
            timers.loginTimeoutMs(),
            timers.nopIntervalMs(),
            timers.nopTimeoutMs(),
            timers.taskTimeoutMs(),
            timers.abortTimeoutMs(),
            timers.recoveryTimeoutMs(),
            timers.reconnectDelayMs())
        .withOverdueFloorNs(TimeUnit.MILLISECONDS.toNanos(timers.overdueMs()));
  }

  static MultipathSettings multipath(MultipathSpec multipath) {
    MultipathSettings.Builder settings =
        MultipathSettings.builder()
            .policy(MultipathSettings.Policy.valueOf(multipath.policy().name()))
            .checkerIntervalMs(multipath.checkerIntervalMs());
    if (multipath.policy() == MultipathSpec.Policy.NONE) {
      return settings.build();
    }
    if (multipath.failback() == MultipathSpec.Failback.DEFERRED) {
      settings.failbackDelayMs(multipath.failbackDelayMs());
    }
    return settings
        .ios(multipath.ios())
        .bytes(multipath.bytes())
        .retry(multipath.retry())
        .failback(Failback.valueOf(multipath.failback().name()))
        .noPathRetryMs(multipath.noPathRetryMs())
        .fence(fence(multipath.fence()))
        .latencyIntervalMs(multipath.latencyIntervalMs())
        .latencyProbes(multipath.latencyProbes())
        .checker(CheckedBy.valueOf(multipath.checker().name()))
        .maxCheckerIntervalMs(multipath.maxCheckerIntervalMs())
        .holdDown(holdDown(multipath))
        .grouping(PathGrouping.valueOf(multipath.grouping().name()))
        .prioritizer(MultipathSettings.PrioritizedBy.valueOf(multipath.prioritizer().name()))
        .build();
  }

  private static FencePolicy fence(FenceSpec fence) {
    return new FencePolicy(FencePolicy.Mode.valueOf(fence.mode().name()), fence.waitMs());
  }

  private static HoldDown holdDown(MultipathSpec multipath) {
    return multipath
        .flapping()
        .map(rule -> HoldDown.flapping(rule.failures(), rule.forget(), rule.holdMs()))
        .or(
            () ->
                multipath
                    .marginal()
                    .map(
                        rule ->
                            HoldDown.marginal(
                                rule.twiceWithinMs(),
                                rule.sampleMs(),
                                rule.errors(),
                                rule.recheckMs())))
        .orElse(HoldDown.OFF);
  }

  private PathOptions options(HostPath path) {
    MultipathSpec multipath = spec.multipath();
    Map<String, String> preferred = multipath.preferred();
    String designated =
        preferred.getOrDefault(
            volume(path), preferred.getOrDefault(MultipathSpec.EVERY_VOLUME, ""));
    return new PathOptions(
        MultipathSpec.names(designated, path.id()),
        saidOf(path, multipath.throughput(), PathOptions.DEFAULT.throughput()),
        saidOf(path, multipath.weights(), PathOptions.DEFAULT.weight()));
  }

  private static int saidOf(HostPath path, Map<String, Integer> said, int otherwise) {
    return said.entrySet().stream()
        .filter(each -> MultipathSpec.names(each.getKey(), path.id()))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(otherwise);
  }

  private static Map<String, ChapSettings> chap(Topology topology) {
    Map<String, ChapSettings> byTarget = new HashMap<>();
    for (ArraySpec array : topology.arrays().values()) {
      array.chap().ifPresent(chap -> byTarget.put(array.targetName(), chap(chap)));
    }
    return byTarget;
  }

  private static ChapSettings chap(ChapSpec chap) {
    return new ChapSettings(
        new ChapCredentials(chap.user(), chap.secret()),
        chap.mutual().map(mutual -> new ChapCredentials(mutual.user(), mutual.secret())));
  }

  /** The volume behind a path, by its target and LUN. */
  String volume(HostPath path) {
    int lun = path.lun().number().orElse(0);
    Optional<VolumeSpec> volume =
        topology.arrays().values().stream()
            .filter(array -> array.targetName().equals(path.target()))
            .flatMap(array -> array.volumes().values().stream())
            .filter(each -> each.lun() == lun)
            .findFirst();
    return volume.map(VolumeSpec::name).orElse("LUN " + lun);
  }
}
