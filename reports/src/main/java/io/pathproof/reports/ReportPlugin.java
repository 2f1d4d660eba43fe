package io.pathproof.reports;

import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import io.pathproof.reports.picture.Markup;
import io.qameta.allure.Aggregator2;
import io.qameta.allure.CommonJsonAggregator2;
import io.qameta.allure.Extension;
import io.qameta.allure.PluginConfiguration;
import io.qameta.allure.ReportStorage;
import io.qameta.allure.core.Configuration;
import io.qameta.allure.core.LaunchResults;
import io.qameta.allure.core.Plugin;
import io.qameta.allure.entity.Label;
import io.qameta.allure.entity.LabelName;
import io.qameta.allure.entity.TestResult;
import io.qameta.allure.plugin.DefaultPlugin;
import io.qameta.allure.tree.TestResultTree;
import io.qameta.allure.tree.TreeUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Adds to Allure's report: the outcome table on the first page, and a tab of behaviours. */
final class ReportPlugin {
  private static final String SCRIPT = "index.js";
  private static final String STYLE = "styles.css";

  private ReportPlugin() {}

  /**
   * The plug-in, with its static files in the given folder (made by the caller, who also removes it
   * once the report is written).
   */
  static Plugin in(
      Path folder, RunInfo run, List<Outcome> outcomes, Optional<BenchmarkSection> benchmark)
      throws IOException {
    Path files = Files.createDirectories(folder.resolve("static"));
    try (InputStream script = ReportPlugin.class.getResourceAsStream("allure/" + SCRIPT)) {
      Files.copy(script, files.resolve(SCRIPT));
    }
    try (InputStream style = ReportPlugin.class.getResourceAsStream("allure/" + STYLE)) {
      String rules = new String(style.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(files.resolve(STYLE), HtmlTables.css() + rules, StandardCharsets.UTF_8);
    }
    PluginConfiguration configuration =
        new PluginConfiguration()
            .setId("pathproof")
            .setName("Pathproof")
            .setDescription("Outcome table and behaviours")
            .setJsFiles(List.of(SCRIPT))
            .setCssFiles(List.of(STYLE));
    List<Extension> extensions = List.of(new Behaviours(), new FirstPage(run, outcomes, benchmark));
    return new DefaultPlugin(configuration, extensions, folder);
  }

  private static Stream<TestResult> results(List<LaunchResults> launches) {
    return launches.stream().flatMap(launch -> launch.getResults().stream());
  }

  /** Row of the contract, then scenario; only tests that drive a row. */
  private static final class Behaviours extends CommonJsonAggregator2 {
    Behaviours() {
      super("data", "behaviors.json");
    }

    @Override
    protected Object getData(List<LaunchResults> launches) {
      TestResultTree tree =
          new TestResultTree(
              "behaviors", result -> TreeUtils.groupByLabels(result, LabelName.FEATURE));
      Comparator<String> order = Contract.load().order();
      results(launches)
          .filter(result -> !result.findAllLabels(LabelName.FEATURE, Collectors.toSet()).isEmpty())
          .sorted(Comparator.comparing(ReportPlugin::firstRow, order))
          .forEach(tree::add);
      return tree;
    }
  }

  private static String firstRow(TestResult result) {
    Comparator<String> order = Contract.load().order();
    Set<String> tags = result.findAllLabels(LabelName.TAG, Collectors.toSet());
    return tags.stream().min(order).orElse("");
  }

  /** The outcome table, each scenario linked to its test; the contract; the benchmark. */
  private static final class FirstPage implements Aggregator2 {
    private final RunInfo run;
    private final List<Outcome> outcomes;
    private final Optional<BenchmarkSection> benchmark;

    FirstPage(RunInfo run, List<Outcome> outcomes, Optional<BenchmarkSection> benchmark) {
      this.run = run;
      this.outcomes = outcomes;
      this.benchmark = benchmark;
    }

    @Override
    public void aggregate(
        Configuration configuration, List<LaunchResults> launches, ReportStorage storage) {
      Map<String, String> pages = new HashMap<>();
      results(launches)
          .forEach(
              result ->
                  result.getLabels().stream()
                      .filter(label -> AllureEvidence.SCENARIO_LABEL.equals(label.getName()))
                      .map(Label::getValue)
                      .forEach(id -> pages.put(id, "#testresult/" + result.getUid())));
      storage.addDataJson("widgets/pathproof.json", Map.of("html", html(pages)));
    }

    private String html(Map<String, String> pages) {
      RunSummary summary = RunSummary.of(run, outcomes);
      return "<div class=\"pathproof\"><h2 class=\"pp-title\">Verdict "
          + HtmlTables.chip(summary.verdict(), summary.verdict().name())
          + " <span class=\"pp-muted\">"
          + Markup.escape(counts())
          + "</span></h2><p class=\"pp-muted pp-run\">"
          + Markup.escape("engine " + run.engine() + ", seed " + run.seed() + "; " + run.topology())
          + "</p>"
          + run.shortfalls().stream()
              .map(text -> "<p class=\"pp-why\">" + Markup.escape(text) + "</p>")
              .collect(Collectors.joining())
          + HtmlTables.chips(summary)
          + HtmlTables.outcomes(outcomes, o -> pages.getOrDefault(o.scenario().id(), ""))
          + benchmark.map(section -> "<h2>Failover benchmark</h2>" + section.section()).orElse("")
          + "<details><summary>The contract, row by row</summary>"
          + HtmlTables.contract(outcomes)
          + "</details></div>";
    }

    private String counts() {
      Map<Verdict, Long> by =
          outcomes.stream().collect(Collectors.groupingBy(Outcome::verdict, Collectors.counting()));
      return Stream.of(Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)
          .filter(by::containsKey)
          .map(verdict -> by.get(verdict) + " " + verdict)
          .collect(
              Collectors.joining(
                  ", ",
                  outcomes.size() + (outcomes.size() == 1 ? " scenario: " : " scenarios: "),
                  ""));
    }
  }
}
