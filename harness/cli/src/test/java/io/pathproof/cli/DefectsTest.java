package io.pathproof.cli;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pathproof.targets.array.scsi.Defect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The judge is judged: each way in which the simulated array can be broken has a scenario that
 * fails by the right checker, and that passes once the array is sound.
 */
class DefectsTest {
  /** The checker that has to find each defect; others may find it as well. */
  private static final Map<Defect, String> FOUND_BY =
      Map.ofEntries(
          entry(Defect.LOSE_ACKNOWLEDGED_WRITE, "data-integrity"),
          entry(Defect.LATE_WRITE, "data-integrity"),
          entry(Defect.STALE_READ, "data-integrity"),
          entry(Defect.MISDIRECT_WRITE, "data-integrity"),
          entry(Defect.TEAR_WRITE, "data-integrity"),
          entry(Defect.REORDER_WRITES, "data-integrity"),
          entry(Defect.HOLD_COMMAND, "data-integrity"),
          entry(Defect.IGNORE_ABORT, "data-integrity"),
          entry(Defect.SPLIT_BRAIN, "data-integrity"),
          entry(Defect.UNANNOUNCED_MOVE, "io-continues"),
          entry(Defect.REDIRECT_LOOP, "io-continues"),
          entry(Defect.REDIRECT_TO_DEAD_PORT, "logout-request"),
          entry(Defect.STUCK_TRANSITION, "io-continues"),
          entry(Defect.READY_BUT_NO_IO, "io-continues"),
          entry(Defect.ENDLESS_UNIT_ATTENTION, "io-continues"),
          entry(Defect.LOSE_UNIT_ATTENTION, "unit-attention"),
          entry(Defect.WRONG_ACCESS_STATE, "access-states"),
          entry(Defect.BAD_CMD_SN, "protocol"),
          entry(Defect.BAD_DATA_SN, "protocol"),
          entry(Defect.BAD_RESIDUAL, "protocol"));

  @TempDir private Path output;
  @TempDir private Path scenarios;

  @Test
  void everyBrokenArrayIsFoundOut() throws IOException {
    assertThat(FOUND_BY.keySet()).containsExactlyInAnyOrder(Defect.values());

    CommandRun run = qualify(folder(), "defect-*");

    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.FAIL);
    Map<String, JsonNode> results = byId(run);
    assertThat(results).hasSize(Defect.values().length);
    for (Defect defect : Defect.values()) {
      JsonNode result = results.get("defect-" + defect.word());
      assertThat(result).as(defect.word()).isNotNull();
      assertThat(result.get("verdict").asText()).as(result.toString()).isEqualTo("FAIL");
      assertThat(failing(result)).as(defect.word()).contains(FOUND_BY.get(defect));
    }
  }

  @Test
  void noSoundArrayIsAccused() throws IOException {
    for (Path file : files()) {
      List<String> sound =
          Files.readAllLines(file).stream()
              .filter(line -> !line.contains("how: defect "))
              .map(line -> line.replace("scenario: defect-", "scenario: without-"))
              .collect(Collectors.toCollection(ArrayList::new));
      if (sound.stream().noneMatch(line -> line.contains("break:"))) {
        sound.removeIf(line -> line.equals("faults:"));
      }
      Files.write(scenarios.resolve(file.getFileName()), sound);
    }

    CommandRun run = qualify(scenarios, "without-*");

    Map<String, JsonNode> results = byId(run);
    assertThat(results).hasSize(Defect.values().length);
    results.forEach(
        (id, result) ->
            assertThat(result.get("verdict").asText()).as(id + ": " + result).isEqualTo("PASS"));
    assertThat(run.status()).as(run.out()).isEqualTo(ExitStatus.PASS);
  }

  private CommandRun qualify(Path files, String glob) {
    Path topologies = Repository.root().resolve("topologies");
    List<String> arguments = new ArrayList<>(List.of("--jobs", "8"));
    for (String name :
        List.of(
            "alua",
            "hasty-host",
            "io-group-takeover",
            "mutants/impatient-host",
            "virtual-port-direct")) {
      arguments.addAll(List.of("--topology", topologies.resolve(name + ".yaml").toString()));
    }
    arguments.addAll(List.of("--scenarios", files.toString(), "--scenario", glob));
    return CommandRun.qualify(output, arguments.toArray(String[]::new));
  }

  private static Path folder() {
    return Repository.root().resolve("topologies/mutants/defects");
  }

  private static List<Path> files() {
    return Arrays.stream(Defect.values()).map(d -> folder().resolve(d.word() + ".yaml")).toList();
  }

  private static Map<String, JsonNode> byId(CommandRun run) throws IOException {
    Map<String, JsonNode> results = new TreeMap<>();
    run.results().get("scenarios").forEach(each -> results.put(each.get("id").asText(), each));
    return results;
  }

  private static List<String> failing(JsonNode result) {
    List<String> checkers = new ArrayList<>();
    result
        .get("findings")
        .forEach(
            finding -> {
              if (finding.get("verdict").asText().equals("FAIL")) {
                checkers.add(finding.get("checker").asText());
              }
            });
    return checkers;
  }
}
