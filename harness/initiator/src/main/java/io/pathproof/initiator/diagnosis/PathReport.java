package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.diagnosis.StepResult.Outcome;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.protocol.iscsi.SendTargets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of one path: from an adapter to a target at a portal.
 *
 * @param link the way that was tried
 * @param target the target's iSCSI name; empty where the portal was only asked for its targets
 * @param steps one result a step, in the order of {@link Step}
 * @param units the disks that were found there
 * @param targets what the portal told of its targets, where it was asked
 */
public record PathReport(
    HostLink link,
    Optional<String> target,
    List<StepResult> steps,
    List<UnitReport> units,
    List<SendTargets.Target> targets) {
  /** What a login that was ready for CHAP says where it ended without. */
  static final String NO_CHAP = "the target asked for no CHAP: the credentials were not tested";

  public PathReport {
    steps = List.copyOf(steps);
    units = List.copyOf(units);
    targets = List.copyOf(targets);
  }

  /** A path that was not tried, as no way leads there. */
  public static PathReport unroutable(HostLink link, String target, String why, String remedy) {
    List<StepResult> steps = new ArrayList<>();
    steps.add(StepResult.failed(Step.ROUTE, 0, "no route", new Explanation(why, remedy)));
    for (Step step : Step.values()) {
      if (step != Step.ROUTE) {
        steps.add(StepResult.notReached(step));
      }
    }
    return new PathReport(link, Optional.of(target), steps, List.of(), List.of());
  }

  /** The same, but stopped at a step that had seemed to pass. */
  public PathReport stoppedAt(Step at, String seen, String why, String remedy) {
    List<StepResult> stopped = new ArrayList<>();
    for (StepResult each : steps) {
      if (each.step() == at) {
        stopped.add(StepResult.failed(at, each.tookNs(), seen, new Explanation(why, remedy)));
      } else {
        stopped.add(each.step().compareTo(at) > 0 ? StepResult.notReached(each.step()) : each);
      }
    }
    return new PathReport(link, target, stopped, units, targets);
  }

  /** The first step that failed; empty if the path is sound. */
  public Optional<StepResult> stop() {
    return steps.stream().filter(StepResult::isFailed).findFirst();
  }

  /** What became of a step. */
  public StepResult step(Step step) {
    return steps.get(step.ordinal());
  }

  /** Whether credentials were there at a login that took none. */
  boolean chapUntested() {
    return step(Step.LOGIN).seen().endsWith(NO_CHAP);
  }

  boolean passed(Step step) {
    return step(step).outcome() == Outcome.PASSED;
  }
}
