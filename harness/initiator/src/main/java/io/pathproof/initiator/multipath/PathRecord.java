package io.pathproof.initiator.multipath;

import java.util.concurrent.TimeUnit;

/**
 * A path's record of failures, and what follows from it: whether it is held down although it
 * answers, and for how long. Time comes in as an argument.
 */
final class PathRecord {
  /** Ten reads a second, as multipathd has it. */
  private static final long SAMPLE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long NEVER = Long.MIN_VALUE;

  /** Why it is held down. */
  private enum Hold {
    NONE,
    /** It has to answer without a break. */
    RECOVERING,
    /** Its errors are counted. */
    SAMPLING,
    /** It had too many. */
    MARGINAL
  }

  private final HoldDown rules;
  private final long checkerIntervalNs;
  private Hold hold = Hold.NONE;
  private long holdUntilNs;

  /** Flapping: failures that are not forgotten, and towards forgetting the next one. */
  private int failures;

  private long upNs;
  private long upSinceNs = NEVER;

  /** Whether it has to recover before it is used again. */
  private boolean flapping;

  /** Marginal: whether it failed twice within the time. */
  private boolean suspect;

  private long failedAtNs = NEVER;
  private int samples;
  private int errors;

  PathRecord(HoldDown rules, long checkerIntervalNs) {
    this.rules = rules;
    this.checkerIntervalNs = checkerIntervalNs;
  }

  /** The path is used without reserve from now on. */
  void activated(long nowNs) {
    hold = Hold.NONE;
    upSinceNs = nowNs;
  }

  /** The path has failed. */
  void failed(long nowNs) {
    hold = Hold.NONE;
    if (rules.failures() > 0 && upSinceNs != NEVER) {
      long forgetNs = rules.forgetChecks() * checkerIntervalNs;
      upNs += nowNs - upSinceNs;
      failures = (int) Math.max(0, failures - upNs / forgetNs);
      upNs = failures == 0 ? 0 : upNs % forgetNs;
      failures++;
      flapping |= failures > rules.failures();
    }
    if (rules.doubleFailedMs() > 0) {
      long within = TimeUnit.MILLISECONDS.toNanos(rules.doubleFailedMs());
      suspect |= failedAtNs != NEVER && nowNs - failedAtNs <= within;
      failedAtNs = nowNs;
    }
    upSinceNs = NEVER;
  }

  /** A path that had failed answers: why it is held down all the same, or empty. */
  String answers(long nowNs) {
    if (suspect) {
      sample(nowNs);
      return "held down: it failed twice within "
          + rules.doubleFailedMs()
          + " ms, and is read from for "
          + rules.sampleMs()
          + " ms";
    }
    if (flapping) {
      hold = Hold.RECOVERING;
      holdUntilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(rules.recoveryMs());
      return "held down: it failed "
          + failures
          + " times, and has to answer for "
          + rules.recoveryMs()
          + " ms";
    }
    return "";
  }

  private void sample(long nowNs) {
    hold = Hold.SAMPLING;
    holdUntilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(rules.sampleMs());
    samples = 0;
    errors = 0;
  }

  /** What a check of a path that is held down means for it. */
  enum Sequel {
    /** It stays as it is. */
    HELD,
    /** It is held down further, for what {@link #reason} says. */
    CONDEMNED,
    /** It is used again without reserve. */
    RELEASED,
    /** It has failed. */
    FAILED
  }

  Sequel checkedWhileHeld(boolean up, long nowNs) {
    if (hold == Hold.SAMPLING) {
      samples++;
      errors += up ? 0 : 1;
      return nowNs < holdUntilNs ? Sequel.HELD : judge(nowNs);
    }
    if (!up) {
      return Sequel.FAILED;
    }
    if (nowNs < holdUntilNs) {
      return Sequel.HELD;
    }
    if (hold == Hold.MARGINAL) {
      sample(nowNs);
      return Sequel.HELD;
    }
    flapping = false;
    failures = 0;
    upNs = 0;
    return Sequel.RELEASED;
  }

  private Sequel judge(long nowNs) {
    if (errors * 1000L > (long) rules.errorsPerMille() * samples) {
      hold = Hold.MARGINAL;
      holdUntilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(rules.recheckMs());
      return Sequel.CONDEMNED;
    }
    suspect = false;
    failedAtNs = NEVER;
    return Sequel.RELEASED;
  }

  /** After {@link Sequel#CONDEMNED}. */
  String reason() {
    return "held down: "
        + errors
        + " of "
        + samples
        + " reads failed; read from again in "
        + rules.recheckMs()
        + " ms";
  }

  /** When a path that is held down is to be checked next. */
  long nextCheckNs(long nowNs) {
    return hold == Hold.SAMPLING
        ? nowNs + SAMPLE_INTERVAL_NS
        : Math.min(nowNs + checkerIntervalNs, Math.max(nowNs + 1, holdUntilNs));
  }
}
