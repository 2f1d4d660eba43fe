package io.pathproof.lab.scenario;

import io.pathproof.lab.document.Problems;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.workload.Workload;
import java.util.List;

/**
 * What is done and what must be seen. Written in YAML or built in Java; the same record either way.
 *
 * @param id lower-case words joined by hyphens, unique in a run
 * @param behaviours the rows of the contract that it drives, such as {@code IO-6}
 * @param topology the name of the topology that it runs on; empty: any that has its places
 * @param workloads I/O streams; each has its own host, start and duration
 * @param faults what breaks, when, and when it is healed
 * @param expectations what must be seen; each has a checker
 */
public record Scenario(
    String id,
    List<String> behaviours,
    String topology,
    List<Workload> workloads,
    List<Fault> faults,
    List<Expectation> expectations) {

  /**
   * Begins a scenario written in Java.
   *
   * @param id see {@link Scenario#id}
   */
  public static ScenarioBuilder named(String id) {
    return new ScenarioBuilder(id);
  }

  /**
   * Checks that it fits a topology and an engine: places, hosts and volumes exist, and the engine
   * can do what the faults need.
   *
   * @throws ScenarioException with everything that does not fit, each with its remedy
   */
  public void validate(Topology on, Capabilities capabilities) {
    Problems problems = new Problems("scenario " + id);
    new ScenarioRules(this, on, capabilities, problems).check();
    if (!problems.none()) {
      throw new ScenarioException(problems.all());
    }
  }
}
