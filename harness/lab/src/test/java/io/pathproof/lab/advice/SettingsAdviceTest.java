package io.pathproof.lab.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedUnit;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings and loads that depart from advice, and those that do not. */
class SettingsAdviceTest {
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          profile: fast                                      | policy: round-robin | none
          profile: fast, timers: { login: 1s, recovery: 120s, nop-interval: 60s } | policy: round-robin | none
          profile: fast                                      | policy: latency     | none
          profile: fast                                      | policy: round-robin, ios: 2 | multipath: { ios }=2 I/Os a path=multipath-tools
          profile: fast                                      | policy: fixed       | multipath: { policy }=fixed=multipath-tools
          profile: fast                                      | policy: round-robin, no-path: wait 301s | multipath: { no-path }=wait 301 s=Red Hat
          profile: esxi                                      | policy: round-robin | timers: { login }=5 s=Pure Storage
          profile: esxi, timers: { login: 29s }              | policy: round-robin | timers: { login }=29 s=Pure Storage
          profile: esxi, timers: { login: 30s }              | policy: round-robin | none
          profile: esxi, timers: { login: 30s, recovery: 11s } | policy: round-robin | timers: { recovery }=11 s=VMware
          profile: esxi, timers: { login: 30s, nop-interval: 16s } | policy: round-robin | timers: { nop-interval, nop-timeout }=16 s and 10 s=VMware
          profile: esxi, timers: { login: 30s }              | policy: round-robin, ios: 1000 | multipath: { ios }=1000 I/Os a path=Pure Storage
          profile: esxi, timers: { login: 30s }              | policy: failover    | multipath: { policy }=failover=Pure Storage
          profile: esxi, timers: { login: 30s }              | policy: round-robin, no-path: wait 140s | none
          profile: esxi, timers: { login: 30s }              | policy: round-robin, no-path: wait 141s | multipath: { no-path }=wait 141 s=VMware
          profile: open-iscsi                                | policy: round-robin | timers: { recovery }=120 s=Red Hat
          profile: open-iscsi, timers: { recovery: 21s }     | policy: round-robin | timers: { recovery }=21 s=Red Hat
          profile: open-iscsi, timers: { recovery: 20s }     | policy: round-robin | none
          profile: open-iscsi, timers: { recovery: 5s, login: 14s } | policy: round-robin | timers: { login }=14 s=open-iscsi
          profile: open-iscsi, timers: { recovery: 5s, nop-interval: 16s } | policy: round-robin | timers: { nop-interval, nop-timeout }=16 s and 5 s=open-iscsi
          profile: open-iscsi, timers: { recovery: 5s }      | policy: round-robin, ios: 10 | multipath: { ios }=10 I/Os a path=multipath-tools
          profile: open-iscsi, timers: { recovery: 5s }      | policy: failover    | multipath: { policy }=failover=multipath-tools
          profile: open-iscsi, timers: { recovery: 5s }      | policy: round-robin, no-path: queue | multipath: { no-path }=queue=Red Hat
          profile: windows                                   | policy: round-robin | none
          profile: windows, timers: { recovery: 16s }        | policy: round-robin | timers: { recovery }=16 s=Microsoft
          profile: windows, timers: { login: 14s }           | policy: round-robin | timers: { login }=14 s=Microsoft
          profile: windows                                   | policy: round-robin, ios: 1000 | none
          profile: windows                                   | policy: failover    | multipath: { policy }=failover=Microsoft
          profile: windows                                   | policy: round-robin, no-path: queue | multipath: { no-path }=queue=Microsoft
          """)
  void adviceIsThatOfTheVendorsOfItsKind(String host, String multipath, String expected) {
    List<Advice> found = advice("multipath: { " + multipath + " }, " + host, true);
    assertThat(found.stream().map(one -> one.setting() + "=" + one.set() + "=" + one.by()).toList())
        .isEqualTo(expected.equals("none") ? List.of() : List.of(expected));
    for (Advice one : found) {
      assertThat(List.of(one.advised(), one.source(), one.why(), one.how()))
          .allMatch(text -> !text.isBlank());
      if (!host.contains("esxi")) {
        assertThat(one.toString()).doesNotContain("ESXi", "Pure");
      }
      if (host.contains("esxi") || host.contains("windows")) {
        assertThat(one.toString()).doesNotContain("open-iscsi", "Linux", "multipath.conf");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fast       | on Linux
          open-iscsi | on Linux
          esxi       | on ESXi
          windows    | on Windows
          """)
  void aHostWithoutMultipathingIsToldWhatItsKindHas(String profile, String how) {
    assertThat(advice("multipath: none, timers: { login: 30s }, profile: " + profile, true))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.setting() + one.set()).isEqualTo("multipathnone, with 2 paths");
              assertThat(one.by()).isEqualTo("IBM");
              assertThat(one.how()).contains(how);
            });
  }

  @Test
  void aHostWithOneAdapterIsToldOfASecond() {
    assertThat(advice("multipath: { policy: round-robin }", false))
        .singleElement()
        .satisfies(
            one -> assertThat(one.setting() + one.set() + one.by()).isEqualTo("adapters1IBM"));
    assertThat(advice("multipath: none", false).stream().map(Advice::setting)).containsExactly();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"open-iscsi", "esxi", "windows"})
  void aVendorsProfileIsComparedAsAWhole(String profile) {
    assertThat(left("multipath: { policy: round-robin }, profile: " + profile + PLAIN)).isEmpty();
  }

  @Test
  void whatALabHasIsToldToBeLeftOut() {
    assertThat(left("multipath: { policy: round-robin }" + PLAIN))
        .singleElement()
        .satisfies(
            text ->
                assertThat(text)
                    .startsWith("timers: profile fast has a lab's")
                    .contains(
                        "which no vendor advises on", "profile: open-iscsi, esxi or windows"));
    assertThat(
            left(
                "multipath: { policy: round-robin }, switches: { s0: { adapters: [n0] } },"
                    + " vmkernel: { vmk1: { switch: s0, address: 10.1.1.8 } },"
                    + " adapters: { n0: { fabric: b } }"))
        .singleElement()
        .satisfies(text -> assertThat(text).startsWith("timers, but for LoginTimeout: "));
  }

  /** Of a vSphere host with a lab's timers nothing but LoginTimeout is compared. */
  @Test
  void aLabsTimersOfAVsphereHostAreLeftOutToo() {
    assertThat(
            of(
                "timers: { login: 30s, recovery: 120s, nop-interval: 60s }, multipath: none,"
                    + " targets: { dynamic: [{ address: 10.1.1.1, delayed-ack: off }] },"
                    + " switches: { s0: { adapters: [n0] } }, vmkernel: { vmk1: { switch: s0,"
                    + " address: 10.1.1.8 } }, adapters: { n0: { fabric: b } }"))
        .isEmpty();
    assertThat(
            of(
                "timers: { login: 30s, nop-interval: 60s }, multipath: none, profile: esxi,"
                    + " targets: { dynamic: [{ address: 10.1.1.1, delayed-ack: off }] },"
                    + " switches: { s0: { adapters: [n0] } }, vmkernel: { vmk1: { switch: s0,"
                    + " address: 10.1.1.8 } }, adapters: { n0: { fabric: b } }"))
        .extracting(Advice::setting)
        .containsExactly("timers: { nop-interval, nop-timeout }");
  }

  private static final String PLAIN = ", adapters: { n0: { fabric: b, address: 10.1.1.9 } }";

  private static List<String> left(String host) {
    return SettingsAdvice.notCompared(topology(host).hosts().get("h"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          port-binding: [vmk1, vmk2]          | active: [n0], unused: [n1] | active: [n1], unused: [n0] | none
          port-binding: [vmk1]                | active: [n0], unused: [n1] | active: [n1], unused: [n0] | port-binding: number of physical adapters that sessions leave by=1
          port-binding: [vmk1, vmk2]          | active: [n0], unused: [n1] | active: [n0], unused: [n1] | port-binding: number of physical adapters that sessions leave by=1
          port-binding: [vmk1, vmk2]          | active: [n0], unused: [n1] | active: [n1, n0]           | port-binding: vmk2=not compliant (several-active) ; port-binding: number of physical adapters that sessions leave by=1
          port-binding: [vmk1, vmk2]          | active: [n0], unused: [n1] | active: [n1], standby: [n0] | port-binding: vmk2=not compliant (standby) ; port-binding: number of physical adapters that sessions leave by=1
          port-binding: [vmk1, vmk2], force-binding: on | active: [n0], unused: [n1] | active: [n1], standby: [n0] | port-binding: vmk2=not compliant (standby)
          port-binding: none                  | active: [n0], unused: [n1] | active: [n1], unused: [n0] | port-binding: number of physical adapters that sessions leave by=1
          """)
  void bindingOfAVsphereHostIsJudgedByPortsAndPhysicalAdapters(
      String binding, String first, String second, String expected) {
    String vsphere =
        "timers: { login: 30s }, multipath: { policy: round-robin },"
            + " targets: { dynamic: [{ address: 10.1.1.1, login-timeout: 30s, delayed-ack: off }] },"
            + " switches: { s0: { adapters: [n0, n1] } }, vmkernel: {"
            + " vmk1: { switch: s0, address: 10.1.1.8, teaming: { %s } },".formatted(first)
            + " vmk2: { switch: s0, address: 10.1.1.9, teaming: { %s } } },".formatted(second)
            + (binding.endsWith("none") ? "" : binding + ",")
            + " adapters: { n0: { fabric: b }, n1: { fabric: b } }";
    List<String> found = new ArrayList<>();
    for (Advice one : of(vsphere)) {
      assertThat(List.of(one.by(), one.advised(), one.source(), one.why(), one.how()))
          .allMatch(text -> !text.isBlank());
      found.add(one.setting() + "=" + one.set().replaceAll(":.*", ""));
    }
    assertThat(found)
        .isEqualTo(expected.equals("none") ? List.of() : List.of(expected.split(" ; ")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dynamic: [{ address: 10.1.1.1, login-timeout: 30s, delayed-ack: off }]                                       | 5s | none
          dynamic: [{ address: 10.1.1.1, delayed-ack: off }]                                                           | 30s | none
          dynamic: [{ address: 10.1.1.1, delayed-ack: off }]                                                           | 5s  | targets: { dynamic: [{ login-timeout }] }=5 s at 10.1.1.1:3260
          dynamic: [{ address: 10.1.1.1, login-timeout: 30s }, { address: 10.1.2.1, delayed-ack: off, login-timeout: 30s }] | 5s  | targets: { dynamic: [{ delayed-ack }] }=on at 10.1.1.1:3260
          dynamic: [{ address: 10.1.1.1, login-timeout: 29s, delayed-ack: off }, { address: 10.1.2.1, login-timeout: 29s, delayed-ack: off }] | 30s | targets: { dynamic: [{ login-timeout }] }=29 s at 10.1.1.1:3260, 10.1.2.1:3260
          static: [{ address: 10.1.2.1, login-timeout: 1s, delayed-ack: on }]                                          | 30s | targets: { dynamic: [{ delayed-ack }] }=on (nothing is set) ; targets: { static: [{ delayed-ack }] }=on at 10.1.2.1:3260 ; targets: { static: [{ login-timeout }] }=1 s at 10.1.2.1:3260
          dynamic: [{ address: 10.1.1.1, delayed-ack: off }], static: [{ address: 10.1.2.1 }] | 30s | none
          static: [{ address: 10.1.2.1, login-timeout: 30s, delayed-ack: off }]                                        | 29s | targets: { dynamic: [{ delayed-ack }] }=on (nothing is set) ; timers: { login }=29 s
          """)
  void targetParametersOfAVsphereHostAreJudgedWhereTheyAreSet(
      String targets, String login, String expected) {
    String vsphere =
        "timers: { login: %s }, targets: { %s }, multipath: { policy: round-robin },"
                .formatted(login, targets)
            + " switches: { s0: { adapters: [n0] }, s1: { adapters: [n1] } },"
            + " vmkernel: { vmk1: { switch: s0, address: 10.1.1.8 }, vmk2: { switch: s1, address: 10.1.2.8 } },"
            + " port-binding: [vmk1, vmk2], adapters: { n0: { fabric: b }, n1: { fabric: g } }";
    List<String> found = new ArrayList<>();
    for (Advice one : of(vsphere)) {
      assertThat(one.by()).isEqualTo("Pure Storage");
      found.add(one.setting() + "=" + one.set());
    }
    assertThat(found)
        .containsExactlyInAnyOrderElementsOf(
            expected.equals("none") ? List.of() : List.of(expected.split(" ; ")));
  }

  @Test
  void evenSharesAreNoFindingAndUnevenOnesAre() {
    List<DiagnosedPath> paths = List.of(path("a", "n0", ""), path("b", "n1", ""));
    assertThat(shares(Map.of("a", 500L, "b", 500L)).imbalance(paths)).isEmpty();
    assertThat(shares(Map.of("a", 588L, "b", 412L)).imbalance(paths)).isEmpty();
    assertThat(shares(Map.of("a", 590L, "b", 410L)).imbalance(paths)).isPresent();
    assertThat(shares(Map.of("a", 667L, "b", 333L)).imbalance(paths).orElseThrow().set())
        .isEqualTo(
            "paths: a 66.7 % (667); b 33.3 % (333), not 50.0 % each;"
                + " adapters: n0 66.7 % (667) over a; n1 33.3 % (333) over b, not 50.0 % each");
  }

  @Test
  void aTurnThatHasJustBegunIsNoFinding() {
    List<DiagnosedPath> paths = List.of(path("a", "n0", ""), path("b", "n1", ""));
    Map<String, Long> reads = Map.of("a", 3000L, "b", 2000L);
    assertThat(shares(reads).imbalance(paths)).isPresent();
    assertThat(new MeasuredShares("h", "mpatha", "vol0", reads, 1000).imbalance(paths)).isEmpty();
  }

  @Test
  void pathsInAWorseAccessStateNeedCarryNone() {
    List<DiagnosedPath> paths =
        List.of(
            path("a", "n0", "active/optimized"),
            path("b", "n1", "active/optimized"),
            path("c", "n0", "active/non-optimized"));
    assertThat(shares(Map.of("a", 500L, "b", 500L, "c", 0L)).imbalance(paths)).isEmpty();
  }

  @Test
  void adapterWithMorePathsThanTheOtherIsFound() {
    List<DiagnosedPath> paths =
        List.of(path("a", "n0", ""), path("b", "n0", ""), path("c", "n1", ""));
    Advice told = shares(Map.of("a", 300L, "b", 300L, "c", 300L)).imbalance(paths).orElseThrow();
    assertThat(told.setting()).isEqualTo("load over paths and adapters");
    assertThat(told.set())
        .endsWith("adapters: n0 66.7 % (600) over a, b; n1 33.3 % (300) over c, not 50.0 % each");
  }

  private static MeasuredShares shares(Map<String, Long> reads) {
    return new MeasuredShares("h", "mpatha", "vol0", reads, 1);
  }

  private static DiagnosedPath path(String id, String adapter, String state) {
    return new DiagnosedPath(
        id,
        adapter,
        "node1.a",
        "10.0.0.1:3260",
        "iqn.x",
        List.of(),
        List.of(new DiagnosedUnit("1", "naa.6", "", "", 1, 1, state, false, List.of())));
  }

  private static List<Advice> advice(String settings, boolean twoAdapters) {
    String second = twoAdapters ? ", n1: { fabric: g, address: 10.1.2.9 }" : "";
    return of(settings + ", adapters: { n0: { fabric: b, address: 10.1.1.9 }" + second + " }");
  }

  private static List<Advice> of(String host) {
    Topology topology = topology(host);
    return SettingsAdvice.of(topology, topology.hosts().get("h"));
  }

  private static Topology topology(String host) {
    return TopologyLoader.parse(
        """
        topology: t
        fabrics: { b: { subnet: 10.1.1.0/24 }, g: { subnet: 10.1.2.0/24 } }
        array:
          nodes:
            node1: { ports: { a: { fabric: b, address: 10.1.1.1 }, b: { fabric: g, address: 10.1.2.1 } } }
          volumes: { vol0: { size: 16MiB } }
        hosts:
          h: { %s }
        """
            .formatted(host),
        "t.yaml");
  }
}
