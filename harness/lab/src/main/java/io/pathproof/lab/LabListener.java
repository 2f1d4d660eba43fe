package io.pathproof.lab;

import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.verdict.Outcome;
import java.time.Duration;

/**
 * Told what a lab is doing, while it does it. Every call comes on the thread that called {@link
 * Lab#run} or {@link Lab#start}, except {@link #labProgress} and {@link #step}, which may also come
 * from the lab's own threads; never two at a time from one lab, but labs may run side by side. An
 * exception thrown from here ends the run.
 */
public interface LabListener {
  /** A lab is about to be built: the first one, or a fresh one after the last one died. */
  default void labStarting(Topology topology, String engine) {}

  /** What building the lab is at, in a few words. */
  default void labProgress(String text) {}

  /** The lab answers. */
  default void labStarted(Topology topology, String engine, Duration took) {}

  /** A scenario begins; the lab may still have to be built. */
  default void scenarioStarted(Scenario scenario, Topology topology) {}

  /**
   * A step of a scenario begins.
   *
   * @param elapsed since the scenario began, by the lab's clock
   */
  default void step(Scenario scenario, String step, Duration elapsed) {}

  /** A scenario has been judged. */
  default void scenarioEnded(Outcome outcome) {}

  /** Listens to nothing. */
  LabListener NONE = new LabListener() {};
}
