package io.pathproof.cli;

import io.pathproof.junit.RunSettings;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.verdict.Finding;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import io.pathproof.reports.BenchmarkSection;
import io.pathproof.reports.OutcomeTable;
import io.pathproof.reports.ReportWriter;
import io.pathproof.reports.ResultsWriter;
import io.pathproof.reports.RunInfo;
import io.pathproof.reports.RunSummary;
import io.qameta.allure.Allure;
import io.qameta.allure.AllureLifecycle;
import io.qameta.allure.FileSystemResultsWriter;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One run of {@code pathproof qualify} from the first scenario to the report. */
final class Qualification {
  private final Engine engine;
  private final long seed;
  private final int jobs;
  private final List<Path> topologyFiles;
  private final Path topologyFolder;
  private final Path output;
  private final List<String> promised;
  private final Optional<BenchmarkSection> benchmark;

  /**
   * @param jobs how many scenarios run side by side, from 1
   * @param promised the rows that the run has to drive
   * @param benchmark figures that the report shows beside the scenarios
   */
  Qualification(
      Engine engine,
      long seed,
      int jobs,
      List<Path> topologyFiles,
      Path topologyFolder,
      Path output,
      List<String> promised,
      Optional<BenchmarkSection> benchmark) {
    this.promised = List.copyOf(promised);
    this.benchmark = benchmark;
    this.engine = engine;
    this.seed = seed;
    this.jobs = jobs;
    this.topologyFiles = List.copyOf(topologyFiles);
    this.topologyFolder = topologyFolder;
    this.output = output.toAbsolutePath().normalize();
  }

  /** Runs the suites, writes the results and the report, returns the exit status. */
  int run(SuiteRun suites, PrintWriter out, PrintWriter err) throws IOException {
    Path allureResults = output.resolve("allure-results");
    clear(output.resolve("results.json"));
    clear(output.resolve("report"));
    clear(allureResults);
    Files.createDirectories(allureResults);
    Allure.setLifecycle(new AllureLifecycle(new FileSystemResultsWriter(allureResults)));

    boolean terminal = System.console() != null && System.getenv("TERM") != null;
    boolean colours = terminal && System.getenv("NO_COLOR") == null;
    int total = suites.scenarios().size();
    ProgressPrinter progress = new ProgressPrinter(out, total, terminal, colours);
    out.printf(
        "%d scenario%s on engine %s%s, seed %d%n",
        total,
        total == 1 ? "" : "s",
        engine.name(),
        jobs > 1 ? ", " + jobs + " at a time" : "",
        seed);

    Instant started = Instant.now();
    List<String> failures = suites.execute(parameters(), jobs, progress);
    Duration duration = Duration.between(started, Instant.now());

    List<Outcome> outcomes = inOrder(suites.scenarios(), progress.outcomes());
    List<String> shortfalls = shortfalls(suites.scenarios(), outcomes, failures);
    RunInfo info =
        new RunInfo(
            seed,
            engine.name(),
            outcomes.stream()
                .map(outcome -> outcome.topology().name())
                .distinct()
                .collect(Collectors.joining(", ")),
            Build.version(),
            Build.commit(),
            started,
            duration,
            shortfalls);
    Verdict verdict = RunSummary.of(info, outcomes).verdict();
    new ResultsWriter().write(output.resolve("results.json"), info, outcomes);
    out.println();
    out.println(OutcomeTable.render(outcomes, width(), colours));
    shortfalls.forEach(line -> err.println("pathproof: " + line));
    out.println("writing the report ...");
    new ReportWriter().generate(allureResults, output, info, outcomes, benchmark);
    benchmark.ifPresent(section -> out.println(section.text()));
    summary(outcomes, verdict, duration, Duration.between(started, Instant.now()), out);
    advice(outcomes, jobs).ifPresent(out::println);
    return ExitStatus.of(verdict);
  }

  /** Scenarios that run side by side end in any order; people compare runs line by line. */
  private static List<Outcome> inOrder(List<Selection.Listed> listed, List<Outcome> outcomes) {
    List<String> ids = listed.stream().map(Selection.Listed::id).toList();
    return outcomes.stream()
        .sorted(Comparator.comparingInt(outcome -> ids.indexOf(outcome.scenario().id())))
        .toList();
  }

  private List<String> shortfalls(
      List<Selection.Listed> listed, List<Outcome> outcomes, List<String> failures) {
    List<String> found = new ArrayList<>(failures);
    Set<String> judged =
        outcomes.stream().map(outcome -> outcome.scenario().id()).collect(Collectors.toSet());
    listed.stream()
        .filter(scenario -> !judged.contains(scenario.id()))
        .forEach(scenario -> found.add("scenario " + scenario.id() + " came to no verdict"));
    for (String row : promised) {
      if (outcomes.stream().noneMatch(outcome -> outcome.scenario().behaviours().contains(row))) {
        found.add("row " + row + " is promised, and no scenario drove it");
      }
    }
    return found;
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put(RunSettings.ENGINE, engine.name());
    parameters.put(RunSettings.SEED, Long.toString(seed));
    parameters.put(RunSettings.TOPOLOGY_FOLDER, topologyFolder.toString());
    parameters.put(
        RunSettings.TOPOLOGY_FILES,
        topologyFiles.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    return parameters;
  }

  private void summary(
      List<Outcome> outcomes, Verdict verdict, Duration duration, Duration whole, PrintWriter out) {
    Map<Verdict, Long> counts =
        outcomes.stream().collect(Collectors.groupingBy(Outcome::verdict, Collectors.counting()));
    out.printf(
        "%s: %d PASS, %d FAIL, %d INCONCLUSIVE in %d s, %d s with the report, seed %d%n",
        verdict,
        counts.getOrDefault(Verdict.PASS, 0L),
        counts.getOrDefault(Verdict.FAIL, 0L),
        counts.getOrDefault(Verdict.INCONCLUSIVE, 0L),
        duration.toSeconds(),
        whole.toSeconds(),
        seed);
    out.println("results: " + output.resolve("results.json"));
    out.println("report:  " + output.resolve("report/index.html"));
  }

  /** What to do where scenarios that ran side by side kept each other from being judged. */
  static Optional<String> advice(List<Outcome> outcomes, int jobs) {
    long busy =
        outcomes.stream()
            .filter(outcome -> outcome.findings().stream().anyMatch(Finding::tooBusy))
            .count();
    return jobs > 1 && busy > 0
        ? Optional.of(
            busy
                + (busy == 1 ? " scenario" : " scenarios")
                + " could not be judged, as this machine was too busy: --jobs 1 runs one at a time")
        : Optional.empty();
  }

  private static int width() {
    try {
      return Integer.parseInt(System.getenv().getOrDefault("COLUMNS", "160"));
    } catch (NumberFormatException e) {
      return 160;
    }
  }

  private static void clear(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(path)) {
      for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
