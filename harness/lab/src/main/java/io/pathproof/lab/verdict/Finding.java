package io.pathproof.lab.verdict;

/**
 * What one checker concluded.
 *
 * @param checker its name, such as {@code io-continues}
 * @param verdict its conclusion
 * @param expected what had to be seen, in a few words
 * @param observed what was seen, in a few words with figures
 */
public record Finding(String checker, Verdict verdict, String expected, String observed) {
  /** Whether nothing could be concluded as this machine was too busy to issue I/O on time. */
  public boolean tooBusy() {
    return verdict == Verdict.INCONCLUSIVE && observed.endsWith(SoundnessCheckers.BUSY);
  }
}
