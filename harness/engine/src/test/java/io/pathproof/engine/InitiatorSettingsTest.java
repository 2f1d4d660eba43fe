package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.pathproof.lab.topology.FenceSpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.protocol.scsi.Lun;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a host of a topology gets the settings that its file says. */
class InitiatorSettingsTest {
  private static void same(MultipathSpec spec, MultipathSettings settings) {
    assertThat(InitiatorSettings.multipath(spec)).usingRecursiveComparison().isEqualTo(settings);
  }

  @Test
  void everyTimerArrives() {
    assertThat(InitiatorSettings.timers(new TimerSpec(1, 2, 3, 4, 5, 6, 7, 8)))
        .isEqualTo(
            new SessionTimers(
                1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 7_000_000,
                8_000_000));
  }

  /** None of the values is a default of either side. */
  @Test
  void everyMultipathSettingArrives() {
    same(
        MultipathSpec.builder(MultipathSpec.Policy.ROUND_ROBIN)
            .ios(3)
            .bytes(4096)
            .retry(false)
            .failback(MultipathSpec.Failback.DEFERRED)
            .failbackDelayMs(1234)
            .noPathRetryMs(4321)
            .checkerIntervalMs(777)
            .maxCheckerIntervalMs(7770)
            .fence(new FenceSpec(FenceSpec.Mode.HOLD, 55))
            .latencyIntervalMs(99)
            .latencyProbes(5)
            .checker(MultipathSpec.Checker.READ)
            .flapping(new MultipathSpec.Flapping(3, 10, 30_000))
            .grouping(MultipathSpec.Grouping.MULTIBUS)
            .prioritizer(MultipathSpec.Prioritizer.WEIGHTED)
            .build(),
        MultipathSettings.builder()
            .policy(MultipathSettings.Policy.ROUND_ROBIN)
            .ios(3)
            .bytes(4096)
            .retry(false)
            .failback(Failback.DEFERRED)
            .failbackDelayMs(1234)
            .noPathRetryMs(4321)
            .checkerIntervalMs(777)
            .maxCheckerIntervalMs(7770)
            .fence(FencePolicy.hold(55))
            .latencyIntervalMs(99)
            .latencyProbes(5)
            .checker(CheckedBy.READ)
            .holdDown(HoldDown.flapping(3, 10, 30_000))
            .grouping(PathGrouping.MULTIBUS)
            .prioritizer(MultipathSettings.PrioritizedBy.WEIGHTED)
            .build());
  }

  @Test
  void aMarginalPathIsHeldDownByItsOwnRule() {
    MultipathSpec spec =
        MultipathSpec.builder(MultipathSpec.Policy.FAILOVER)
            .marginal(new MultipathSpec.Marginal(10_000, 120_000, 10, 300_000))
            .build();
    assertThat(InitiatorSettings.multipath(spec).holdDown())
        .isEqualTo(HoldDown.marginal(10_000, 120_000, 10, 300_000));
    MultipathSpec neither = MultipathSpec.builder(MultipathSpec.Policy.FAILOVER).build();
    assertThat(InitiatorSettings.multipath(neither).holdDown()).isEqualTo(HoldDown.OFF);
  }

  @Test
  void withoutMultipathingOnlyTheCheckerHasItsInterval() {
    same(
        MultipathSpec.builder(MultipathSpec.Policy.NONE)
            .retry(false)
            .checkerIntervalMs(777)
            .build(),
        MultipathSettings.singlePath(777));
  }

  @ParameterizedTest
  @EnumSource(MultipathSpec.Policy.class)
  void everyPolicyArrives(MultipathSpec.Policy policy) {
    assertThat(InitiatorSettings.multipath(MultipathSpec.builder(policy).build()).policy().name())
        .isEqualTo(policy.name());
  }

  private static final String TARGET = "iqn.2026-11.io.pathproof:fixture";

  /** An array with mutual CHAP, one without, and hosts that say all there is to say of paths. */
  private static Topology topology() {
    return TopologyLoader.parse(
        """
        topology: fixture
        fabrics: { blue: { subnet: 10.0.0.0/24 }, green: { subnet: 10.0.1.0/24 } }
        arrays:
          one:
            target-name: iqn.2026-11.io.pathproof:fixture
            chap: { user: u, secret: twelve-bytes!, mutual: { user: t, secret: other-twelve-bytes } }
            nodes:
              n1: { ports: { a: { fabric: blue, address: 10.0.0.1 } } }
              n2: { ports: { a: { fabric: green, address: 10.0.1.2, tcp-port: 3261 } } }
            volumes: { vol0: { size: 64MiB }, vol1: { size: 64MiB } }
          two:
            kind: simulated
            virtual-addresses: { vip: { address: 10.0.0.30, owner: n1.a } }
            nodes: { n1: { ports: { a: { fabric: blue, address: 10.0.0.3 } } } }
            volumes: { vol0: { size: 64MiB } }
        hosts:
          fixed:
            initiator-name: iqn.2026-11.io.pathproof:own
            multipath: { policy: fixed, preferred: { one.vol0: one.n2.a, one.vol1: nic0:one.n1.a } }
            timers: { login: 3s, task: 9s }
            adapters: { nic0: { fabric: blue, address: 10.0.0.101 }, nic1: { fabric: green, address: 10.0.1.101 } }
          every:
            multipath: { policy: fixed, preferred: one.n2.a }
            adapters: { nic0: { fabric: blue, address: 10.0.0.102 }, nic1: { fabric: green, address: 10.0.1.102 } }
          loads:
            multipath: { policy: service-time, throughput: { one.n1.a: 3 }, priority: { nic1:one.n2.a: 9 } }
            adapters: { nic0: { fabric: blue, address: 10.0.0.103 }, nic1: { fabric: green, address: 10.0.1.103 } }
        """,
        "fixture.yaml");
  }

  private static InitiatorSettings of(String host) {
    Topology topology = topology();
    return new InitiatorSettings(topology, topology.hosts().get(host));
  }

  private static PathOptions options(String host, String link, int lun) {
    InitiatorSettings settings = of(host);
    return settings.host().pathOptions().apply(path(settings, link, TARGET, lun));
  }

  private static HostPath path(InitiatorSettings settings, String link, String target, int lun) {
    HostLink way =
        settings.links().keySet().stream().filter(each -> each.id().equals(link)).findFirst().get();
    return new HostPath(way.id(), way, target, Lun.of(lun));
  }

  @Test
  void everyLinkIsAWayWithAnIsidOfItsOwnInFileOrder() {
    InitiatorSettings settings = of("fixed");
    assertThat(settings.host().links())
        .startsWith(
            new HostLink("nic0:one.n1.a", "nic0", new Portal("10.0.0.1", 3260), 0),
            new HostLink("nic0:two.n1.a", "nic0", new Portal("10.0.0.3", 3260), 1))
        .extracting(HostLink::id)
        .containsExactly("nic0:one.n1.a", "nic0:two.n1.a", "nic0:two.vip", "nic1:one.n2.a");
    assertThat(settings.host().links())
        .extracting(HostLink::isidQualifier)
        .containsExactly(0, 1, 2, 3);
    assertThat(settings.host().links().get(3).portal()).isEqualTo(new Portal("10.0.1.2", 3261));
    assertThat(settings.links().values())
        .startsWith(new LinkId("fixed.nic0", "one.n1.a"))
        .endsWith(new LinkId("fixed.nic1", "one.n2.a"));
  }

  @Test
  void whatTheHostIsAndWhereItAsksArrives() {
    HostSettings host = of("fixed").host();
    Topology topology = topology();
    assertThat(host.initiatorName()).isEqualTo("iqn.2026-11.io.pathproof:own");
    assertThat(host.targets()).containsExactlyInAnyOrder(TARGET, target(topology, "two"));
    assertThat(host.entries())
        .as("of an array with virtual addresses those alone")
        .extracting(HostLink::id)
        .containsExactly("nic0:one.n1.a", "nic0:two.vip", "nic1:one.n2.a");
    HostSpec spec = topology.hosts().get("fixed");
    assertThat(host.timers()).isEqualTo(InitiatorSettings.timers(spec.timers()));
    assertThat(host.timers().taskTimeoutNs()).isEqualTo(9_000_000_000L);
    same(spec.multipath(), host.multipath());
    assertThat(host.multipath().policy()).isEqualTo(MultipathSettings.Policy.FIXED);
    assertThat(host.offer()).isEqualTo(NegotiationOffer.defaults().withTime2Wait(0));
    assertThat(host.offer()).isNotEqualTo(NegotiationOffer.defaults());
  }

  private static String target(Topology topology, String array) {
    return topology.arrays().get(array).targetName();
  }

  @Test
  void aPathIsPreferredForItsVolumeOrForAll() {
    assertThat(options("fixed", "nic1:one.n2.a", 1).preferred()).isTrue();
    assertThat(options("fixed", "nic0:one.n1.a", 1).preferred()).isFalse();
    assertThat(options("fixed", "nic0:one.n1.a", 2).preferred()).isTrue();
    assertThat(options("fixed", "nic1:one.n2.a", 2).preferred()).isFalse();
    assertThat(options("every", "nic1:one.n2.a", 1).preferred()).isTrue();
    assertThat(options("every", "nic0:one.n1.a", 1).preferred()).isFalse();
    assertThat(options("loads", "nic0:one.n1.a", 1).preferred()).isFalse();
  }

  @Test
  void throughputAndWeightArriveByPath() {
    assertThat(options("loads", "nic0:one.n1.a", 1)).isEqualTo(new PathOptions(false, 3, 0));
    assertThat(options("loads", "nic1:one.n2.a", 1)).isEqualTo(new PathOptions(false, 1, 9));
    assertThat(options("loads", "nic0:two.n1.a", 1)).isEqualTo(PathOptions.DEFAULT);
  }

  @Test
  void aTargetHasTheSecretsOfItsArray() {
    Map<String, ChapSettings> chap = of("fixed").host().targetChap();
    assertThat(chap)
        .containsExactly(
            Map.entry(
                TARGET,
                new ChapSettings(
                    new ChapCredentials("u", "twelve-bytes!"),
                    Optional.of(new ChapCredentials("t", "other-twelve-bytes")))));
  }

  @Test
  void aVolumeIsKnownByItsTargetAndLun() {
    InitiatorSettings settings = of("fixed");
    String two = target(topology(), "two");
    assertThat(settings.volume(path(settings, "nic0:one.n1.a", TARGET, 2))).isEqualTo("one.vol1");
    assertThat(settings.volume(path(settings, "nic0:two.vip", two, 1))).isEqualTo("two.vol0");
    assertThat(settings.volume(path(settings, "nic0:two.vip", two, 2))).isEqualTo("LUN 2");
  }

  private static TargetOptions targetOptions(String discovered, String at) {
    Topology topology =
        TopologyLoader.parse(
            """
            topology: vsphere
            fabrics: { san: { subnet: 10.0.0.0/24 } }
            array:
              nodes:
                ct0: { ports: { a: { fabric: san, address: 10.0.0.10 } } }
                ct1: { ports: { a: { fabric: san, address: 10.0.0.11 } } }
                ct2: { ports: { a: { fabric: san, address: 10.0.0.12 } } }
              volumes: { vol0: { size: 64MiB } }
            hosts:
              esx1:
                adapters: { vmnic0: { fabric: san } }
                switches: { vSwitch1: { adapters: [vmnic0] } }
                vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.101 } }
                targets:
                  dynamic: [{ address: 10.0.0.10, login-timeout: 30s, delayed-ack: off }, { address: 10.0.0.12 }]
                  static: [{ address: 10.0.0.11, login-timeout: 6s }]
              plain: { multipath: none, adapters: { nic0: { fabric: san, address: 10.0.0.102 } } }
            """,
            "vsphere.yaml");
    String host = discovered.startsWith("nic0") ? "plain" : "esx1";
    InitiatorSettings settings = new InitiatorSettings(topology, topology.hosts().get(host));
    return settings
        .host()
        .targetOptions()
        .of(path(settings, discovered, TARGET, 1).link(), path(settings, at, TARGET, 1).link());
  }

  @Test
  void whatIsSetForATargetCascadesFromWhereItWasDiscovered() {
    assertThat(targetOptions("vmk1:ct0.a", "vmk1:ct2.a"))
        .isEqualTo(new TargetOptions(OptionalLong.of(30_000_000_000L), false));
    assertThat(targetOptions("vmk1:ct0.a", "vmk1:ct1.a"))
        .isEqualTo(new TargetOptions(OptionalLong.of(6_000_000_000L), false));
    assertThat(targetOptions("vmk1:ct2.a", "vmk1:ct1.a"))
        .isEqualTo(new TargetOptions(OptionalLong.of(6_000_000_000L), true));
    assertThat(targetOptions("vmk1:ct2.a", "vmk1:ct0.a")).isEqualTo(TargetOptions.INHERITED);
    assertThat(targetOptions("nic0:ct0.a", "nic0:ct1.a")).isEqualTo(TargetOptions.INHERITED);
  }
}
