package io.pathproof.reports;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.reports.picture.Figures;
import io.qameta.allure.ConfigurationBuilder;
import io.qameta.allure.ReportGenerator;
import io.qameta.allure.core.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Turns Allure results into one HTML file that loads nothing from elsewhere. Works in this JVM,
 * without network. Not for two threads on one folder.
 */
public final class ReportWriter {
  /** A failure's message is the reason of its outcome, which begins with the checker's name. */
  private static final String[][] CATEGORIES = {
    {"Data loss or corruption", "failed", "(?s)(?:.*?: )?data-integrity: .*"},
    {"I/O error where none was allowed", "failed", "(?s)(?:.*?: )?io-continues: .*"},
    {"No I/O after healing", "failed", "(?s)(?:.*?: )?liveness: .*"},
    {"Pause longer than allowed", "failed", "(?s)(?:.*?: )?pause: .*"},
    {"Array changed its state", "failed", "(?s)(?:.*?: )?array-unchanged: .*"},
    {"No I/O error where one was due", "failed", "(?s)(?:.*?: )?io-fails(?:-when-tried)?: .*"},
    {"Inconclusive lab", "broken", "(?s).*"},
  };

  /**
   * Adds what the report needs to the results (environment, categories) and writes {@code
   * outputDir/report/index.html}. Results that are there already are kept; what an earlier call
   * added is replaced.
   *
   * @param allureResults the folder that Allure's listener wrote to; made if absent
   * @param outputDir its {@code report} folder is replaced
   * @return the file
   * @throws IOException when a file cannot be written, or when the report would call out
   */
  public Path generate(Path allureResults, Path outputDir, RunInfo run, List<Outcome> outcomes)
      throws IOException {
    return generate(allureResults, outputDir, run, outcomes, Optional.empty());
  }

  /** As above, with the failover benchmark's figures on the first page. */
  public Path generate(
      Path allureResults,
      Path outputDir,
      RunInfo run,
      List<Outcome> outcomes,
      Optional<BenchmarkSection> benchmark)
      throws IOException {
    Files.createDirectories(allureResults);
    environment(allureResults.resolve("environment.properties"), run, outcomes);
    categories(allureResults.resolve("categories.json"));
    Path report = outputDir.resolve("report");
    Path work = Files.createTempDirectory("pathproof-report");
    try {
      Configuration configuration =
          ConfigurationBuilder.bundled()
              .withPlugins(
                  List.of(ReportPlugin.in(work.resolve("plugin"), run, outcomes, benchmark)))
              .withReportName(name(run))
              .build();
      Path raw = work.resolve("report");
      new ReportGenerator(configuration).generateSingleFile(raw, List.of(allureResults));
      String html = Files.readString(raw.resolve("index.html"), StandardCharsets.UTF_8);
      Files.createDirectories(report);
      Path index = report.resolve("index.html");
      Files.writeString(index, OfflineHtml.strip(html), StandardCharsets.UTF_8);
      return index;
    } finally {
      delete(work);
    }
  }

  /** Allure sets it in capitals beside its own figures: a list of topologies has no place there. */
  private static String name(RunInfo run) {
    int topologies = run.topology().split(", ").length;
    return "Pathproof: " + (topologies == 1 ? run.topology() : topologies + " topologies");
  }

  private static void environment(Path file, RunInfo run, List<Outcome> outcomes)
      throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("Verdict", RunSummary.of(run, outcomes).verdict().name());
    values.put("Topology", run.topology());
    values.put("Engine", run.engine());
    values.put("Seed", Long.toString(run.seed()));
    values.put("Version", run.version() + (run.commit().isEmpty() ? "" : " " + run.commit()));
    values.put("Started", run.started().toString());
    values.put("Duration", Figures.time(run.duration().toMillis()));
    values.put("Java", System.getProperty("java.version"));
    values.put("OS", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    StringBuilder out = new StringBuilder();
    values.forEach(
        (key, value) -> out.append(key).append(" = ").append(escaped(value)).append('\n'));
    Files.writeString(file, out, StandardCharsets.ISO_8859_1);
  }

  /** A value as java.util.Properties reads it. */
  private static String escaped(String value) {
    StringBuilder out = new StringBuilder();
    for (char c : value.toCharArray()) {
      if (c == '\\') {
        out.append("\\\\");
      } else if (c < 0x20 || c > 0x7e) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static void categories(Path file) throws IOException {
    JsonMapper mapper = JsonMapper.builder().build();
    ArrayNode root = mapper.createArrayNode();
    for (String[] category : CATEGORIES) {
      ArrayNode statuses =
          root.addObject()
              .put("name", category[0])
              .put("messageRegex", category[2])
              .putArray("matchedStatuses");
      for (String status : category[1].split(" ")) {
        statuses.add(status);
      }
    }
    Files.writeString(file, mapper.writeValueAsString(root), StandardCharsets.UTF_8);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
