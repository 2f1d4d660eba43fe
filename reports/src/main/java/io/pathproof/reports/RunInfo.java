package io.pathproof.reports;

import java.time.Duration;
import java.time.Instant;

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
 */
public record RunInfo(
    long seed,
    String engine,
    String topology,
    String version,
    String commit,
    Instant started,
    Duration duration) {}
