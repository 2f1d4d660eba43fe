package io.pathproof.lab.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.observed.DiagnosedPath;
import io.pathproof.lab.observed.DiagnosedUnit;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings and loads that depart from advice, and those that do not. */
class SettingsAdviceTest {
  private static final String GOOD = "multipath: { policy: round-robin }, timers: { login: 30s }";

  @Test
  void hostAsVendorsAdviseHasNoFinding() {
    assertThat(advice(GOOD, true)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          multipath: { policy: round-robin }, timers: { login: 29s } | true | timers: { login } | 29 s | Pure Storage
          multipath: { policy: round-robin, ios: 1000 }, timers: { login: 30s } | true | multipath: { ios } | 1000 I/Os a path | Pure Storage
          multipath: { policy: failover }, timers: { login: 30s } | true | multipath: { policy } | failover | Pure Storage
          multipath: { policy: fixed }, timers: { login: 30s } | true | multipath: { policy } | fixed | Pure Storage
          multipath: none, timers: { login: 30s } | true | multipath | none, with 2 paths | IBM
          multipath: { policy: round-robin }, timers: { login: 30s, recovery: 120s } | true | timers: { recovery } | 120 s | Red Hat
          multipath: { policy: round-robin }, timers: { login: 30s, nop-interval: 20s } | true | timers: { nop-interval, nop-timeout } | 20 s and | open-iscsi
          multipath: { policy: round-robin, no-path: queue }, timers: { login: 30s } | true | multipath: { no-path } | queue | Red Hat
          multipath: { policy: round-robin }, timers: { login: 30s } | false | adapters | 1 | IBM
          """)
  void departureIsNamedWithWhoAdvises(
      String settings, boolean two, String setting, String set, String by) {
    assertThat(advice(settings, two))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.setting()).isEqualTo(setting);
              assertThat(one.set()).startsWith(set);
              assertThat(one.by()).isEqualTo(by);
              assertThat(List.of(one.advised(), one.source(), one.why(), one.how()))
                  .allMatch(text -> !text.isBlank());
            });
  }

  @Test
  void evenSharesAreNoFindingAndUnevenOnesAre() {
    List<DiagnosedPath> paths = List.of(path("a", "n0", ""), path("b", "n1", ""));
    assertThat(shares(Map.of("a", 500L, "b", 500L)).imbalance(paths)).isEmpty();
    assertThat(shares(Map.of("a", 590L, "b", 410L)).imbalance(paths)).isEmpty();
    assertThat(shares(Map.of("a", 667L, "b", 333L)).imbalance(paths))
        .singleElement()
        .satisfies(one -> assertThat(one.set()).isEqualTo("a 67 %, b 33 %"));
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
    assertThat(shares(Map.of("a", 300L, "b", 300L, "c", 300L)).imbalance(paths))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.setting()).isEqualTo("load over adapters");
              assertThat(one.set()).isEqualTo("n0 67 %, n1 33 %");
            });
  }

  private static MeasuredShares shares(Map<String, Long> reads) {
    return new MeasuredShares("h", "mpatha", "vol0", reads);
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
    Topology topology =
        TopologyLoader.parse(
            """
            topology: t
            fabrics: { b: { subnet: 10.1.1.0/24 }, g: { subnet: 10.1.2.0/24 } }
            array:
              nodes:
                node1: { ports: { a: { fabric: b, address: 10.1.1.1 }, b: { fabric: g, address: 10.1.2.1 } } }
              volumes: { vol0: { size: 16MiB } }
            hosts:
              h: { %s, adapters: { n0: { fabric: b, address: 10.1.1.9 }%s } }
            """
                .formatted(settings, second),
            "t.yaml");
    return SettingsAdvice.of(topology, topology.hosts().get("h"));
  }
}
