package io.pathproof.reports;

import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The verdicts of a run's outcomes put together.
 *
 * @param verdict the gravest of all; INCONCLUSIVE if no scenario ran
 * @param behaviours by row of the contract, in its order: the gravest of the row's scenarios
 */
public record RunSummary(Verdict verdict, SortedMap<String, Verdict> behaviours) {
  /** Sums up a run; with shortfalls it is INCONCLUSIVE at best. */
  public static RunSummary of(RunInfo run, List<Outcome> outcomes) {
    RunSummary scenarios = of(outcomes);
    return run.shortfalls().isEmpty()
        ? scenarios
        : new RunSummary(scenarios.verdict().and(Verdict.INCONCLUSIVE), scenarios.behaviours());
  }

  /** Sums up; an empty list is a run that proved nothing. */
  public static RunSummary of(List<Outcome> outcomes) {
    SortedMap<String, Verdict> rows = new TreeMap<>(Contract.load().order());
    for (Outcome outcome : outcomes) {
      for (String row : outcome.scenario().behaviours()) {
        rows.merge(row, outcome.verdict(), Verdict::and);
      }
    }
    Verdict all =
        outcomes.stream().map(Outcome::verdict).reduce(Verdict::and).orElse(Verdict.INCONCLUSIVE);
    return new RunSummary(all, Collections.unmodifiableSortedMap(rows));
  }
}
