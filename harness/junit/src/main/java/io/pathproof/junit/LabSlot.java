package io.pathproof.junit;

import io.pathproof.lab.Lab;
import io.pathproof.lab.LabListener;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The one lab that a thread of a run has up at a time, shared by the tests on that thread; taken
 * down when the run ends, or the JVM is told to.
 */
final class LabSlot implements AutoCloseable {
  private final RunSettings settings;
  private final LabListener listener;
  private final Thread hook = new Thread(this::closeLab, "pathproof-take-down");
  private final List<Outcome> outcomes = new ArrayList<>();
  private volatile Lab lab;

  LabSlot(RunSettings settings, List<LabListener> listeners) {
    this.settings = settings;
    this.listener = new Tee(outcomes, listeners);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  RunSettings settings() {
    return settings;
  }

  /** As {@link Labs#of}. */
  Lab of(String name) {
    Topology topology = settings.catalog().find(name);
    Lab current = lab;
    if (current != null && current.topology().equals(topology)) {
      return current;
    }
    closeLab();
    String runId = UUID.randomUUID().toString().substring(0, 8);
    lab =
        Lab.open(
            settings.engine(),
            topology,
            new LabSettings(runId, settings.seed(), text -> {}),
            listener);
    return lab;
  }

  /** Forgets the outcomes so far; a test begins. */
  void begin() {
    outcomes.clear();
  }

  /** The outcomes since {@link #begin}. */
  List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  private void closeLab() {
    Lab last = lab;
    lab = null;
    if (last != null) {
      last.close();
    }
  }

  @Override
  public void close() {
    closeLab();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down already, and the hook is what closes.
    }
  }

  /** Passes everything on, and keeps the outcomes. */
  private record Tee(List<Outcome> outcomes, List<LabListener> listeners) implements LabListener {
    @Override
    public void labStarting(Topology topology, String engine) {
      listeners.forEach(each -> each.labStarting(topology, engine));
    }

    @Override
    public void labProgress(String text) {
      listeners.forEach(each -> each.labProgress(text));
    }

    @Override
    public void labStarted(Topology topology, String engine, Duration took) {
      listeners.forEach(each -> each.labStarted(topology, engine, took));
    }

    @Override
    public void scenarioStarted(io.pathproof.lab.scenario.Scenario scenario, Topology topology) {
      listeners.forEach(each -> each.scenarioStarted(scenario, topology));
    }

    @Override
    public void step(io.pathproof.lab.scenario.Scenario scenario, String step, Duration elapsed) {
      listeners.forEach(each -> each.step(scenario, step, elapsed));
    }

    @Override
    public void scenarioEnded(Outcome outcome) {
      outcomes.add(outcome);
      listeners.forEach(each -> each.scenarioEnded(outcome));
    }
  }
}
