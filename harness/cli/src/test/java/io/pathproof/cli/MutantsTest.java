package io.pathproof.cli;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pathproof.suites.PromisedRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The judge is judged: hosts and arrays that are wrong on purpose are found out, each by its row.
 */
class MutantsTest {
  @TempDir private Path output;

  /**
   * On real networks, where I/O is under way when a path goes, a paused node still holds writes in
   * its sockets, and a host's neighbour cache goes on pointing at a dead port.
   */
  @Test
  @ExtendWith(ContainersAlone.class)
  void onRealNetworksMutantsAreFoundOut() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            "--engine",
            "containers",
            "--topology",
            mutant("retry-off.yaml"),
            "--topology",
            mutant("two-tgt-nodes.yaml"),
            "--topology",
            shipped("virtual-port-direct.yaml"),
            "--scenarios",
            mutant("ghost-write.yaml"),
            "--scenarios",
            mutant("defects/unannounced-move.yaml"),
            "--scenario",
            "host2-a-node-port-is-reset",
            "--scenario",
            "host3-an-adapter-goes-silent",
            "--scenario",
            "ghost-write-of-a-paused-node",
            "--scenario",
            "defect-unannounced-move",
            "--scenario",
            "the-virtual-ports-owner-dies");

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    Map<String, JsonNode> scenarios = byId(run);
    assertThat(run.results().at("/behaviours/IO-6").asText()).isEqualTo("FAIL");
    assertThat(run.results().at("/behaviours/IO-8").asText()).isEqualTo("FAIL");
    assertThat(reason(scenarios, "host2-a-node-port-is-reset")).startsWith("io-continues: ");
    assertThat(reason(scenarios, "host3-an-adapter-goes-silent")).startsWith("io-continues: ");
    assertThat(reason(scenarios, "ghost-write-of-a-paused-node"))
        .startsWith("data-integrity: ")
        .contains("is lost: holds the older");
    // the same move, announced and not
    JsonNode announced = scenarios.get("the-virtual-ports-owner-dies");
    assertThat(announced.get("verdict").asText()).as(announced.toString()).isEqualTo("PASS");
    assertThat(reason(scenarios, "defect-unannounced-move")).startsWith("io-continues: ");
  }

  /** A link that delivers late: a host that does not fence writes old blocks over newer ones. */
  @Test
  void ghostWriteOfAHostThatDoesNotFenceIsFound() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            "--topology",
            mutant("unfenced.yaml"),
            "--scenario",
            "host3-a-link-delivers-late");

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    assertThat(run.results().get("behaviours").get("PP-1").asText()).isEqualTo("FAIL");
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .startsWith("data-integrity: ")
        .contains("is lost: holds the older")
        .contains("retried without a fence");
  }

  /**
   * Hosts and arrays without the behaviour that a row is about: each of its scenarios fails by the
   * checkers that are named here, and by no others.
   */
  @Test
  void everyRowOfHostsAndVirtualPortsFailsWithItsBehaviourTakenAway() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            Stream.of(
                    TOPOLOGIES.stream().flatMap(file -> Stream.of("--topology", mutant(file))),
                    Stream.of("--topology", shipped("two-arrays.yaml"), "--jobs", "8"),
                    Stream.of("--topology", shipped("hasty-host.yaml")),
                    SCENARIOS.stream().flatMap(file -> Stream.of("--scenarios", mutant(file))),
                    FAILS_BY.keySet().stream().flatMap(id -> Stream.of("--scenario", id)))
                .flatMap(part -> part)
                .toArray(String[]::new));

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    Map<String, String> failed = new TreeMap<>();
    byId(run)
        .forEach(
            (id, scenario) -> {
              Set<String> checkers = new TreeSet<>();
              for (JsonNode finding : scenario.get("findings")) {
                String checker = finding.get("checker").asText();
                // how long a pause is, and whether it counts, is a matter of the machine
                if (finding.get("verdict").asText().equals("FAIL") && !checker.equals("pause")) {
                  checkers.add(checker);
                }
              }
              failed.put(id, String.join(", ", checkers));
            });
    assertThat(failed).isEqualTo(FAILS_BY);
    JsonNode behaviours = run.results().get("behaviours");
    assertThat(PromisedRows.all().stream().filter(row -> !row.startsWith("IO-")))
        .allSatisfy(row -> assertThat(behaviours.path(row).asText()).as(row).isEqualTo("FAIL"));
    assertThat(behaviours.get("IO-1").asText()).isEqualTo("FAIL");
    assertThat(behaviours.get("IO-2").asText()).isEqualTo("FAIL");

    assertThat(byId(run).get("two-arrays-share-a-fault").get("arrays").toString())
        .isEqualTo("{\"pure1\":\"PASS\",\"spectrum1\":\"FAIL\"}");
    JsonNode uneven = byId(run).get("an-even-split-is-not");
    assertThat(uneven.at("/loads/0/uneven").asBoolean()).isTrue();
    assertThat(uneven.at("/loads/0/balance").asText())
        .contains("over nic0:node1.c, nic0:node2.c; even.nic1");
  }

  private static final List<String> TOPOLOGIES =
      List.of(
          "host1-multipath.yaml",
          "one-session.yaml",
          "port-binding.yaml",
          "port-compliance.yaml",
          "round-robin.yaml",
          "single-session.yaml",
          "target-parameters.yaml",
          "two-adapters.yaml",
          "uneven.yaml",
          "virtual-port.yaml",
          "virtual-port-direct.yaml",
          "virtual-port-spread.yaml");

  private static final List<String> SCENARIOS =
      List.of(
          "both-adapters.yaml",
          "forced-port.yaml",
          "loss-untold.yaml",
          "one-session-cannot-be-balanced.yaml",
          "one-way-of-two.yaml",
          "shared-fault.yaml",
          "short-turns.yaml");

  /** By scenario: the checkers that have to fail there, and no others. */
  private static final Map<String, String> FAILS_BY =
      new TreeMap<>(
          Map.ofEntries(
              entry("host1-link-x-is-reset", "io-fails"),
              entry("host1-sees-four-devices", "devices, paths"),
              entry("a-loss-that-the-array-does-not-tell", "device-state"),
              // AB: one virtual port
              entry("esx1-is-redirected", "devices, portals, redirected"),
              entry("three-hosts-are-spread-over-the-ports", "redirected, spread"),
              entry("esx1-loses-its-port", "redirected"),
              entry("esx1-is-asked-to-change-its-port", "redirected"),
              entry("the-virtual-ports-owner-dies", "address-moved, io-continues"),
              entry("esx3-uses-both-of-its-ports", "paths, ports-used"),
              // PB-1 to PB-8, PB-11: vSphere hosts
              entry("esx1-binds-its-ports", "paths, ports-bound"),
              entry("a-forced-port-gets-a-standby-adapter", "out-of-use"),
              entry("esx3-leaves-by-one-adapter", "ports-used"),
              entry("bound-ports-leave-by-one-adapter", "adapters-used"),
              entry("esx3-the-adapter-in-use-loses-its-link", "io-continues, uplink-moved"),
              entry("two-bound-ports-carry-more-than-one", "adapters-used, throughput"),
              entry("esx3-a-bound-port-is-to-be-removed", "removal"),
              entry("esx4-an-unbound-port-is-removed", "removal"),
              entry("esx2-an-adapter-is-added-to-the-switch", "out-of-use, stays-in-use"),
              entry("esx1-has-the-parameters-of-its-dynamic-targets", "target-parameters"),
              // PB-9, PB-10, PB-12, RR-1 to RR-3: whose turn it is
              entry("turns-of-one-io", "rotation"),
              entry("turns-of-ten-ios", "rotation"),
              entry("turns-of-ten-mebibytes", "rotation"),
              entry("turns-of-a-thousand-ios", "rotation"),
              entry("turns-too-short-for-one-path-at-a-time", "paths-at-once"),
              entry("volumes-with-paths-of-their-own", "paths-at-once"),
              entry("a-slow-path-gets-less", "slow-path"),
              entry("an-uneven-split-is-told", "imbalance, paths"),
              entry("an-even-split-is-not", "balance, paths"),
              entry("host3-meets-a-single-session-target", "ports-used, sessions"),
              entry("one-session-cannot-be-balanced", "ports-used, sessions"),
              // PB-13: where a path stops
              entry("an-adapter-without-a-route-is-diagnosed", "diagnosis"),
              entry("one-way-of-two-is-refused", "diagnosis"),
              entry("an-adapter-whose-logins-are-denied-is-diagnosed", "diagnosis"),
              entry("an-adapter-without-a-lun-is-diagnosed", "diagnosis"),
              // PB-15: two arrays
              entry("two-arrays-share-a-fault", "spectrum1: io-undisturbed")));

  private static Map<String, JsonNode> byId(CommandRun run) throws IOException {
    Map<String, JsonNode> results = new TreeMap<>();
    run.results().get("scenarios").forEach(each -> results.put(each.get("id").asText(), each));
    return results;
  }

  private static String reason(Map<String, JsonNode> scenarios, String id) {
    JsonNode scenario = scenarios.get(id);
    assertThat(scenario.get("verdict").asText()).as(scenario.toString()).isEqualTo("FAIL");
    return scenario.get("reason").asText();
  }

  private static String shipped(String file) {
    return Repository.root().resolve("topologies").resolve(file).toString();
  }

  private static String mutant(String file) {
    return Repository.root().resolve("topologies/mutants").resolve(file).toString();
  }
}
