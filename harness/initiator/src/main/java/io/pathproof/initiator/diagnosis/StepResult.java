package io.pathproof.initiator.diagnosis;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What became of a step.
 *
 * @param step which
 * @param outcome how it ended
 * @param tookNs how long it took, in nanoseconds; 0 where it was not reached
 * @param seen what was seen, for a person; empty where it was not reached
 * @param why of a failed step: what it comes down to; else empty
 * @param remedy of a failed step: what to do about it; else empty
 */
public record StepResult(
    Step step, Outcome outcome, long tookNs, String seen, String why, String remedy) {
  /** How a step ended. */
  public enum Outcome {
    PASSED,
    FAILED,
    /** A step before it failed. */
    NOT_REACHED,
    /** There is nothing to ask, such as access states where the array has none. */
    NOT_APPLICABLE
  }

  static StepResult passed(Step step, long tookNs, String seen) {
    return new StepResult(step, Outcome.PASSED, tookNs, seen, "", "");
  }

  static StepResult notApplicable(Step step, long tookNs, String seen) {
    return new StepResult(step, Outcome.NOT_APPLICABLE, tookNs, seen, "", "");
  }

  static StepResult notReached(Step step) {
    return new StepResult(step, Outcome.NOT_REACHED, 0, "", "", "");
  }

  static StepResult failed(Step step, long tookNs, String seen, Explanation explanation) {
    return new StepResult(
        step, Outcome.FAILED, tookNs, seen, explanation.why(), explanation.remedy());
  }

  boolean isFailed() {
    return outcome == Outcome.FAILED;
  }

  /**
   * One result for the same step of several units: the first failure, or what they all said.
   *
   * @param more follows what they said
   */
  static Optional<StepResult> joined(Step of, List<StepResult> all, String more) {
    long took = all.stream().mapToLong(StepResult::tookNs).sum();
    Optional<StepResult> failed = first(all, Outcome.FAILED);
    if (failed.isPresent()) {
      StepResult one = failed.get();
      return Optional.of(
          new StepResult(of, one.outcome(), took, one.seen(), one.why(), one.remedy()));
    }
    String seen =
        all.stream()
            .map(StepResult::seen)
            .filter(text -> !text.isEmpty())
            .distinct()
            .collect(Collectors.joining("; "));
    return first(all, Outcome.PASSED)
        .or(() -> first(all, Outcome.NOT_APPLICABLE))
        .map(one -> new StepResult(of, one.outcome(), took, seen + more, "", ""));
  }

  private static Optional<StepResult> first(List<StepResult> all, Outcome outcome) {
    return all.stream().filter(one -> one.outcome() == outcome).findFirst();
  }
}
