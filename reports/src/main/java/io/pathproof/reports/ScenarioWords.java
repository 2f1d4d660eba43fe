package io.pathproof.reports;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.workload.Workload;
import io.pathproof.reports.picture.Figures;
import java.util.List;
import java.util.stream.Collectors;

/** How a scenario's parts are called in tables and labels. */
final class ScenarioWords {
  private ScenarioWords() {}

  /** The host or hosts whose behaviour it shows: those that did I/O, or that came up. */
  static String host(Outcome outcome) {
    List<String> hosts =
        outcome.scenario().workloads().stream().map(Workload::host).distinct().toList();
    if (hosts.isEmpty()) {
      hosts =
          outcome.history().stream()
              .filter(entry -> entry.event() instanceof Event.DeviceFound)
              .map(entry -> ((Event.DeviceFound) entry.event()).host())
              .distinct()
              .toList();
    }
    return hosts.isEmpty() ? "–" : String.join(", ", hosts);
  }

  /** What was to break, such as {@code X: silent-drop}; {@code none} if nothing. */
  static String faults(Scenario scenario) {
    return scenario.faults().isEmpty()
        ? "none"
        : scenario.faults().stream().map(ScenarioWords::fault).collect(Collectors.joining("; "));
  }

  /** The pause, with its unit; a dash if no I/O changed paths. */
  static String pause(Outcome outcome) {
    return outcome.failover().map(f -> Figures.time(f.blackoutMs())).orElse("–");
  }

  /**
   * The command that runs this scenario alone, in the same way.
   *
   * @param scenarioFiles files and folders of scenarios that the run was given besides the shipped
   */
  static String replay(Outcome outcome, List<String> scenarioFiles) {
    String source = outcome.topology().source();
    return "./pathproof qualify --topology "
        + quoted(source.isEmpty() ? outcome.topology().name() : source)
        + scenarioFiles.stream()
            .map(file -> " --scenarios " + quoted(file))
            .collect(Collectors.joining())
        + " --engine "
        + outcome.engine()
        + " --scenario "
        + quoted(outcome.scenario().id())
        + " --seed "
        + outcome.seed();
  }

  private static String fault(Fault fault) {
    String effect =
        fault
            .how()
            .map(how -> effect(how))
            .or(() -> fault.action().map(ArrayAction::text))
            .or(() -> fault.hostAction().map(HostAction::text))
            .orElse("broken");
    return fault.place() + ": " + effect;
  }

  private static String effect(Impairment how) {
    if (how instanceof Impairment.Latency latency) {
      return how.kind().word() + " " + latency.delayMs() + " ms";
    }
    if (how instanceof Impairment.Bandwidth bandwidth) {
      return how.kind().word() + " " + bandwidth.kibPerSecond() + " KiB/s";
    }
    return how.kind().word();
  }

  private static String quoted(String argument) {
    return argument.matches("[A-Za-z0-9._/*-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
