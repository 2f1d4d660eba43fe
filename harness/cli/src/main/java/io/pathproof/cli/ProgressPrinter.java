package io.pathproof.cli;

import io.pathproof.lab.LabListener;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Shows a person what a run is doing: scenario, step, elapsed time, verdict. On a terminal the step
 * under way is rewritten in place; elsewhere each step is a line.
 */
final class ProgressPrinter implements LabListener {
  private static final String CLEAR_LINE = "\r\u001b[2K";

  private static final int RUNNING_WIDTH = 90;

  private final PrintWriter out;
  private final boolean terminal;
  private final boolean colours;
  private final int total;
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final Map<String, String> running = new LinkedHashMap<>();
  private int begun;

  /**
   * @param total how many scenarios the run takes
   * @param terminal whether lines may be rewritten
   * @param colours whether colours may be used
   */
  ProgressPrinter(PrintWriter out, int total, boolean terminal, boolean colours) {
    this.out = out;
    this.total = total;
    this.terminal = terminal;
    this.colours = colours;
  }

  /** What has been judged so far, in the order in which it ended. */
  synchronized List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  @Override
  public synchronized void labStarting(Topology topology, String engine) {
    transientLine("lab " + topology.name() + ": building on engine " + engine);
  }

  @Override
  public synchronized void labProgress(String text) {
    transientLine("lab: " + text);
  }

  @Override
  public synchronized void labStarted(Topology topology, String engine, Duration took) {
    line("lab " + topology.name() + " is up on engine " + engine + " after " + seconds(took));
  }

  @Override
  public synchronized void scenarioStarted(Scenario scenario, Topology topology) {
    numbers.put(scenario.id(), ++begun);
    at(scenario, "starting");
  }

  @Override
  public synchronized void step(Scenario scenario, String step, Duration elapsed) {
    at(scenario, seconds(elapsed) + "  " + step);
  }

  @Override
  public synchronized void scenarioEnded(Outcome outcome) {
    outcomes.add(outcome);
    running.remove(outcome.scenario().id());
    StringBuilder text = new StringBuilder(heading(outcome.scenario()));
    text.append("  ").append(coloured(outcome.verdict())).append("  ");
    text.append(seconds(outcome.duration()));
    outcome
        .failover()
        .ifPresent(
            failover ->
                text.append(String.format(Locale.ROOT, "  pause %.0f ms", failover.blackoutMs())));
    if (outcome.verdict() != Verdict.PASS) {
      text.append("  ").append(outcome.reason());
    }
    line(text.toString());
  }

  private void at(Scenario scenario, String step) {
    running.put(scenario.id(), step);
    if (terminal && running.size() > 1) {
      transientLine(outcomes.size() + " of " + total + " done, running: " + running());
    } else {
      transientLine(heading(scenario) + "  " + step);
    }
  }

  /** What is under way, cut so that it stays on one line and can be rewritten. */
  private String running() {
    String all = String.join(", ", running.keySet());
    return all.length() <= RUNNING_WIDTH ? all : all.substring(0, RUNNING_WIDTH - 1) + "\u2026";
  }

  private String heading(Scenario scenario) {
    int width = String.valueOf(total).length();
    return String.format(
        Locale.ROOT,
        "[%" + width + "d/%d] %-44s %-12s",
        numbers.get(scenario.id()),
        total,
        scenario.id(),
        String.join(",", scenario.behaviours()));
  }

  private String coloured(Verdict verdict) {
    if (!colours) {
      return verdict.name();
    }
    String code =
        switch (verdict) {
          case PASS -> "32";
          case FAIL -> "31";
          case INCONCLUSIVE -> "33";
        };
    return "\u001b[" + code + "m" + verdict + "\u001b[0m";
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%5.1f s", duration.toMillis() / 1000.0);
  }

  private void transientLine(String text) {
    if (terminal) {
      out.print(CLEAR_LINE + text);
      out.flush();
    } else {
      out.println("  " + text);
    }
  }

  private void line(String text) {
    out.println(terminal ? CLEAR_LINE + text : text);
  }
}
