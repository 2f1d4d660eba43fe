package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One {@code pathproof doctor} in this JVM.
 *
 * @param status its exit status
 * @param out what it printed to stdout
 * @param err what it printed to stderr
 * @param json what it wrote as JSON, checked against its schema; null where it ended before
 */
record DoctorRun(int status, String out, String err, JsonNode json) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Runs it with {@code --json FILE} besides. */
  static DoctorRun of(Path folder, String... arguments) throws Exception {
    Path file = folder.resolve("doctor.json");
    List<String> all = new ArrayList<>(List.of("doctor", "--json", file.toString()));
    all.addAll(List.of(arguments));
    DoctorRun bare = bare(all.toArray(String[]::new));
    JsonNode json = Files.exists(file) ? JSON.readTree(file.toFile()) : null;
    if (json != null) {
      checked(json);
    }
    return new DoctorRun(bare.status(), bare.out(), bare.err(), json);
  }

  /** Runs a command line as it is. */
  static DoctorRun bare(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Pathproof.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new DoctorRun(status, out.toString(), err.toString(), null);
  }

  /** What it printed, in one line. */
  String text() {
    return out.replaceAll("\\s+", " ");
  }

  static void checked(JsonNode json) throws Exception {
    Path schema = Repository.root().resolve("reports/schema/pathproof-doctor-1.schema.json");
    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(JSON.readTree(schema.toFile()))
                .validate(json))
        .isEmpty();
  }

  /** Where a path stops, {@code sound}, or an empty string if there is no such path. */
  String stop(String path) {
    for (JsonNode host : json.get("hosts")) {
      for (JsonNode each : host.get("paths")) {
        if (each.get("path").asText().equals(path)) {
          return each.path("stopsAt").asText("sound");
        }
      }
    }
    return "";
  }

  /** Why the first path that stops does. */
  String why() {
    for (JsonNode path : json.get("hosts").get(0).get("paths")) {
      for (JsonNode step : path.get("steps")) {
        if (step.has("why")) {
          return step.get("why").asText();
        }
      }
    }
    return "";
  }
}
