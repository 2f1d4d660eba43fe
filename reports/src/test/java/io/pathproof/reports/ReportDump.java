package io.pathproof.reports;

import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import io.qameta.allure.AllureLifecycle;
import io.qameta.allure.FileSystemResultsWriter;
import io.qameta.allure.model.Label;
import io.qameta.allure.model.Status;
import io.qameta.allure.model.StatusDetails;
import io.qameta.allure.model.TestResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A whole report of sample outcomes, as the suites would give it; to look at: first argument. */
final class ReportDump {
  private ReportDump() {}

  static final RunInfo RUN =
      new RunInfo(
          42,
          "containers",
          "io-group",
          "0.1.0",
          "abc1234",
          Instant.parse("2026-11-21T01:00:00Z"),
          Duration.ofSeconds(73));

  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]));
  }

  static Path write(Path folder) throws IOException {
    Path results = folder.resolve("allure-results");
    List<Outcome> outcomes = new ArrayList<>(Samples.run());
    outcomes.add(Samples.large());
    outcomes.add(Samples.weird());
    outcomes.add(Samples.empty());
    listen(results, outcomes);
    Path jmh = Files.writeString(folder.resolve("jmh.json"), SampleJmh.json(30));
    Optional<BenchmarkSection> benchmark =
        Optional.of(BenchmarkSection.read(jmh, SampleTopology.ioGroup()));
    new ResultsWriter().write(folder.resolve("results.json"), RUN, outcomes);
    return new ReportWriter().generate(results, folder, RUN, outcomes, benchmark);
  }

  /** What Allure's JUnit listener does around each test, with the evidence in the middle. */
  static void listen(Path results, List<Outcome> outcomes) {
    AllureLifecycle lifecycle = new AllureLifecycle(new FileSystemResultsWriter(results));
    AllureEvidence evidence = new AllureEvidence(lifecycle);
    for (Outcome outcome : outcomes) {
      String id = UUID.randomUUID().toString();
      List<Label> labels = new ArrayList<>();
      labels.add(new Label().setName("suite").setValue("io.pathproof.suites.HostSuite"));
      String name = outcome.scenario().id().replace('-', ' ');
      lifecycle.scheduleTestCase(
          new TestResult().setUuid(id).setHistoryId(name).setName(name).setLabels(labels));
      lifecycle.startTestCase(id);
      evidence.scenarioEnded(outcome);
      lifecycle.updateTestCase(
          id,
          result ->
              result
                  .setStatus(status(outcome.verdict()))
                  .setStatusDetails(new StatusDetails().setMessage(message(outcome))));
      lifecycle.stopTestCase(id);
      lifecycle.writeTestCase(id);
    }
  }

  private static Status status(Verdict verdict) {
    return switch (verdict) {
      case PASS -> Status.PASSED;
      case FAIL -> Status.FAILED;
      case INCONCLUSIVE -> Status.BROKEN;
    };
  }

  /** As the JUnit extension words it. */
  private static String message(Outcome outcome) {
    return outcome.scenario().id() + ": " + outcome.reason();
  }
}
