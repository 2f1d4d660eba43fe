package io.pathproof.lab.verdict;

/** Concludes one thing from a run's history. A pure function: no state, clock or I/O. */
@FunctionalInterface
interface Checker {
  Finding check(RunView run);

  static Finding pass(String name, String expected, String observed) {
    return new Finding(name, Verdict.PASS, expected, observed);
  }

  static Finding fail(String name, String expected, String observed) {
    return new Finding(name, Verdict.FAIL, expected, observed);
  }

  static Finding inconclusive(String name, String expected, String observed) {
    return new Finding(name, Verdict.INCONCLUSIVE, expected, observed);
  }
}
