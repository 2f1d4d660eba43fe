package io.pathproof.lab.verdict;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the checkers concluded from one history; see {@link Outcome} for the meaning of each part.
 *
 * @param verdict the gravest of the findings
 * @param reason the finding behind it, or an empty string for PASS
 * @param expected what had to be seen
 * @param observed what was seen
 * @param io the workload's I/O
 * @param failover the pause and its parts
 * @param findings one of each checker
 * @param arrays of several arrays, the verdict of each that has a workload, by name; empty where
 *     there is one array
 * @param loads what the paths of each device carried
 */
public record Judgement(
    Verdict verdict,
    String reason,
    String expected,
    String observed,
    IoCounts io,
    Optional<Failover> failover,
    List<Finding> findings,
    Map<String, Verdict> arrays,
    List<PathLoads> loads) {}
