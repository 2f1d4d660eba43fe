package io.pathproof.lab.engine;

/**
 * How thoroughly a host's paths are examined.
 *
 * @param timeoutMs for a login, connect included, and for each command, from 1
 * @param reads blocks read from each disk, from 1
 */
public record DiagnosisSpec(long timeoutMs, int reads) {
  /** What a scenario's diagnosis takes; a fault stands until it has ended. */
  public static final DiagnosisSpec BRIEF = new DiagnosisSpec(5_000, 3);

  public DiagnosisSpec {
    if (timeoutMs < 1 || reads < 1) {
      throw new IllegalArgumentException("timeoutMs " + timeoutMs + ", reads " + reads);
    }
  }
}
