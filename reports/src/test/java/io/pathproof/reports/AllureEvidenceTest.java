package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pathproof.lab.history.HistoryJson;
import io.pathproof.lab.verdict.Outcome;
import io.qameta.allure.AllureLifecycle;
import io.qameta.allure.FileSystemResultsWriter;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllureEvidenceTest {
  @TempDir Path results;

  @Test
  void everythingIsAttachedPassedOrFailedAlike() throws Exception {
    for (Outcome outcome : List.of(Samples.portLost(), Samples.yBreaksWrongly(), Samples.weird())) {
      TreeMap<String, String> attached = attachments(listen(outcome));
      String log = "Log of " + outcome.logs().get(0).part();
      assertThat(attached)
          .containsOnlyKeys(
              "Timeline", "Topology", "Findings", "Load by path", "Run it again", "History", log);
      new SvgDocument(read(attached.get("Timeline")));
      new SvgDocument(read(attached.get("Topology")));
      assertThat(read(attached.get("Findings")))
          .contains("io-continues")
          .doesNotContain("<script>");
      assertThat(read(attached.get("Run it again")))
          .contains("--seed 42", outcome.engine())
          .doesNotContain("--scenarios");
      assertThat(read(attached.get(log))).isEqualTo(outcome.logs().get(0).text());
    }
  }

  @Test
  void aScenarioOfAFileThatWasGivenIsRunAgainFromIt() throws Exception {
    String files = String.join(File.pathSeparator, "/my/own.yaml", "/my/other ones");
    System.setProperty(AllureEvidence.SCENARIO_FILES, files);
    try {
      assertThat(read(attachments(listen(Samples.portLost())).get("Run it again")))
          .contains(" --scenarios /my/own.yaml --scenarios '/my/other ones' ");
    } finally {
      System.clearProperty(AllureEvidence.SCENARIO_FILES);
    }
  }

  @Test
  void historyIsWholeHoweverLong() throws Exception {
    Outcome outcome = Samples.portLost();
    String file = attachments(listen(outcome)).get("History");
    assertThat(file).endsWith(".gz");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(results.resolve(file))),
                StandardCharsets.UTF_8))) {
      assertThat(HistoryJson.read(lines)).isEqualTo(outcome.history());
    }
  }

  @Test
  void labelsLeadFromRowHostAndSuiteToTheTest() throws Exception {
    JsonNode result = listen(Samples.xBreaks());
    assertThat(labels(result, "tag")).containsExactly("IO-2", "IO-3");
    assertThat(labels(result, "suite")).containsExactly("host1");
    assertThat(labels(result, "parentSuite")).containsExactly("io-group");
    assertThat(labels(result, "story")).containsExactly("host1-loses-x");
    assertThat(labels(result, "severity")).containsExactly("critical");
    assertThat(labels(result, "feature").get(0)).startsWith("IO-2  X breaks while I/O");
    assertThat(result.path("description").asText())
        .contains("expected: I/O errors on the device tied to X", "pause: ");
    assertThat(result.path("descriptionHtml").asText()).contains("data:image/svg+xml;base64,");
    assertThat(result.path("links")).isEmpty();
    List<String> parameters = new ArrayList<>();
    result
        .path("parameters")
        .forEach(p -> parameters.add(p.path("name").asText() + "=" + p.path("value").asText()));
    assertThat(parameters)
        .contains("host=host1", "fault=X: silent-drop", "engine=containers", "seed=42");
  }

  @Test
  void outsideATestNothingIsWritten() throws Exception {
    AllureLifecycle lifecycle = new AllureLifecycle(new FileSystemResultsWriter(results));
    new AllureEvidence(lifecycle).scenarioEnded(Samples.noFault());
    try (Stream<Path> files = Files.list(results)) {
      assertThat(files).isEmpty();
    }
  }

  private JsonNode listen(Outcome outcome) throws Exception {
    ReportDump.listen(results, List.of(outcome));
    try (Stream<Path> files = Files.list(results)) {
      for (Path file : files.filter(f -> f.toString().endsWith("-result.json")).toList()) {
        JsonNode result = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
        if (labels(result, "scenario").contains(outcome.scenario().id())) {
          return result;
        }
      }
    }
    throw new AssertionError("no result of " + outcome.scenario().id());
  }

  private static TreeMap<String, String> attachments(JsonNode result) {
    TreeMap<String, String> found = new TreeMap<>();
    result
        .path("attachments")
        .forEach(a -> found.put(a.path("name").asText(), a.path("source").asText()));
    return found;
  }

  private String read(String source) throws Exception {
    return Files.readString(results.resolve(source), StandardCharsets.UTF_8);
  }

  private static List<String> labels(JsonNode result, String name) {
    List<String> found = new ArrayList<>();
    result
        .path("labels")
        .forEach(
            label -> {
              if (label.path("name").asText().equals(name)) {
                found.add(label.path("value").asText());
              }
            });
    return found;
  }
}
