package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The judge is judged: hosts and arrays that are wrong on purpose are found out, each by its row.
 */
class MutantsTest {
  @TempDir private Path output;

  @Test
  void withoutRetryRowsIo6AndIo8Fail() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            "--topology",
            mutant("retry-off.yaml"),
            // Over real networks there is I/O under way when the path goes; on loopback seldom.
            "--engine",
            "containers",
            "--scenario",
            "host2-a-node-port-is-reset",
            "--scenario",
            "host3-an-adapter-goes-silent");

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    JsonNode behaviours = run.results().get("behaviours");
    assertThat(behaviours.get("IO-6").asText()).isEqualTo("FAIL");
    assertThat(behaviours.get("IO-8").asText()).isEqualTo("FAIL");
    assertThat(run.results().toString()).contains("io-continues: ");
  }

  @Test
  void withMultipathingOnHost1RowIo2Fails() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            "--topology",
            mutant("host1-multipath.yaml"),
            "--scenario",
            "host1-link-x-is-reset",
            "--scenario",
            "host1-sees-four-devices");

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    JsonNode behaviours = run.results().get("behaviours");
    assertThat(behaviours.get("IO-2").asText()).isEqualTo("FAIL");
    assertThat(behaviours.get("IO-1").asText()).isEqualTo("FAIL");
  }

  /**
   * Two tgt nodes on one store do not fence each other: a paused node that goes on carries out the
   * writes that it still held, over newer ones that went through the other node.
   */
  @Test
  void ghostWriteOfAPausedNodeIsFound() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            "--scenarios",
            mutant("ghost-write.yaml"),
            "--engine",
            "containers",
            "--scenario",
            "ghost-write-of-a-paused-node");

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    assertThat(run.results().get("scenarios").get(0).get("reason").asText())
        .startsWith("data-integrity: ")
        .contains("is lost: holds the older");
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
   * On real networks, where a host's neighbour cache goes on pointing at the dead port: a virtual
   * address that moves without gratuitous ARP is not reached again.
   */
  @Test
  void moveThatNobodyAnnouncesIsFound() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            "--engine",
            "containers",
            "--scenarios",
            mutant("defects/unannounced-move.yaml"),
            "--scenario",
            "defect-unannounced-move",
            "--scenario",
            "the-virtual-ports-owner-dies");

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    JsonNode announced = run.results().get("scenarios").get(0);
    JsonNode silent = run.results().get("scenarios").get(1);
    assertThat(announced.get("id").asText()).isEqualTo("the-virtual-ports-owner-dies");
    assertThat(announced.get("verdict").asText()).as(announced.toString()).isEqualTo("PASS");
    assertThat(silent.get("verdict").asText()).as(silent.toString()).isEqualTo("FAIL");
    assertThat(silent.get("reason").asText()).startsWith("io-continues: ");
  }

  /** Turns that are one I/O too short or too long, splits that are another way round, and so on. */
  @Test
  void pathPoliciesAndArraysThatAreWrongAreFoundOut() throws IOException {
    CommandRun run =
        CommandRun.qualify(
            output,
            Stream.concat(
                    Stream.of(
                        "--topology",
                        mutant("round-robin.yaml"),
                        "--topology",
                        mutant("uneven.yaml"),
                        "--topology",
                        mutant("single-session.yaml"),
                        "--topology",
                        Repository.root().resolve("topologies/two-arrays.yaml").toString(),
                        "--scenarios",
                        mutant("shared-fault.yaml")),
                    FAILS_BY.keySet().stream().flatMap(id -> Stream.of("--scenario", id)))
                .toArray(String[]::new));

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    Map<String, String> failed = new TreeMap<>();
    for (JsonNode scenario : run.results().get("scenarios")) {
      List<String> checkers = new ArrayList<>();
      for (JsonNode finding : scenario.get("findings")) {
        if (finding.get("verdict").asText().equals("FAIL")) {
          checkers.add(finding.get("checker").asText());
        }
      }
      failed.put(scenario.get("id").asText(), String.join(", ", checkers));
      if (scenario.get("id").asText().equals("two-arrays-share-a-fault")) {
        assertThat(scenario.get("arrays").toString())
            .isEqualTo("{\"pure1\":\"PASS\",\"spectrum1\":\"FAIL\"}");
      }
      if (scenario.get("id").asText().equals("an-even-split-is-not")) {
        assertThat(scenario.at("/loads/0/uneven").asBoolean()).isTrue();
        assertThat(scenario.at("/loads/0/balance").asText())
            .contains("over nic0:node1.c, nic0:node2.c; even.nic1");
      }
    }
    assertThat(failed).isEqualTo(FAILS_BY);
  }

  /** By scenario: the checkers that have to fail there, and no others. */
  private static final Map<String, String> FAILS_BY =
      new TreeMap<>(
          Map.of(
              "turns-of-one-io", "rotation",
              "turns-of-ten-ios", "rotation",
              "turns-of-ten-mebibytes", "rotation",
              "turns-of-a-thousand-ios", "rotation",
              "volumes-with-paths-of-their-own", "paths-at-once",
              "a-slow-path-gets-less", "slow-path",
              "an-uneven-split-is-told", "paths, imbalance",
              "an-even-split-is-not", "paths, balance",
              "host3-meets-a-single-session-target", "ports-used, sessions",
              "two-arrays-share-a-fault", "spectrum1: io-undisturbed"));

  private static String mutant(String file) {
    return Repository.root().resolve("topologies/mutants").resolve(file).toString();
  }
}
