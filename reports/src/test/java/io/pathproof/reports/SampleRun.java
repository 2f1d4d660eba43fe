package io.pathproof.reports;

import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult.Status;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.verdict.Failover;
import io.pathproof.lab.verdict.Finding;
import io.pathproof.lab.verdict.IoCounts;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.PathLoads;
import io.pathproof.lab.verdict.Verdict;
import io.pathproof.lab.workload.Workload;
import io.pathproof.reports.picture.Figures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Builds an outcome from a small model of a host whose paths break: deterministic for a seed, and
 * shaped like a real run (open-loop arrivals, stalled I/O, retries, checks that bring paths back).
 */
final class SampleRun {
  private static final long MS = 1_000_000;
  private static final long WORKLOAD = 800 * MS;

  private final Topology topology;
  private final String id;
  private final List<String> behaviours;
  private final List<Entry> raw = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Random random = new Random(20261121);
  private String host = "host2";
  private int rate = 500;
  private long forMs = 6000;
  private Set<LinkId> broken = Set.of();
  private String place = "";
  private long faultNs = Long.MAX_VALUE;
  private long healNs = Long.MAX_VALUE;
  private long detectNs = 220 * MS;
  private boolean retry = true;
  private Verdict verdict = Verdict.PASS;
  private String reason = "";
  private String expected = "I/O continues; pause < 2s";
  private long ok;
  private long failed;
  private long unsure;
  private long worstNs;
  private List<LabDriver.PartLog> logs = List.of(new LabDriver.PartLog("node1", "tgtd: started\n"));

  SampleRun(Topology topology, String id, String... behaviours) {
    this.topology = topology;
    this.id = id;
    this.behaviours = List.of(behaviours);
  }

  SampleRun workload(String onHost, int perSecond, long milliseconds) {
    host = onHost;
    rate = perSecond;
    forMs = milliseconds;
    return this;
  }

  SampleRun fault(String where, Set<LinkId> links, long atMs, long forMilliseconds) {
    place = where;
    broken = links;
    faultNs = WORKLOAD + atMs * MS;
    healNs = forMilliseconds <= 0 ? Long.MAX_VALUE : faultNs + forMilliseconds * MS;
    return this;
  }

  SampleRun detection(long milliseconds) {
    detectNs = milliseconds * MS;
    return this;
  }

  SampleRun withoutRetry() {
    retry = false;
    return this;
  }

  SampleRun verdict(Verdict judged, String why, String wanted) {
    verdict = judged;
    reason = why;
    expected = wanted;
    return this;
  }

  SampleRun finding(String checker, Verdict judged, String wanted, String seen) {
    findings.add(new Finding(checker, judged, wanted, seen));
    return this;
  }

  SampleRun log(String part, String text) {
    logs = List.of(new LabDriver.PartLog(part, text));
    return this;
  }

  SampleRun event(long atMs, Event event) {
    raw.add(new Entry(0, WORKLOAD + atMs * MS, event));
    return this;
  }

  Outcome run() {
    HostSpec spec = topology.hosts().get(host);
    List<PathInfo> paths = new ArrayList<>();
    for (LinkId link : topology.linksOf(spec)) {
      String path = link.adapter().substring(host.length() + 1) + ":" + link.port();
      paths.add(new PathInfo(path, link, topology.port(link.port()).portal()));
    }
    at(0, new Event.PhaseStarted("prepare"));
    at(700 * MS, new Event.DeviceFound(host, "mpath0", "vol0", "naa.6001405000000001", paths));
    at(WORKLOAD, new Event.PhaseStarted("workload"));
    long end = WORKLOAD + forMs * MS;
    if (faultNs != Long.MAX_VALUE) {
      long healed = Math.min(healNs, end);
      String text = "break " + place + ", silent-drop";
      at(
          faultNs,
          new Event.FaultInjected(1, text, List.copyOf(broken), List.of(), faultNs - 3 * MS));
      at(healed, new Event.FaultHealed(1, text, healed - 2 * MS));
      for (PathInfo path : paths) {
        if (broken.contains(path.link())) {
          at(
              faultNs + detectNs,
              new Event.PathChanged(
                  host,
                  path.id(),
                  path.link(),
                  false,
                  "connection: no answer to NOP-Out within 500 ms"));
          at(
              Math.min(healed + 400 * MS, end + 90 * MS),
              new Event.PathChanged(host, path.id(), path.link(), true, "logged in again"));
        }
      }
    }
    MultipathSpec multipath = spec.multipath();
    int devicePaths = multipath.policy() == MultipathSpec.Policy.NONE ? 1 : paths.size();
    long gap = 1_000_000_000L / rate;
    long op = 0;
    for (long due = WORKLOAD; due < end; due += gap) {
      PathInfo path = paths.get((int) (op / multipath.ios() % devicePaths));
      io(op++, due, path, paths.subList(0, devicePaths));
    }
    at(end, new Event.PhaseStarted("drain"));
    at(end + 100 * MS, new Event.PhaseStarted("verify"));
    at(end + 700 * MS, new Event.Note("verified"));
    return outcome(op);
  }

  private void io(long op, long due, PathInfo wanted, List<PathInfo> paths) {
    boolean write = random.nextInt(10) < 3;
    at(due, new Event.IoIssued(op, host, "mpath0", write, op % 4096, 1, write ? op : 0, due));
    PathInfo path = wanted;
    if (brokenAt(path, due) && due >= faultNs + detectNs) {
      path = paths.stream().filter(p -> !brokenAt(p, due)).findFirst().orElse(path);
    }
    at(due + 10_000, new Event.IoSent(op, host, "mpath0", path.id(), 1));
    long service = 300_000 + (long) (random.nextDouble() * random.nextDouble() * 900_000);
    if (!brokenAt(path, due)) {
      end(op, due, due + service, path.id(), Status.OK, "");
      return;
    }
    long known = Math.max(due + 50_000, faultNs + detectNs) + random.nextInt(300_000);
    Optional<PathInfo> other = paths.stream().filter(p -> !brokenAt(p, known)).findFirst();
    Status status = write ? Status.INDETERMINATE : Status.FAILED;
    boolean again = retry && other.isPresent();
    at(
        known,
        new Event.IoAttemptEnded(
            op, host, "mpath0", path.id(), 1, status, "connection lost", again));
    if (!again) {
      end(op, due, known, path.id(), status, "no path left");
      return;
    }
    PathInfo next = other.get();
    if (random.nextInt(8) == 0) {
      at(known, new Event.PathSwitched(host, "mpath0", path.id(), next.id(), "path down"));
    }
    at(known + 60_000, new Event.IoSent(op, host, "mpath0", next.id(), 2));
    end(op, due, known + 60_000 + service, next.id(), Status.OK, "");
  }

  private void end(long op, long due, long at, String path, Status status, String detail) {
    at(at, new Event.IoEnded(op, host, "mpath0", path, status, detail, List.of()));
    switch (status) {
      case OK -> {
        ok++;
        worstNs = Math.max(worstNs, at - due);
      }
      case FAILED -> failed++;
      case INDETERMINATE -> unsure++;
    }
  }

  /** A third and two thirds, as the report has to tell it. */
  private List<PathLoads> loads() {
    if (host.equals("host1")) {
      return List.of();
    }
    Map<String, PathShare> shares = new LinkedHashMap<>();
    shares.put("nic0:node1.a", new PathShare(400, 100, 0, 2_048_000, 3, 1_250_000));
    shares.put("nic0:node2.a", new PathShare(800, 200, 0, 4_096_000, 0, 640_000));
    Map<String, Double> portions = Map.of("nic0:node1.a", 1 / 3.0, "nic0:node2.a", 2 / 3.0);
    String balance =
        "paths: nic0:node1.a 33.3 % (500); nic0:node2.a 66.7 % (1000), not 50.0 % each";
    return List.of(new PathLoads(host, "mpath0", "vol0", shares, portions, balance, true));
  }

  private boolean brokenAt(PathInfo path, long atNs) {
    return broken.contains(path.link()) && atNs >= faultNs && atNs - 400 * MS < healNs;
  }

  private void at(long atNs, Event event) {
    raw.add(new Entry(0, atNs, event));
  }

  private Outcome outcome(long issued) {
    raw.sort(Comparator.comparingLong(Entry::atNs));
    List<Entry> history = new ArrayList<>();
    raw.forEach(e -> history.add(new Entry(history.size(), e.atNs(), e.event())));
    boolean failover = faultNs != Long.MAX_VALUE && failed + unsure == 0;
    String seen =
        failover
            ? "no I/O error; pause " + Figures.time(worstNs / 1e6)
            : failed + unsure == 0 ? "no I/O error" : (failed + unsure) + " I/O errors";
    if (findings.isEmpty()) {
      findings.add(new Finding("io-continues", verdict, expected, seen));
    }
    List<Fault> faults =
        place.isEmpty()
            ? List.of()
            : List.of(
                new Fault(
                    (faultNs - WORKLOAD) / MS,
                    place,
                    Optional.of(new Impairment.SilentDrop()),
                    Optional.empty(),
                    Direction.BOTH,
                    Optional.empty()));
    Workload workload = new Workload(host, "vol0", "*", 0, forMs, rate, 4096, 70, 16L << 20);
    Scenario scenario =
        new Scenario(
            id,
            behaviours,
            topology.name(),
            List.of(workload),
            faults,
            List.of(new Expectation.IoContinues(), new Expectation.PauseBelow(2000)));
    return new Outcome(
        scenario,
        topology,
        "containers",
        42,
        Instant.parse("2026-11-21T01:00:00Z"),
        Duration.ofMillis(forMs + 1500),
        verdict,
        reason,
        expected,
        seen,
        new IoCounts(issued, ok, failed, unsure),
        failover
            ? Optional.of(new Failover(detectNs / 1e6, 0.31, 0.74, 4.2, worstNs / 1e6))
            : Optional.empty(),
        List.copyOf(findings),
        Map.of(),
        loads(),
        List.copyOf(history),
        logs);
  }
}
