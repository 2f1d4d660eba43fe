package io.pathproof.lab.observed;

import io.pathproof.lab.observed.DiagnosedStep.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * What became of one path, step by step.
 *
 * @param path its id, such as {@code nic0:node1.a}
 * @param adapter the host's end; empty where the host's own tables choose it
 * @param port the array's end as the topology names it; empty on a network without a topology
 * @param portal {@code address:port}
 * @param target the target's iSCSI name; empty where only a portal was asked for its targets
 * @param steps one result a step, in their order
 * @param units the disks that were found
 */
public record DiagnosedPath(
    String path,
    String adapter,
    String port,
    String portal,
    String target,
    List<DiagnosedStep> steps,
    List<DiagnosedUnit> units) {
  public DiagnosedPath {
    steps = List.copyOf(steps);
    units = List.copyOf(units);
  }

  /** The first step that failed; empty if the path is sound. */
  public Optional<DiagnosedStep> stop() {
    return steps.stream().filter(step -> step.outcome() == Outcome.FAILED).findFirst();
  }
}
