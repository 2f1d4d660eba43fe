package io.pathproof.reports;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One run of the command.
 *
 * @param seed source of every random choice
 * @param engine such as {@code containers}
 * @param topology the topology's name, or several joined by a comma and a space
 * @param version of Pathproof
 * @param commit of Pathproof; empty if unknown
 * @param started wall-clock time
 * @param duration from the start to the last scenario's end
 * @param shortfalls why the run proves less than it has to, whatever its scenarios' verdicts: a
 *     promised row that no scenario drove, a scenario that came to no verdict; with any, the run is
 *     INCONCLUSIVE at best
 */
public record RunInfo(
    long seed,
    String engine,
    String topology,
    String version,
    String commit,
    Instant started,
    Duration duration,
    List<String> shortfalls) {

  /** A run that fell short of nothing. */
  public RunInfo(
      long seed,
      String engine,
      String topology,
      String version,
      String commit,
      Instant started,
      Duration duration) {
    this(seed, engine, topology, version, commit, started, duration, List.of());
  }
}
