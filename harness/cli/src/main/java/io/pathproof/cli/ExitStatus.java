package io.pathproof.cli;

import io.pathproof.lab.verdict.Verdict;

/** Exit statuses of every command. */
final class ExitStatus {
  /** All that was asked for was judged PASS. */
  static final int PASS = 0;

  /** Something was judged FAIL. */
  static final int FAIL = 1;

  /** A flag or an input file is not usable; nothing was started. */
  static final int USAGE = 2;

  /** Nothing failed, but something could not be judged. */
  static final int INCONCLUSIVE = 3;

  /**
   * To the launcher, when it asked for a check alone: flags and files are usable, and a container
   * engine is needed to go on.
   */
  static final int CHECKED = 75;

  private ExitStatus() {}

  /** The status for a verdict. */
  static int of(Verdict verdict) {
    return switch (verdict) {
      case PASS -> PASS;
      case FAIL -> FAIL;
      case INCONCLUSIVE -> INCONCLUSIVE;
    };
  }
}
