package io.pathproof.lab.verdict;

/** What a run concludes. A gate accepts PASS alone. */
public enum Verdict {
  PASS,
  INCONCLUSIVE,
  FAIL;

  /** The graver of two: FAIL outweighs INCONCLUSIVE outweighs PASS. */
  public Verdict and(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
