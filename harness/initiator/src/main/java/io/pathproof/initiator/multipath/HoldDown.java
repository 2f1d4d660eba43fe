package io.pathproof.initiator.multipath;

/**
 * When a path that answers again is held down all the same, for its errors (multipath.conf(5),
 * "Shaky paths detection"). Two ways, of which one is used at most; off unless said otherwise.
 *
 * @param failures flapping: more failures than these hold it down ({@code san_path_err_threshold});
 *     0: off
 * @param forgetChecks flapping: one failure is forgotten for so many checker intervals that it has
 *     been up ({@code san_path_err_forget_rate})
 * @param recoveryMs flapping: how long it then has to answer without a break ({@code
 *     san_path_err_recovery_time})
 * @param doubleFailedMs marginal: two failures within this time make it suspect ({@code
 *     marginal_path_double_failed_time}); 0: off
 * @param sampleMs marginal: how long a suspect is then read from, ten times a second ({@code
 *     marginal_path_err_sample_time})
 * @param errorsPerMille marginal: more errors of a thousand reads hold it down ({@code
 *     marginal_path_err_rate_threshold})
 * @param recheckMs marginal: how long, before it is read from again ({@code
 *     marginal_path_err_recheck_gap_time})
 */
public record HoldDown(
    int failures,
    int forgetChecks,
    long recoveryMs,
    long doubleFailedMs,
    long sampleMs,
    int errorsPerMille,
    long recheckMs) {
  /** No path is held down. */
  public static final HoldDown OFF = new HoldDown(0, 0, 0, 0, 0, 0, 0);

  /** A path that comes and goes. */
  public static HoldDown flapping(int failures, int forgetChecks, long recoveryMs) {
    return new HoldDown(failures, forgetChecks, recoveryMs, 0, 0, 0, 0);
  }

  /** A path some of whose I/Os fail. */
  public static HoldDown marginal(
      long doubleFailedMs, long sampleMs, int errorsPerMille, long recheckMs) {
    return new HoldDown(0, 0, 0, doubleFailedMs, sampleMs, errorsPerMille, recheckMs);
  }

  /** Refuses what is off by half, and both ways at once. */
  public HoldDown {
    if (failures < 0 || (failures > 0 && (forgetChecks < 1 || recoveryMs < 1))) {
      throw new IllegalArgumentException("flapping: forgetChecks and recoveryMs start at 1");
    }
    if (doubleFailedMs < 0 || (doubleFailedMs > 0 && (sampleMs < 1 || recheckMs < 1))) {
      throw new IllegalArgumentException("marginal: sampleMs and recheckMs start at 1");
    }
    if (errorsPerMille < 0 || errorsPerMille > 1000) {
      throw new IllegalArgumentException("errorsPerMille is 0 to 1000");
    }
    if (failures > 0 && doubleFailedMs > 0) {
      throw new IllegalArgumentException("a path is held down for flapping or as marginal");
    }
  }
}
