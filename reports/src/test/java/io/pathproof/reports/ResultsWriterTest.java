package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsWriterTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void fileIsWhatItsSchemaSays(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("new/results.json");
    new ResultsWriter().write(file, ReportDump.RUN, Samples.run());
    JsonNode root = JSON.readTree(Files.readAllBytes(file));
    assertThat(schema().validate(root)).isEmpty();
    assertThat(root.path("schema").asText()).isEqualTo("pathproof-results/1");
    assertThat(root.path("verdict").asText()).isEqualTo("FAIL");
    assertThat(root.path("run").path("started").asText()).isEqualTo("2026-11-21T01:00:00Z");
    JsonNode lost = root.path("scenarios").get(1);
    assertThat(lost.path("id").asText()).isEqualTo("host2-loses-a-node-port");
    assertThat(lost.path("array").asText()).isEqualTo("tgt");
    assertThat(lost.path("io").path("issued").asLong()).isEqualTo(3000);
    assertThat(lost.path("failover").path("detectMs").asDouble()).isEqualTo(812);
    JsonNode load = lost.path("loads").get(0);
    assertThat(load.path("uneven").asBoolean()).isTrue();
    assertThat(load.path("balance").asText()).contains("33.3 %");
    assertThat(load.path("paths").get(0).toString())
        .isEqualTo(
            "{\"path\":\"nic0:node1.a\",\"portion\":0.333,\"ios\":500,\"reads\":400,\"writes\":100,"
                + "\"bytes\":2048000,\"errors\":3,\"meanLatencyMs\":1.25}");
    assertThat(root.path("scenarios").get(2).path("failover").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/run/seed", "/verdict", "/scenarios/0/io/failed", "/scenarios/0/failover"})
  void schemaRefusesAFileThatLacks(String pointer) throws Exception {
    JsonNode root = tree(Samples.run());
    int slash = pointer.lastIndexOf('/');
    ((ObjectNode) root.at(pointer.substring(0, slash))).remove(pointer.substring(slash + 1));
    assertThat(schema().validate(root)).isNotEmpty();
  }

  @Test
  void schemaRefusesAFailureWithoutReason() throws Exception {
    JsonNode root = tree(List.of(Samples.yBreaksWrongly()));
    ((ObjectNode) root.at("/scenarios/0")).put("reason", "");
    assertThat(schema().validate(root)).isNotEmpty();
  }

  @Test
  void runWithoutScenariosIsInconclusive() throws Exception {
    JsonNode root = tree(List.of());
    assertThat(root.path("verdict").asText()).isEqualTo("INCONCLUSIVE");
    assertThat(schema().validate(root)).isEmpty();
  }

  @Test
  void rowHasTheGravestVerdictOfItsScenariosInTheContractsOrder() {
    RunSummary summary = RunSummary.of(Samples.run());
    assertThat(summary.behaviours().keySet())
        .containsExactly("IO-2", "IO-3", "IO-6", "IO-8", "IO-9", "IO-11", "RR-1");
    assertThat(summary.behaviours())
        .containsEntry("IO-6", Verdict.FAIL)
        .containsEntry("IO-11", Verdict.INCONCLUSIVE)
        .containsEntry("RR-1", Verdict.PASS);
    assertThat(summary.verdict()).isEqualTo(Verdict.FAIL);
    List<Outcome> reversed = new ArrayList<>(Samples.run());
    Collections.reverse(reversed);
    assertThat(RunSummary.of(reversed)).isEqualTo(summary);
    assertThat(RunSummary.of(List.of(Samples.noFault())).verdict()).isEqualTo(Verdict.PASS);
  }

  private static JsonNode tree(List<Outcome> outcomes) throws Exception {
    return JSON.readTree(new ResultsWriter().json(ReportDump.RUN, outcomes));
  }

  private static JsonSchema schema() throws Exception {
    try (InputStream in =
        ResultsWriter.class.getResourceAsStream("schema/pathproof-results-1.schema.json")) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(JSON.readTree(in));
    }
  }
}
