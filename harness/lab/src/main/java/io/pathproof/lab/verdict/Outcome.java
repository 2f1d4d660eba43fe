package io.pathproof.lab.verdict;

import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.history.Entry;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One scenario's run, judged: everything that a report shows. Reports compute nothing.
 *
 * @param scenario what was run
 * @param topology where
 * @param engine on which engine
 * @param seed with which seed
 * @param started wall-clock time
 * @param duration of the whole scenario, preparation and verification included
 * @param verdict the gravest of the findings
 * @param reason for FAIL and INCONCLUSIVE, the finding behind it; for PASS, an empty string
 * @param expected what had to be seen, in a few words
 * @param observed what was seen, in a few words
 * @param io the workload's I/O
 * @param failover the pause and its parts, where a fault made I/O change paths or wait for its
 *     session
 * @param findings one of each checker
 * @param arrays of several arrays, the verdict of each that has a workload, by name; empty where
 *     there is one array
 * @param loads what the paths of each device carried, and whether evenly
 * @param history all entries
 * @param logs of the lab's parts
 */
public record Outcome(
    Scenario scenario,
    Topology topology,
    String engine,
    long seed,
    Instant started,
    Duration duration,
    Verdict verdict,
    String reason,
    String expected,
    String observed,
    IoCounts io,
    Optional<Failover> failover,
    List<Finding> findings,
    Map<String, Verdict> arrays,
    List<PathLoads> loads,
    List<Entry> history,
    List<LabDriver.PartLog> logs) {}
