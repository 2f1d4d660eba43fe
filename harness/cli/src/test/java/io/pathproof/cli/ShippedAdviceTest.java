package io.pathproof.cli;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.advice.Advice;
import io.pathproof.lab.advice.SettingsAdvice;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The hosts of the shipped topologies that depart from advice are those that are to show it. */
class ShippedAdviceTest {
  private static final String ONE_ADAPTER =
      "port-binding: number of physical adapters that sessions leave by";

  /** By topology and host, the settings. */
  private static final Map<String, Set<String>> ON_PURPOSE =
      Map.ofEntries(
          // IO-1: no multipathing; IO-7: one adapter; IO-11, RR-1, PB-9: long turns
          entry("io-group host1", Set.of("multipath")),
          entry("io-group host2", Set.of("multipath: { ios }", "adapters")),
          entry("io-group-takeover host1", Set.of("multipath")),
          entry("io-group-takeover host2", Set.of("multipath: { ios }", "adapters")),
          entry("round-robin esx10", Set.of("multipath: { ios }")),
          entry("round-robin esx1000", Set.of("multipath: { ios }")),
          // RR-3
          entry("round-robin fixed", Set.of("multipath: { policy }")),
          // PB-4 to PB-6: one port bound, or none, and parameters as ESXi ships them
          entry(
              "port-binding esx1",
              Set.of("timers: { login }", "targets: { dynamic: [{ delayed-ack }] }", ONE_ADAPTER)),
          entry(
              "port-binding esx3",
              Set.of("timers: { login }", "targets: { dynamic: [{ delayed-ack }] }", ONE_ADAPTER)),
          // PB-1, PB-2, PB-8
          entry(
              "port-compliance esx1",
              Set.of(
                  "timers: { login }",
                  "targets: { dynamic: [{ delayed-ack }] }",
                  ONE_ADAPTER,
                  "port-binding: vmk2",
                  "port-binding: vmk3",
                  "port-binding: vmk4",
                  "port-binding: vmk5")),
          entry(
              "port-compliance esx2",
              Set.of("timers: { login }", "targets: { dynamic: [{ delayed-ack }] }", ONE_ADAPTER)),
          // PB-11: another array's targets keep their own, and one static target has its own
          entry(
              "target-parameters esx1",
              Set.of(
                  "targets: { dynamic: [{ login-timeout }] }",
                  "targets: { static: [{ login-timeout }] }",
                  "targets: { dynamic: [{ delayed-ack }] }")));

  @Test
  void hostsThatAreMeantToBeRightDepartFromNoAdvice() throws Exception {
    Map<String, Set<String>> departing = new TreeMap<>();
    try (Stream<Path> files = Files.list(Repository.root().resolve("topologies"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
        Topology topology = TopologyLoader.load(file);
        for (HostSpec host : topology.hosts().values()) {
          for (Advice advice : SettingsAdvice.of(topology, host)) {
            departing
                .computeIfAbsent(topology.name() + " " + host.name(), key -> new TreeSet<>())
                .add(advice.setting());
          }
        }
      }
    }
    assertThat(departing).isEqualTo(ON_PURPOSE);
  }
}
