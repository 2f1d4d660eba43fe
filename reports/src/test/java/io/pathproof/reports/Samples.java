package io.pathproof.reports;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.verdict.IoCounts;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Outcomes as a run of the contract's rows would give them, and weird ones. */
final class Samples {
  static final String WEIRD = "h<&\">'\u0001 2";

  private Samples() {}

  static Outcome portLost() {
    return portLostBy("host2-loses-a-node-port", 500);
  }

  static Outcome large() {
    return portLostBy("host2-under-load", 4000);
  }

  private static Outcome portLostBy(String id, int rate) {
    return new SampleRun(SampleTopology.ioGroup(), id, "IO-6")
        .workload("host2", rate, 6000)
        .fault("host2.nic0 -> node1.a", Set.of(new LinkId("host2.nic0", "node1.a")), 1300, 3000)
        .detection(812)
        .run();
  }

  static Outcome adapterLost() {
    Topology t = SampleTopology.ioGroup();
    return new SampleRun(t, "host3-loses-an-adapter", "IO-8")
        .workload("host3", 500, 6000)
        .fault("host3.nic1", links(t, l -> l.adapter().equals("host3.nic1")), 2000, 3000)
        .run();
  }

  static Outcome fabricLost() {
    Topology t = SampleTopology.ioGroup();
    return new SampleRun(t, "host3-loses-the-blue-network", "IO-9")
        .workload("host3", 500, 6000)
        .fault(
            "blue",
            links(t, l -> l.adapter().endsWith("nic0") || l.port().endsWith(".a")),
            2000,
            3000)
        .run();
  }

  static Outcome xBreaks() {
    return new SampleRun(SampleTopology.ioGroup(), "host1-loses-x", "IO-2", "IO-3")
        .workload("host1", 200, 5000)
        .fault("X", Set.of(new LinkId("host1.nic0", "node1.a")), 2000, 0)
        .verdict(Verdict.PASS, "", "I/O errors on the device tied to X; array unchanged")
        .finding(
            "io-fails",
            Verdict.PASS,
            "errors after the fault, none before",
            "603 errors, first 0.82 s after")
        .finding("array-unchanged", Verdict.PASS, "same state before and after", "same state")
        .run();
  }

  static Outcome yBreaksWrongly() {
    Topology t = SampleTopology.ioGroup();
    return new SampleRun(t, "host2-loses-a-port-without-retry", "IO-6")
        .workload("host2", 400, 5000)
        .fault("Y", Set.copyOf(t.links().get("Y").covers()), 1500, 2000)
        .withoutRetry()
        .verdict(
            Verdict.FAIL,
            "io-continues: 930 I/O errors where none was allowed",
            "I/O continues; pause < 2s")
        .run();
  }

  static Outcome labFailed() {
    return new SampleRun(SampleTopology.ioGroup(), "node2-does-not-come-up", "IO-11")
        .workload("host2", 200, 2000)
        .verdict(
            Verdict.INCONCLUSIVE,
            "the lab failed: node2 does not answer on 10.10.1.11:3260",
            "one port carries host 1's I/O")
        .event(
            1400, new Event.LabFailed("node2 does not answer on 10.10.1.11:3260", "tgtd: exited"))
        .run();
  }

  static Outcome noFault() {
    return new SampleRun(SampleTopology.ioGroup(), "host3-spreads-its-io", "IO-11", "RR-1")
        .workload("host3", 500, 4000)
        .verdict(Verdict.PASS, "", "four ports carry the I/O, evenly")
        .run();
  }

  static Outcome weird() {
    Topology t = SampleTopology.named("t<opo>&\"", WEIRD);
    LinkId link = new LinkId(WEIRD + ".nic0", "node1.a");
    return new SampleRun(t, "weird-<b>&\"'", "IO-6", "ZZ-99")
        .workload(WEIRD, 100, 3000)
        .fault("<script>alert(1)</script>", Set.of(link), 500, 1000)
        .verdict(Verdict.PASS, "", "a < b && c > \"d\"")
        .log("node<1>", "\u0000\u001b[31mred\u001b[0m <oops> & co\n")
        .run();
  }

  /** Never got anywhere: no history at all. */
  static Outcome empty() {
    Outcome o = noFault();
    return new Outcome(
        o.scenario(),
        o.topology(),
        o.engine(),
        o.seed(),
        o.started(),
        o.duration(),
        Verdict.INCONCLUSIVE,
        "no container engine",
        o.expected(),
        "nothing ran",
        new IoCounts(0, 0, 0, 0),
        Optional.empty(),
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        List.of());
  }

  static List<Outcome> run() {
    return List.of(
        xBreaks(),
        portLost(),
        yBreaksWrongly(),
        adapterLost(),
        fabricLost(),
        noFault(),
        labFailed());
  }

  private static Set<LinkId> links(Topology t, java.util.function.Predicate<LinkId> which) {
    return t.allLinks().stream().filter(which).collect(Collectors.toSet());
  }
}
