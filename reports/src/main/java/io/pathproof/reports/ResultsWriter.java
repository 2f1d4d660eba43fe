package io.pathproof.reports;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pathproof.lab.verdict.Failover;
import io.pathproof.lab.verdict.Finding;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.PathLoads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes {@code results.json}: a public interface, described by {@code
 * reports/schema/pathproof-results-1.schema.json}. Thread-safe.
 */
public final class ResultsWriter {
  /** The schema's id, in the file's {@code schema} key. */
  public static final String SCHEMA = "pathproof-results/1";

  private final JsonMapper mapper =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /**
   * Writes the file, in place of one that is there; its folder is made if absent.
   *
   * @throws IOException when it cannot be written
   */
  public void write(Path file, RunInfo run, List<Outcome> outcomes) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Files.writeString(file, json(run, outcomes), StandardCharsets.UTF_8);
  }

  /** The file's text. */
  public String json(RunInfo run, List<Outcome> outcomes) throws IOException {
    ObjectNode root = mapper.createObjectNode();
    root.put("schema", SCHEMA);
    root.putObject("run")
        .put("seed", run.seed())
        .put("engine", run.engine())
        .put("topology", run.topology())
        .put("version", run.version())
        .put("commit", run.commit())
        .put("started", run.started().toString())
        .put("durationMs", run.duration().toMillis());
    ArrayNode scenarios = root.putArray("scenarios");
    outcomes.forEach(outcome -> scenario(scenarios.addObject(), outcome));
    RunSummary summary = RunSummary.of(run, outcomes);
    ObjectNode behaviours = root.putObject("behaviours");
    summary.behaviours().forEach((id, verdict) -> behaviours.put(id, verdict.name()));
    root.put("verdict", summary.verdict().name());
    ArrayNode shortfalls = root.putArray("shortfalls");
    run.shortfalls().forEach(shortfalls::add);
    return mapper.writeValueAsString(root) + "\n";
  }

  private static void scenario(ObjectNode node, Outcome outcome) {
    node.put("id", outcome.scenario().id());
    ArrayNode behaviours = node.putArray("behaviours");
    outcome.scenario().behaviours().forEach(behaviours::add);
    node.put("array", outcome.topology().arrayKinds())
        .put("engine", outcome.engine())
        .put("verdict", outcome.verdict().name())
        .put("reason", outcome.reason())
        .put("expected", outcome.expected())
        .put("observed", outcome.observed());
    node.putObject("io")
        .put("issued", outcome.io().issued())
        .put("ok", outcome.io().ok())
        .put("failed", outcome.io().failed())
        .put("indeterminate", outcome.io().indeterminate());
    if (outcome.failover().isPresent()) {
      Failover failover = outcome.failover().get();
      node.putObject("failover")
          .put("detectMs", micros(failover.detectMs()))
          .put("decideMs", micros(failover.decideMs()))
          .put("firstIoMs", micros(failover.firstIoMs()))
          .put("fenceMs", micros(failover.fenceMs()))
          .put("blackoutMs", micros(failover.blackoutMs()));
    } else {
      node.putNull("failover");
    }
    ArrayNode findings = node.putArray("findings");
    for (Finding finding : outcome.findings()) {
      findings
          .addObject()
          .put("checker", finding.checker())
          .put("verdict", finding.verdict().name())
          .put("expected", finding.expected())
          .put("observed", finding.observed());
    }
    if (!outcome.arrays().isEmpty()) {
      ObjectNode arrays = node.putObject("arrays");
      outcome.arrays().forEach((array, verdict) -> arrays.put(array, verdict.name()));
    }
    ArrayNode loads = node.putArray("loads");
    outcome.loads().forEach(load -> loads(loads.addObject(), load));
    node.put("durationMs", outcome.duration().toMillis());
  }

  private static void loads(ObjectNode node, PathLoads load) {
    node.put("host", load.host())
        .put("device", load.device())
        .put("volume", load.volume())
        .put("balance", load.balance())
        .put("uneven", load.uneven());
    ArrayNode paths = node.putArray("paths");
    load.shares()
        .forEach(
            (path, share) ->
                paths
                    .addObject()
                    .put("path", path)
                    .put("portion", micros(load.portions().get(path)))
                    .put("ios", share.ios())
                    .put("reads", share.reads())
                    .put("writes", share.writes())
                    .put("bytes", share.bytes())
                    .put("errors", share.errors())
                    .put("meanLatencyMs", micros(share.meanLatencyNs() / 1e6)));
  }

  /** Three decimals: what is finer is noise. */
  private static double micros(double milliseconds) {
    return Math.round(milliseconds * 1000) / 1000.0;
  }
}
