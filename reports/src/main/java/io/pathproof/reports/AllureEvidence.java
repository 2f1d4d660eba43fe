package io.pathproof.reports;

import io.pathproof.lab.LabListener;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.HistoryJson;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.verdict.Finding;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.reports.picture.Markup;
import io.pathproof.reports.picture.TimelinePicture;
import io.pathproof.reports.picture.TopologyPicture;
import io.qameta.allure.AllureLifecycle;
import io.qameta.allure.model.Label;
import io.qameta.allure.model.Parameter;
import io.qameta.allure.model.TestResult;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Attaches the evidence of every scenario, passed or failed alike, to the Allure test that runs it:
 * pictures, findings, history, the logs of the lab's parts, and how to run it again. To be called
 * on the test's own thread; outside an Allure test it does nothing.
 */
public final class AllureEvidence implements LabListener {
  /**
   * System property: files and folders of scenarios that the run was given besides the shipped
   * ones, joined by {@link java.io.File#pathSeparator}; they go into the command that runs a
   * scenario again.
   */
  public static final String SCENARIO_FILES = "pathproof.report.scenario.files";

  /** The label by which the report finds the test of a scenario. */
  static final String SCENARIO_LABEL = "scenario";

  private static final Set<String> SUITE_LABELS = Set.of("parentSuite", "suite", "subSuite");
  private static final int PLAIN_HISTORY_BYTES = 128 * 1024;
  private static final String SVG = "image/svg+xml";

  private final AllureLifecycle lifecycle;

  /**
   * Found by {@link java.util.ServiceLoader}; works on the lifecycle of Allure's JUnit listener.
   */
  public AllureEvidence() {
    this(io.qameta.allure.Allure.getLifecycle());
  }

  /**
   * @param lifecycle the one that Allure's JUnit listener works on: {@code Allure.getLifecycle()}
   */
  public AllureEvidence(AllureLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  @Override
  public void scenarioEnded(Outcome outcome) {
    if (lifecycle.getCurrentTestCase().isEmpty()) {
      return;
    }
    String timeline = TimelinePicture.render(outcome);
    String topology = TopologyPicture.render(outcome);
    lifecycle.updateTestCase(result -> describe(result, outcome, timeline, topology));
    attach("Timeline", SVG, "svg", timeline);
    attach("Topology", SVG, "svg", topology);
    String findings = HtmlTables.findings(outcome.findings());
    attach("Findings", "text/html", "html", HtmlTables.page("Findings", findings));
    if (!outcome.loads().isEmpty()) {
      String loads = HtmlTables.loads(outcome.loads());
      attach("Load by path", "text/html", "html", HtmlTables.page("Load by path", loads));
    }
    attach("Run it again", "text/plain", "txt", again(outcome));
    history(outcome.history());
    for (LabDriver.PartLog log : outcome.logs()) {
      attach("Log of " + log.part(), "text/plain", "log", log.text());
    }
  }

  /** A long history would make the one-file report too large to open: compressed, whole. */
  private void history(List<Entry> entries) {
    StringBuilder lines = new StringBuilder();
    entries.forEach(entry -> lines.append(HistoryJson.line(entry)).append('\n'));
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= PLAIN_HISTORY_BYTES) {
      lifecycle.addAttachment("History", "application/x-ndjson", "jsonl", bytes);
      return;
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lifecycle.addAttachment("History", "application/gzip", "jsonl.gz", packed.toByteArray());
  }

  private void attach(String name, String type, String extension, String text) {
    lifecycle.addAttachment(name, type, extension, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void describe(
      TestResult result, Outcome outcome, String timeline, String topology) {
    List<Label> labels = new ArrayList<>(result.getLabels());
    labels.removeIf(label -> SUITE_LABELS.contains(label.getName()));
    labels.add(label("parentSuite", outcome.topology().name()));
    labels.add(label("suite", ScenarioWords.host(outcome)));
    labels.add(label(SCENARIO_LABEL, outcome.scenario().id()));
    labels.removeIf(label -> label.getName().equals("severity"));
    labels.add(label("severity", severity(outcome)));
    Contract contract = Contract.load();
    for (String id : outcome.scenario().behaviours()) {
      labels.add(label("tag", id));
      labels.add(label("epic", contract.row(id).map(Contract.Row::group).orElse("Other")));
      labels.add(label("feature", contract.row(id).map(r -> id + "  " + r.text()).orElse(id)));
    }
    labels.add(label("story", outcome.scenario().id()));
    result.setLabels(labels);
    List<Parameter> parameters = new ArrayList<>(result.getParameters());
    parameters.add(parameter("host", ScenarioWords.host(outcome)));
    parameters.add(parameter("fault", ScenarioWords.faults(outcome.scenario())));
    parameters.add(parameter("topology", outcome.topology().name()));
    parameters.add(parameter("array", outcome.topology().arrayKinds()));
    parameters.add(parameter("engine", outcome.engine()));
    // A seed differs from run to run; the test is the same one all the same.
    parameters.add(parameter("seed", Long.toString(outcome.seed())).setExcluded(true));
    result.setParameters(parameters);
    result.setDescription(words(outcome));
    result.setDescriptionHtml(html(outcome, timeline, topology));
  }

  /** An I/O error where none is allowed is what the product exists to find. */
  private static String severity(Outcome outcome) {
    return outcome.scenario().expectations().stream()
            .anyMatch(e -> e instanceof Expectation.IoContinues)
        ? "critical"
        : "normal";
  }

  private static String words(Outcome outcome) {
    return "expected: "
        + outcome.expected()
        + "\n\nobserved: "
        + outcome.observed()
        + "\n\npause: "
        + ScenarioWords.pause(outcome)
        + (outcome.reason().isEmpty() ? "" : "\n\nreason: " + outcome.reason());
  }

  private static String html(Outcome outcome, String timeline, String topology) {
    StringBuilder out = new StringBuilder("<div class=\"pathproof\"><p>");
    out.append(HtmlTables.chip(outcome.verdict(), outcome.verdict().name())).append(" ");
    out.append("<b>expected</b> ").append(Markup.escape(outcome.expected()));
    out.append("<br><b>observed</b> ").append(Markup.escape(outcome.observed()));
    out.append("<br><b>pause</b> ").append(ScenarioWords.pause(outcome));
    if (!outcome.reason().isEmpty()) {
      out.append("<span class=\"pp-why\">").append(Markup.escape(outcome.reason()));
      out.append("</span>");
    }
    out.append("</p>");
    picture(out, "Timeline", timeline);
    picture(out, "Topology", topology);
    return out.append("</div>").toString();
  }

  private static void picture(StringBuilder out, String name, String svg) {
    byte[] bytes = svg.getBytes(StandardCharsets.UTF_8);
    out.append("<p><img alt=\"").append(name).append("\" style=\"width:100%;height:auto\" src=\"");
    out.append("data:image/svg+xml;base64,").append(Base64.getEncoder().encodeToString(bytes));
    out.append("\"></p>");
  }

  private static String again(Outcome outcome) {
    StringBuilder out = new StringBuilder();
    out.append("seed     ").append(outcome.seed()).append('\n');
    List<String> files =
        Stream.of(System.getProperty(SCENARIO_FILES, "").split(File.pathSeparator))
            .filter(file -> !file.isEmpty())
            .toList();
    out.append("command  ").append(ScenarioWords.replay(outcome, files)).append('\n');
    out.append("         (the seed repeats every random choice, not the timing)\n");
    out.append("started  ").append(outcome.started()).append('\n');
    for (Finding finding : outcome.findings()) {
      out.append(finding.verdict()).append("  ").append(finding.checker()).append(": ");
      out.append(finding.observed()).append('\n');
    }
    return out.toString();
  }

  private static Label label(String name, String value) {
    return new Label().setName(name).setValue(value);
  }

  private static Parameter parameter(String name, String value) {
    return new Parameter().setName(name).setValue(value);
  }
}
