package io.pathproof.lab;

import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.history.History;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;

final class ScenarioRunner {
  ScenarioRunner(
      LabDriver driver,
      Topology topology,
      Scenario scenario,
      long seed,
      String runName,
      History history,
      LabListener listener) {}

  void run() throws LabException {
    throw new UnsupportedOperationException("follows in the next commit");
  }
}
