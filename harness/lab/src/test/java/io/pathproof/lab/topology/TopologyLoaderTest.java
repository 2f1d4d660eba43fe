package io.pathproof.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pathproof.lab.Examples;
import io.pathproof.lab.document.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyLoaderTest {
  private static List<Problem> problems(String yaml) {
    TopologyException refused =
        catchThrowableOfType(
            TopologyException.class, () -> TopologyLoader.parse(yaml, "io-group.yaml"));
    assertThat(refused).as("accepted: %s", yaml).isNotNull();
    return refused.problems();
  }

  @Test
  void theContractsTopologyLoads() {
    Topology topology = Examples.ioGroup();
    assertThat(topology.name()).isEqualTo("io-group");
    assertThat(topology.fabrics()).containsOnlyKeys("blue", "green");
    assertThat(topology.arrays().get("array").targetName())
        .isEqualTo("iqn.2026-11.io.pathproof:io-group");
    assertThat(topology.arrays().get("array").kind()).isEmpty();
    assertThat(topology.volumes()).isEqualTo(Map.of("vol0", new VolumeSpec("vol0", 1, 256L << 20)));
    assertThat(topology.ports())
        .extracting(PortSpec::portal)
        .containsExactly(
            "10.10.1.10:3260", "10.10.2.10:3260", "10.10.1.11:3260", "10.10.2.11:3260");
    HostSpec host1 = topology.hosts().get("host1");
    assertThat(host1.initiatorName()).isEqualTo("iqn.2026-11.io.pathproof:host1");
    assertThat(host1.multipath().policy()).isEqualTo(MultipathSpec.Policy.NONE);
    assertThat(host1.timers()).isEqualTo(new TimerSpec(5000, 500, 500, 5000, 1000, 1000, 250));
    HostSpec host2 = topology.hosts().get("host2");
    assertThat(host2.multipath())
        .isEqualTo(
            MultipathSpec.builder(MultipathSpec.Policy.ROUND_ROBIN)
                .ios(1000)
                .checkerIntervalMs(1000)
                .build());
    assertThat(host2.timers().recoveryTimeoutMs()).isZero();
    assertThat(topology.linksOf(host1)).hasSize(4);
    assertThat(topology.linksOf(topology.hosts().get("host3")))
        .containsExactly(
            new LinkId("host3.nic0", "node1.a"),
            new LinkId("host3.nic0", "node2.a"),
            new LinkId("host3.nic1", "node1.b"),
            new LinkId("host3.nic1", "node2.b"));
    assertThat(topology.links().get("X").covers())
        .containsExactly(new LinkId("host1.nic0", "node1.a"));
    assertThat(topology.links().get("Y").covers()).hasSize(4);
  }

  @Test
  void theShippedFileIsTheSame() {
    Topology shipped = TopologyLoader.load(Path.of("../../topologies/io-group.yaml"));
    Topology example = Examples.ioGroup();
    assertThat(shipped).usingRecursiveComparison().ignoringFields("source").isEqualTo(example);
  }

  private static MultipathSpec multipath(String keys) {
    String yaml = "multipath: { " + keys + " }";
    return Examples.ioGroup("multipath: none", yaml).hosts().get("host1").multipath();
  }

  @Test
  void pathsAreNamedWithAndWithoutTheirAdapterAndByVolume() {
    assertThat(multipath("policy: fixed, preferred: node2.b").preferred())
        .containsExactly(Map.entry(MultipathSpec.EVERY_VOLUME, "node2.b"));
    assertThat(multipath("policy: fixed, preferred: { vol0: nic0:node1.b }").preferred())
        .containsExactly(Map.entry("vol0", "nic0:node1.b"));
    assertThat(MultipathSpec.names("node1.a", "nic0:node1.a")).isTrue();
    assertThat(MultipathSpec.names("nic0:node1.a", "nic0:node1.a")).isTrue();
    assertThat(MultipathSpec.names("nic1:node1.a", "nic0:node1.a")).isFalse();
    assertThat(MultipathSpec.names("node1.b", "nic0:node1.a")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "required, REQUIRED, 0",
    "required 2s, REQUIRED, 2000",
    "hold 50ms, HOLD, 50",
    "none, NONE, 0"
  })
  void aFenceIsRead(String text, FenceSpec.Mode mode, long waitMs) {
    assertThat(multipath("policy: failover, fence: " + text).fence())
        .isEqualTo(new FenceSpec(mode, waitMs));
    assertThat(multipath("policy: failover").fence())
        .isEqualTo(new FenceSpec(FenceSpec.Mode.HOLD, 500));
  }

  @ParameterizedTest
  @CsvSource({
    "hold, hold has no time, write hold 500ms",
    "hold 0s, 0s, write",
    "none 5s, none 5s has words too many, remove 5s",
    "always, always is unknown, 'write required, required 5s, hold 500ms, or none'"
  })
  void aFenceThatMeansNothingIsRefusedWithItsRemedy(String text, String what, String remedy) {
    assertThatThrownBy(() -> multipath("policy: failover, fence: " + text))
        .hasMessageContaining(what)
        .hasMessageContaining(remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "failover, FAILOVER, false, 1",
    "fixed, FIXED, false, 1",
    "most-recently-used, MOST_RECENTLY_USED, false, 1",
    "round-robin, ROUND_ROBIN, true, 7",
    "queue-length, QUEUE_LENGTH, true, 1",
    "service-time, SERVICE_TIME, true, 1",
    "latency, LATENCY, true, 16"
  })
  void everyPolicyHasItsWord(String word, MultipathSpec.Policy policy, boolean shares, int turn) {
    MultipathSpec spec = multipath("policy: " + word + (turn == 7 ? ", ios: 7" : ""));
    assertThat(spec.policy()).isEqualTo(policy);
    assertThat(spec.shares()).isEqualTo(shares);
    assertThat(spec.turn()).isEqualTo(turn);
  }

  @Test
  void howPathsAreRankedAndGroupedIsRead() {
    assertThat(multipath("policy: latency, latency-interval: 2s, latency-probes: 4"))
        .isEqualTo(
            MultipathSpec.builder(MultipathSpec.Policy.LATENCY)
                .latencyIntervalMs(2000)
                .latencyProbes(4)
                .build());
    assertThat(
            multipath(
                "policy: service-time, throughput: { node1.a: 2, nic0:node2.b: 0 },"
                    + " grouping: multibus, priority: constant, no-path: queue"))
        .isEqualTo(
            MultipathSpec.builder(MultipathSpec.Policy.SERVICE_TIME)
                .throughput(Map.of("node1.a", 2, "nic0:node2.b", 0))
                .grouping(MultipathSpec.Grouping.MULTIBUS)
                .prioritizer(MultipathSpec.Prioritizer.CONSTANT)
                .noPathRetryMs(MultipathSpec.QUEUE)
                .build());
    assertThat(
            multipath(
                "policy: failover, grouping: failover, priority: { node2.a: 7 },"
                    + " failback: after 1.5s, checker-interval: 2s, no-path: 3 checks"))
        .isEqualTo(
            MultipathSpec.builder(MultipathSpec.Policy.FAILOVER)
                .grouping(MultipathSpec.Grouping.FAILOVER)
                .prioritizer(MultipathSpec.Prioritizer.WEIGHTED)
                .weights(Map.of("node2.a", 7))
                .failback(MultipathSpec.Failback.DEFERRED)
                .failbackDelayMs(1500)
                .checkerIntervalMs(2000)
                .noPathRetryMs(6000)
                .build());
  }

  @Test
  void howPathsAreCheckedAndHeldDownIsRead() {
    assertThat(
            multipath(
                "policy: failover, checker: read, checker-interval: 2s, max-checker-interval: 8s,"
                    + " flapping: { failures: 3, forget: 10, hold: 30s }"))
        .isEqualTo(
            MultipathSpec.builder(MultipathSpec.Policy.FAILOVER)
                .checker(MultipathSpec.Checker.READ)
                .checkerIntervalMs(2000)
                .maxCheckerIntervalMs(8000)
                .flapping(new MultipathSpec.Flapping(3, 10, 30_000))
                .build());
    assertThat(
            multipath(
                    "policy: failover, checker: session,"
                        + " marginal: { twice-within: 10s, sample: 2m, errors: 10, recheck: 5m }")
                .marginal())
        .contains(new MultipathSpec.Marginal(10_000, 120_000, 10, 300_000));
  }

  @Test
  void everyHostKeyIsRead() {
    String multipath =
        "multipath: { policy: round-robin, ios: 3, bytes: 10MiB, retry: off, failback: immediate,"
            + " no-path: wait 5s, checker-interval: 2s }, initiator-name: iqn.1993-08.org.Debian:X,"
            + " timers: { login: 1s, nop-interval: 2s, nop-timeout: 3s, task: 4s, abort: 5s,"
            + " recovery: 1.5s, reconnect-delay: 100ms, overdue: 700ms }";
    HostSpec host = Examples.ioGroup("multipath: none", multipath).hosts().get("host1");
    assertThat(host.multipath())
        .isEqualTo(
            MultipathSpec.builder(MultipathSpec.Policy.ROUND_ROBIN)
                .ios(3)
                .bytes(10L << 20)
                .retry(false)
                .failback(MultipathSpec.Failback.IMMEDIATE)
                .noPathRetryMs(5000)
                .checkerIntervalMs(2000)
                .build());
    assertThat(host.timers())
        .isEqualTo(new TimerSpec(1000, 2000, 3000, 4000, 5000, 1500, 100, 700));
    assertThat(host.initiatorName()).isEqualTo("iqn.1993-08.org.debian:x");
  }

  @Test
  void aPartWithoutAnIscsiNameOfItsOwnHasOneThatIsPrepared() {
    String yaml = Examples.replaced(Examples.IO_GROUP, "host1: { multipath", "Host_1: { multipath");
    assertThat(
            TopologyLoader.parse(yaml.replace("host1.", "Host_1."), "t")
                .hosts()
                .get("Host_1")
                .initiatorName())
        .isEqualTo("iqn.2026-11.io.pathproof:host-1");
  }

  @ParameterizedTest(name = "{0}, multipath {1}")
  @CsvSource({
    // login, nop-interval, nop-timeout, task, abort, recovery, reconnect-delay
    "fast, none, 5000, 500, 500, 5000, 1000, 1000, 250",
    "fast, round-robin, 5000, 500, 500, 5000, 1000, 0, 250",
    "open-iscsi, none, 15000, 5000, 5000, 30000, 15000, 120000, 2000",
    "open-iscsi, round-robin, 15000, 5000, 5000, 30000, 15000, 120000, 2000",
    "esxi, none, 5000, 15000, 10000, 30000, 15000, 10000, 2000",
    "esxi, round-robin, 5000, 15000, 10000, 30000, 15000, 10000, 2000",
    "windows, none, 15000, 0, 5000, 75000, 15000, 60000, 5000",
    "windows, round-robin, 15000, 0, 5000, 75000, 15000, 15000, 5000",
  })
  void aProfileBringsTheTimersOfAVendor(
      String profile,
      String multipath,
      long login,
      long nopInterval,
      long nopTimeout,
      long task,
      long abort,
      long recovery,
      long reconnectDelay) {
    String policy = multipath.equals("none") ? "none" : "{ policy: " + multipath + " }";
    HostSpec host =
        Examples.ioGroup("multipath: none", "multipath: " + policy + ", profile: " + profile)
            .hosts()
            .get("host1");
    assertThat(host.timers())
        .isEqualTo(
            new TimerSpec(login, nopInterval, nopTimeout, task, abort, recovery, reconnectDelay));
  }

  @Test
  void timersOverrideThoseOfTheProfile() {
    HostSpec host =
        Examples.ioGroup(
                "multipath: none",
                "multipath: none, profile: esxi, timers: { login: 30s, recovery: 0 }")
            .hosts()
            .get("host1");
    assertThat(host.timers())
        .isEqualTo(new TimerSpec(30_000, 15_000, 10_000, 30_000, 15_000, 0, 2_000));
  }

  @Test
  void chapIsReadAndNotPrinted() {
    ArraySpec array =
        Examples.ioGroup(
                "array:",
                "array:\n  chap: { user: u, secret: twelve-bytes!, mutual: { user: t, secret:"
                    + " other-twelve-b } }")
            .arrays()
            .get("array");
    assertThat(array.chap())
        .contains(
            new ChapSpec(
                "u",
                "twelve-bytes!",
                java.util.Optional.of(new ChapSpec.Mutual("t", "other-twelve-b"))));
    assertThat(array.toString()).doesNotContain("twelve");
  }

  /** piece | replacement | line | what | remedy. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host1: { multipath: none, adapters: { nic0: { fabric: blue | host1: { multipath: none, adapters: { nic0: { fabric: bleu | 12 | adapter host1.nic0: unknown fabric bleu | did you mean blue?
          b: { fabric: green, address: 10.10.2.10 } | b: { fabric: red, address: 10.10.2.10 } | 8 | array port node1.b: unknown fabric red | there is: blue, green
          to: node1.a } | to: node1.c } | 16 | link X leads nowhere: there is no array port or fabric node1.c | did you mean node1.a?
          to: blue } | to: yellow } | 17 | leads nowhere | there is: node1.a
          from: host1.nic0 | from: host1.nic7 | 16 | link X comes from nowhere | did you mean host1.nic0?
          to: blue } | to: green } | 17 | link Y: host2.nic0 is not attached to fabric green | write to: blue
          from: host1.nic0, to: node1.a | from: host3.nic0, to: node1.b | 16 | link X: no route leads from host3.nic0 to node1.b | another adapter in that fabric
          routed: true | routed: false | 16 | - | -
          fabric: green, address: 10.10.2.103 | fabric: blue, address: 10.10.1.104 | 14 | adapters nic0 and nic1 of host3 are in one subnet (fabric blue) | attach each to a fabric of its own
          10.10.1.102 | 10.10.1.101 | 13 | adapter host2.nic0 has the address 10.10.1.101 of adapter host1.nic0 | an address of its own
          10.10.1.102 | 10.10.1.10 | 13 | has the address 10.10.1.10 of array port node1.a | an address of its own
          10.10.1.102 | 10.10.1.255 | 13 | network or broadcast address of 10.10.1.0/24 | between
          10.10.1.102 | 10.10.1.0 | 13 | network or broadcast address | between
          10.10.1.102 | 10.10.2.102 | 13 | 10.10.2.102 is outside of 10.10.1.0/24 (fabric blue) | another fabric
          10.10.1.102 | 10.10.1.300 | 13 | address of adapter nic0: 10.10.1.300 is no IPv4 address | four numbers
          10.10.1.102 | 010.10.1.2 | 13 | is no IPv4 address | four numbers
          10.10.2.0/24 | 10.10.0.0/16 | 4 | the subnets of fabrics blue and green overlap | of its own
          10.10.2.0/24 | 10.10.2.1/24 | 4 | has host bits set | write 10.10.2.0/24
          10.10.2.0/24 | 10.10.2.0/31 | 4 | prefix of 31 bits | from /8 to /30
          10.10.2.0/24 | 10.10.2.0 | 4 | is no subnet | such as 10.10.1.0/24
          multipath: none | multpath: none | 12 | unknown key multpath in host host1 | did you mean multipath?
          multipath: none | multipath: all | 12 | all is unknown | write none
          multipath: none | multipath: [none] | 12 | multipath of host host1 is a list | as a mapping
          policy: round-robin, ios: 1000 | policy: roundrobin, ios: 1000 | 13 | roundrobin is unknown | did you mean round-robin?
          policy: round-robin, ios: 1000 | ios: 1000 | 13 | multipath of host host2 has no policy | add policy:
          ios: 1000 | ios: 0 | 13 | 0 is no whole number from 1 | write one
          ios: 1000 | ios: 1000, retry: maybe | 13 | maybe is neither on nor off | write on or off
          ios: 1000 | ios: 1000, no-path: wait | 13 | wait is unknown | wait 5s
          ios: 1000 | ios: 1000, no-path: wait 5 | 13 | 5 is no duration | 500ms, 2s, 1m
          ios: 1000 | ios: 1000, checker-interval: 0 | 13 | 0 is no time at all | above 0
          ios: 1000 | ios: 1000, bytes: 3 | 13 | 3 is no size | binary unit
          ios: 1000 | ios: 1000, failback: soon | 13 | soon is unknown | immediate, manual
          ios: 1000 | ios: 1000, failback: after 3 | 13 | 3 is no duration | 500ms, 2s, 1m
          ios: 1000 | ios: 1000, no-path: 0 checks | 13 | 0 is no whole number from 1 | write one
          ios: 1000 | ios: 1000, preferred: node1.a | 13 | preferred of multipath of host host2 has no effect with this policy | write policy: fixed
          policy: round-robin, ios: 1000 | policy: queue-length, ios: 1000 | 13 | ios of multipath of host host2 has no effect with this policy | write policy: round-robin
          policy: round-robin, ios: 1000 | policy: service-time, bytes: 1MiB | 13 | bytes of multipath of host host2 has no effect with this policy | write policy: round-robin
          policy: round-robin, ios: 1000 | policy: failover, ios: 1000 | 13 | ios of multipath of host host2 has no effect | or remove the key
          ios: 1000 | failback: followover, grouping: multibus | 13 | failback of multipath of host host2 has no effect with grouping: multibus | remove failback:
          ios: 1000 | failback: immediate, grouping: multibus | 13 | failback of multipath of host host2 has no effect with grouping: multibus | or write grouping: by-priority
          policy: round-robin, ios: 1000 | policy: failover, failback: followover, grouping: multibus | 13 | failback of multipath of host host2 has no effect with grouping: multibus | remove failback:
          policy: round-robin, ios: 1000 | policy: fixed, failback: manual | 13 | failback of multipath of host host2 has no effect with this policy | taken again as soon as it can
          policy: round-robin, ios: 1000 | policy: most-recently-used, failback: immediate | 13 | failback of multipath of host host2 has no effect with this policy | took over goes on
          host1: { multipath: none | host1: { port-binding: [nic0], multipath: none | 12 | port-binding of host host1 is a list, and the host has no vmkernel | under vmkernel:
          host1: { multipath: none | host1: { targets: {}, multipath: none | 12 | host host1 has targets and no vmkernel | targets: comes with vmkernel:
          host1: { multipath: none | host1: { switches: {}, multipath: none | 12 | host host1 has switches and no vmkernel | switches: comes with vmkernel:
          host1: { multipath: none | host1: { force-binding: on, multipath: none | 12 | host host1 has force-binding and no vmkernel | or remove the key
          ios: 1000 | latency-probes: 3 | 13 | latency-probes of multipath of host host2 has no effect | write policy: latency
          ios: 1000 | latency-interval: 3s | 13 | latency-interval of multipath of host host2 has no effect | write policy: latency
          ios: 1000 | throughput: { node1.a: 2 } | 13 | throughput of multipath of host host2 has no effect | write policy: service-time
          policy: round-robin, ios: 1000 | policy: fixed, preferred: node1.c | 13 | there is no path node1.c | did you mean node1.a?
          policy: round-robin, ios: 1000 | policy: fixed, preferred: nic1:node1.a | 13 | there is no path nic1:node1.a | did you mean nic0:node1.a?
          policy: round-robin, ios: 1000 | policy: fixed, preferred: { vol1: node1.a } | 13 | there is no volume vol1 | did you mean vol0?
          policy: round-robin, ios: 1000 | policy: fixed, preferred: [node1.a] | 13 | preferred of multipath of host host2 is a list | single value
          policy: round-robin, ios: 1000 | policy: service-time, throughput: { node1.a: 101 } | 13 | 101 is no whole number from 0 to 100 | write one
          policy: round-robin, ios: 1000 | policy: service-time, throughput: { node3.a: 1 } | 13 | there is no path node3.a | did you mean
          ios: 1000 | ios: 1000, checker: ping | 13 | ping is unknown | read, session, test-unit-ready
          ios: 1000 | ios: 1000, max-checker-interval: 500ms | 13 | 500ms is less than checker-interval | write 1000ms or more
          ios: 1000 | ios: 1000, flapping: { failures: 3, forget: 10 } | 13 | flapping of multipath of host host2 has no hold | add hold:
          ios: 1000 | ios: 1000, flapping: { failures: 0, forget: 10, hold: 1s } | 13 | 0 is no whole number from 1 | write one
          ios: 1000 | ios: 1000, marginal: { sample: 2s, errors: 10, recheck: 1m } | 13 | has no twice-within | add twice-within:
          ios: 1000 | ios: 1000, marginal: { twice-within: 9s, sample: 2s, errors: 1001, recheck: 1m } | 13 | 1001 is no whole number from 0 to 1000 | write one
          ios: 1000 | ios: 1000, flapping: { failures: 3, forget: 1, hold: 1s }, marginal: { twice-within: 9s, sample: 2s, errors: 1, recheck: 1m } | 13 | has both flapping and marginal | choose one
          ios: 1000 | ios: 1000, grouping: all | 13 | all is unknown | by-priority, failover, multibus
          ios: 1000 | ios: 1000, priority: high | 13 | high is unknown | alua, constant
          ios: 1000 | ios: 1000, priority: { node1.q: 4 } | 13 | there is no path node1.q | did you mean
          256MiB | 256MB | 10 | size of volume vol0: 256MB is no size | 4KiB, 256MiB
          256MiB | 5000B | 10 | no multiple of 4096 | multiple of 4KiB
          256MiB | 99999999TiB | 10 | too much | binary unit
          volumes: { vol0: { size: 256MiB } } | volumes: {} | 10 | volumes of the array is empty | add volumes:
          volumes: { vol0: { size: 256MiB } } | kind: tgt | 7 | the array has no volumes | add volumes:
          volumes: { vol0: { size: 256MiB } } | volumes: | 10 | the key volumes has no value | give it one
          ports: { a: { fabric: blue, address: 10.10.1.10 }, b: { fabric: green, address: 10.10.2.10 } } | ports: {} | 8 | ports of node node1 is empty | add ports:
          { ports: { a: { fabric: blue, address: 10.10.1.10 }, b: { fabric: green, address: 10.10.2.10 } } } | {} | 8 | node node1 has no ports | add ports:
          topology: io-group | topology: io group | 1 | io group is no name | begin with a letter
          topology: io-group | version: 2 | 1 | format version 2 is unknown | write version: 1
          address: 10.10.1.101 | adress: 10.10.1.101 | 12 | unknown key adress | did you mean address?
          routed: true | routed: true\\nrouted: true | 6 | the key routed stands here for the second time (first in line 5) | rename or remove
          host2: | host1: | 13 | the key host1 stands here for the second time | rename
          node2: | blue: | 9 | the node blue has the name of a fabric | rename one
          X: { | host1: { | 16 | the link host1 has the name of a host | rename one
          array: | array:\\n  target-name: Nonsense | 7 | Nonsense is no iSCSI name | iqn.2026-11.com.example:name
          array: | array:\\n  target-name: iqn.2026-11.com.example:disk_1 | 7 | '_', U+005F at character 29: write letters and digits | iqn.2026-11.com.example:name
          array: | array:\\n  target-name: iqn.2026-11.com.exämple:disk | 7 | U+00E4 at character 19 | iqn.2026-11.com.example:name
          array: | array:\\n  chap: { user: u, secret: short } | 7 | shorter than 12 | RFC 7143
          array: | array:\\n  chap: { user: u, secret: twelve-bytes!, mutual: { user: t, secret: twelve-bytes! } } | 7 | same secret | each its own
          nic0: { fabric: blue, address: 10.10.1.101 } | nic0: { fabric: blue, address: [10.10.1.101] } | 12 | address of adapter nic0 is a list | single value
          nic0: { fabric: blue, address: 10.10.1.101 } | | 12 | adapters of host host1 is empty | add adapters:
          multipath: none | multipath: *none | 12 | an alias (*none) | write the value out
          multipath: none | multipath: none, timers: { nop: 1s } | 12 | unknown key nop in timers | known here
          multipath: none | multipath: none, timers: { task: -1s } | 12 | -1s is no duration | 500ms
          """)
  void whatIsWrongIsTold(String piece, String by, int line, String what, String remedy) {
    String yaml =
        Examples.replaced(Examples.IO_GROUP, piece, by == null ? "" : by.replace("\\n", "\n"));
    if (what.equals("-")) {
      // Without routing, X and Y lead over connected routes alone, and all is well.
      assertThat(TopologyLoader.parse(yaml, "x").allLinks()).hasSize(8);
      return;
    }
    assertThat(problems(yaml))
        .as(problems(yaml).toString())
        .anySatisfy(
            problem -> {
              assertThat(problem.what()).contains(what);
              assertThat(problem.remedy()).contains(remedy);
              assertThat(problem.line()).isEqualTo(line);
              assertThat(problem.column()).isPositive();
              assertThat(problem.toString()).startsWith("io-group.yaml:" + line + ": ");
            });
  }

  @Test
  void aLinkWithoutARouteIsRefused() {
    String yaml =
        Examples.replaced(
            Examples.replaced(Examples.IO_GROUP, "routed: true", "routed: false"),
            "to: node1.a }",
            "to: node1.b }");
    assertThat(problems(yaml))
        .singleElement()
        .satisfies(problem -> assertThat(problem.remedy()).contains("add routed: true"));
  }

  @Test
  void aHostThatReachesNothingIsRefused() {
    String yaml =
        Examples.replaced(
            Examples.replaced(Examples.IO_GROUP, "routed: true", "routed: off"),
            "green: { subnet: 10.10.2.0/24 }",
            "green: { subnet: 10.10.2.0/24 }\n  red: { subnet: 10.10.3.0/24 }");
    String moved = Examples.replaced(yaml, "blue, address: 10.10.1.102", "red, address: 10.10.3.2");
    assertThat(problems(Examples.replaced(moved, "  Y: { from: host2.nic0, to: blue }\n", "")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.what()).contains("host host2 reaches no port"));
  }

  @Test
  void allProblemsAreToldAtOnce() {
    String yaml =
        Examples.IO_GROUP
            .replace("10.10.1.102", "10.10.1.101")
            .replace("256MiB", "lots")
            .replace("to: node1.a }", "to: nowhere }");
    assertThat(problems(yaml)).hasSize(3).extracting(Problem::line).containsExactly(10, 13, 16);
    assertThatThrownBy(() -> TopologyLoader.parse(yaml, "f.yaml"))
        .hasMessageContaining("f.yaml:10: ")
        .hasMessageContaining("\nf.yaml:13: ")
        .hasMessageContaining(" – ");
  }

  @Test
  void badSyntaxIsToldWithItsPlace() {
    assertThat(problems("topology: io\n  fabrics: {"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.what()).startsWith("not valid YAML: ").doesNotContain("\n");
              assertThat(problem.line()).isBetween(1, 2);
            });
    assertThat(problems("fabrics: [ a,")).hasSize(1);
    assertThat(problems("a: \"x")).hasSize(1);
    assertThat(problems("\t- x")).hasSize(1);
  }

  @Test
  void emptyAndForeignFilesAreRefused(@TempDir Path directory) throws IOException {
    assertThat(problems("")).extracting(Problem::what).containsExactly("the file is empty");
    assertThat(problems("# nothing\n")).hasSize(1);
    assertThat(problems("just text"))
        .extracting(Problem::what)
        .containsExactly("found the value just text");
    assertThat(problems("- a\n- b")).extracting(Problem::what).containsExactly("found a list");
    assertThat(problems(Examples.IO_GROUP + "---\na: b\n"))
        .extracting(Problem::what)
        .containsExactly("a second document begins here");
    assertThatThrownBy(() -> TopologyLoader.load(directory.resolve("none.yaml")))
        .isInstanceOf(TopologyException.class)
        .hasMessageContaining("none.yaml: no such file");
    assertThatThrownBy(() -> TopologyLoader.load(directory))
        .isInstanceOf(TopologyException.class)
        .hasMessageContaining("cannot be read");
    Path latin = Files.write(directory.resolve("latin.yaml"), new byte[] {(byte) 0xE4, 'x'});
    assertThatThrownBy(() -> TopologyLoader.load(latin))
        .isInstanceOf(TopologyException.class)
        .hasMessageContaining("is not UTF-8 text");
  }
}
