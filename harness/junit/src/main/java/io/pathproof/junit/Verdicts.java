package io.pathproof.junit;

import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import org.opentest4j.AssertionFailedError;

/** Turns what was judged into what JUnit knows. */
public final class Verdicts {
  private Verdicts() {}

  /**
   * Returns for PASS.
   *
   * @throws AssertionFailedError for FAIL, with the expected and the observed
   * @throws InconclusiveException for INCONCLUSIVE, with the cause
   */
  public static void require(Outcome outcome) {
    String what = outcome.scenario().id() + ": " + outcome.reason();
    if (outcome.verdict() == Verdict.FAIL) {
      throw new AssertionFailedError(what, outcome.expected(), outcome.observed());
    }
    if (outcome.verdict() == Verdict.INCONCLUSIVE) {
      throw new InconclusiveException(what, null);
    }
  }
}
