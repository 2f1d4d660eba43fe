package io.pathproof.initiator.multipath;

/** Reads the answer to TEST UNIT READY (multipathd's {@code tur} checker). */
final class PathChecker {
  private PathChecker() {}

  /** What the answer says of the path; PENDING asks for another check at once. */
  static CheckerState judge(AttemptResult answer) {
    if (RetryRules.isDone(answer)) {
      return CheckerState.UP;
    }
    if (RetryRules.isUnitAttention(answer)) {
      return CheckerState.PENDING;
    }
    if (RetryRules.isPermanentLoss(answer)) {
      return CheckerState.LOST;
    }
    return RetryRules.isStandby(answer) ? CheckerState.GHOST : CheckerState.DOWN;
  }
}
