package io.pathproof.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.Examples;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.scenario.Expectations;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.scenario.ScenarioBuilder;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of the shares of a host with round robin over two adapters. */
class LoadJudgeTest {
  private static final String HOST = "host3";

  /** I/Os in the order in which the paths are given to it, again and again. */
  private static class Run extends HandWrittenRun<Run> {
    private final boolean even;
    private final List<String> volumes = new ArrayList<>(List.of("vol0"));
    private int faults;

    Run(Topology topology, boolean even, int ios, String... turns) {
      super(topology);
      this.even = even;
      List<PathInfo> paths =
          topology.linksOf(topology.hosts().get(HOST)).stream()
              .map(link -> new PathInfo(id(link), link, topology.port(link.port()).portal()))
              .toList();
      at(0, new Event.PhaseStarted("prepare"));
      paths.forEach(p -> at(1, new Event.PathChanged(HOST, p.id(), p.link(), true, "up")));
      at(2, new Event.DeviceFound(HOST, "mpatha", "vol0", "naa.1", paths));
      at(100, new Event.PhaseStarted("workload"));
      io("mpatha", 0, ios, turns);
      at(8000, new Event.LivenessChecked(HOST, "mpatha", true, 1, 1, ""));
    }

    private void io(String device, int from, int ios, String... turns) {
      for (int i = 0; i < ios; i++) {
        int k = from + i;
        long ms = 100 + 3L * i;
        String path = turns[i % turns.length];
        at(ms, new Event.IoIssued(k, HOST, device, false, k, 1, 0, ms * 1_000_000));
        at(ms + 1, new Event.IoSent(k, HOST, device, path, 1));
        at(
            ms + 2,
            new Event.IoEnded(
                k,
                HOST,
                device,
                path,
                IoResult.Status.OK,
                "",
                List.of(new Event.BlockFound(k, 0, "", ""))));
      }
    }

    /** A second device, over these paths of the first one, and its I/O. */
    Run beside(List<String> ids, int ios, String... turns) {
      List<PathInfo> paths =
          topology().linksOf(topology().hosts().get(HOST)).stream()
              .filter(link -> ids.contains(id(link)))
              .map(link -> new PathInfo(id(link), link, topology().port(link.port()).portal()))
              .toList();
      at(3, new Event.DeviceFound(HOST, "mpathb", "vol1", "naa.2", paths));
      io("mpathb", 10_000, ios, turns);
      volumes.add("vol1");
      return this;
    }

    /** The access state of each path; node1's are optimized, or else node2's. */
    Run ranked(long ms, boolean node1) {
      for (String path : FOUR) {
        boolean optimized = path.contains("node1") == node1;
        String state = optimized ? "active/optimized" : "active/non-optimized";
        at(ms, new Event.AccessStateSeen(HOST, path, state));
      }
      return this;
    }

    static String id(LinkId link) {
      return link.adapter().substring(HOST.length() + 1) + ":" + link.port();
    }

    /** A path of the host is cut, and nothing is healed. */
    Run cut(long ms) {
      LinkId broken = new LinkId("host3.nic1", "node1.b");
      return at(
          ms, new Event.FaultInjected(++faults, "cut", List.of(broken), List.of(), ms * 1_000_000));
    }

    @Override
    Scenario scenario() {
      ScenarioBuilder scenario = Scenario.named("shares").expect(Expectations.balance(even));
      for (String volume : volumes) {
        scenario.workload(w -> w.host(HOST).volume(volume).rate(1000).reads(100).lasting("3s"));
      }
      for (int i = 0; i < faults; i++) {
        scenario.breaking(
            f -> f.at("600ms").place("host3.nic1 -> node1.b").how("reset").healAfter("1s"));
      }
      return scenario.build();
    }

    Finding finding() {
      return judge().findings().get(0);
    }
  }

  private static Run run(boolean even, int ios, String... turns) {
    return new Run(Examples.ioGroup(), even, ios, turns);
  }

  private static final String[] FOUR = {
    "nic0:node1.a", "nic0:node2.a", "nic1:node1.b", "nic1:node2.b"
  };

  @Test
  void anEvenSplitIsEvenAndNothingElse() {
    assertThat(run(true, 1000, FOUR).finding().verdict()).isEqualTo(Verdict.PASS);
    assertThat(run(false, 1000, FOUR).finding().verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void aThirdAndTwoThirdsAreToldWithTheAdaptersAndPathsBehindThem() {
    String[] three = {"nic0:node1.a", "nic1:node1.b", "nic1:node2.b"};
    Finding finding = run(false, 1200, three).finding();
    assertThat(finding.verdict()).isEqualTo(Verdict.PASS);
    assertThat(finding.observed())
        .contains("nic0:node2.a 0.0 % (0)")
        .contains("host3.nic0 33.3 % (400) over nic0:node1.a, nic0:node2.a")
        .contains("host3.nic1 66.7 % (800) over nic1:node1.b, nic1:node2.b, not 50.0 % each");
    assertThat(run(true, 1200, three).finding().verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void pathsThatTheArrayRanksBelowOthersAreNotAskedForTheirShare() {
    String[] optimized = {"nic0:node1.a", "nic1:node1.b"};
    assertThat(run(true, 1000, optimized).finding().verdict()).isEqualTo(Verdict.FAIL);
    Run told = run(true, 1000, optimized).ranked(50, true);
    assertThat(told.finding().verdict()).as(told.finding().observed()).isEqualTo(Verdict.PASS);
  }

  @Test
  void pathsAreRankedByWhatTheirOwnHostWasTold() {
    Run elsewhere = run(true, 1000, "nic0:node1.a", "nic1:node1.b");
    Run noneBetter = run(true, 1000, "nic0:node1.a", "nic1:node1.b");
    for (String path : FOUR) {
      String state = path.contains("node1") ? "active/optimized" : "active/non-optimized";
      elsewhere.at(50, new Event.AccessStateSeen("host1", path, state));
      noneBetter.at(50, new Event.AccessStateSeen(HOST, path, "active/non-optimized"));
    }
    assertThat(elsewhere.finding().verdict()).isEqualTo(Verdict.FAIL);
    assertThat(noneBetter.finding().verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void ranksOfSeveralVolumesCannotBeToldApart() {
    Run told = new Run(twoVolumes(), true, 1000, "nic0:node1.a", "nic1:node1.b").ranked(50, true);
    assertThat(told.finding().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  private static Topology twoVolumes() {
    return Examples.ioGroup(
        "volumes: { vol0: { size: 256MiB } }",
        "volumes: { vol0: { size: 256MiB }, vol1: { size: 256MiB } }");
  }

  @Test
  void whatHoldsIsTheRankToldLast() {
    Run told = run(true, 1000, "nic0:node1.a", "nic1:node1.b").ranked(40, false).ranked(50, true);
    assertThat(told.finding().verdict()).as(told.finding().observed()).isEqualTo(Verdict.PASS);
  }

  /** What is told of it in the end is what the fault has made of it. */
  @Test
  void aRankToldAfterTheFirstFaultExplainsNoUnevennessBeforeIt() {
    Run told = run(true, 1000, "nic0:node1.a", "nic1:node1.b");
    told.cut(3000);
    told.ranked(3100, true);
    assertThat(told.finding().verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void oneUnevenDeviceOfTwoIsUneven() {
    Run even = new Run(twoVolumes(), true, 1000, FOUR).beside(List.of(FOUR), 1000, FOUR);
    assertThat(even.finding().verdict()).as(even.finding().observed()).isEqualTo(Verdict.PASS);
    Run uneven = new Run(twoVolumes(), true, 1000, FOUR);
    uneven.beside(List.of(FOUR), 1000, FOUR[0], FOUR[2]);
    assertThat(uneven.finding().verdict()).isEqualTo(Verdict.FAIL);
    assertThat(uneven.finding().observed())
        .startsWith("paths: nic0:node1.a 25.0 % (250); ")
        .contains("; paths: nic0:node1.a 50.0 % (500); ");
  }

  /**
   * The paths of the second are of one rank, and their I/O counts whatever another path of the same
   * host is told to be.
   */
  @Test
  void aDeviceThatCanBeJudgedIsJudgedBesideOneThatCannot() {
    String[] node2 = {"nic0:node2.a", "nic1:node2.b"};
    Run run = new Run(twoVolumes(), true, 1000, "nic0:node1.a", "nic1:node1.b").ranked(50, true);
    run.beside(List.of(node2), 1000, node2);
    run.change(
        Event.IoSent.class,
        sent -> sent.op() == 10_000,
        sent -> new Event.IoSent(sent.op(), HOST, "mpathb", "nic0:node1.a", 1));
    assertThat(run.finding().verdict()).isEqualTo(Verdict.PASS);
    assertThat(run.finding().observed())
        .startsWith("paths: nic0:node2.a 49.9 % (499); nic1:node2.b 50.1 % (500); adapters: ");
  }

  /** 250 I/Os a path are not two turns of 200. */
  @Test
  void howManyAreNeededGoesByTheTurn() {
    Topology longTurns = Examples.ioGroup("round-robin, ios: 1 }", "round-robin, ios: 200 }");
    Finding finding = new Run(longTurns, true, 1000, FOUR).finding();
    assertThat(finding.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(finding.observed()).endsWith(", too little to tell");
  }

  @Test
  void whatWasExpectedIsTold() {
    assertThat(run(true, 1000, FOUR).finding().expected())
        .isEqualTo("paths and adapters share the load evenly");
    assertThat(run(false, 1000, FOUR).finding().expected())
        .isEqualTo("an uneven split, noticed and told");
  }

  @Test
  void ioOfAnotherDeviceIsNoneOfThisOne() {
    Run run = run(true, 1000, FOUR);
    for (int k = 1000; k < 1400; k++) {
      long ms = 3200 + 3L * (k - 1000);
      run.at(ms, new Event.IoIssued(k, HOST, "mpathb", false, 0, 1, 0, ms * 1_000_000));
      run.at(ms + 1, new Event.IoSent(k, HOST, "mpathb", FOUR[0], 1));
    }
    assertThat(run.finding().verdict()).as(run.finding().observed()).isEqualTo(Verdict.PASS);
  }

  @Test
  void tooLittleIsInconclusiveAndSoIsAPolicyThatGoesByLoad() {
    Finding little = run(true, 150, FOUR).finding();
    assertThat(little.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(little.observed()).contains("25.3 % (38)").endsWith(", too little to tell");
    Topology byLoad = Examples.ioGroup("policy: round-robin, ios: 1 }", "policy: queue-length }");
    Finding finding = new Run(byLoad, true, 1000, FOUR).finding();
    assertThat(finding.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(finding.observed()).isEqualTo("no device that shares its load evenly");
  }

  @Test
  void afterAFaultNobodySharesEvenly() {
    Run run = run(true, 1000, FOUR);
    run.change(
        Event.IoSent.class,
        sent -> sent.op() >= 600,
        sent -> new Event.IoSent(sent.op(), HOST, "mpatha", "nic0:node1.a", 1));
    assertThat(run.finding().verdict()).isEqualTo(Verdict.FAIL);
    Run faulted = run(true, 1000, FOUR);
    faulted.change(
        Event.IoSent.class,
        sent -> sent.op() >= 600,
        sent -> new Event.IoSent(sent.op(), HOST, "mpatha", "nic0:node1.a", 1));
    faulted.cut(1899).cut(2500);
    assertThat(faulted.finding().verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void theHostsOwnCountIsToldByPath() {
    Run run = run(true, 1000, FOUR);
    Map<String, PathShare> before = new LinkedHashMap<>();
    Map<String, PathShare> after = new LinkedHashMap<>();
    for (int i = 0; i < FOUR.length; i++) {
      before.put(FOUR[i], new PathShare(1, 2, 3, 4096, 1, 9));
      after.put(FOUR[i], new PathShare(151, 102, 3, 1_028_096, i, 1_000 + i));
    }
    run.at(99, new Event.PathLoadsObserved(HOST, "mpatha", "before", before));
    run.at(8000, new Event.PathLoadsObserved(HOST, "mpatha", "after", after));
    run.at(8001, new Event.PathLoadsObserved(HOST, "mpathb", "after", before));
    run.at(8002, new Event.PathLoadsObserved("host1", "mpatha", "after", before));
    PathLoads loads = run.judge().loads().get(0);
    assertThat(loads.host()).isEqualTo(HOST);
    assertThat(loads.device()).isEqualTo("mpatha");
    assertThat(loads.volume()).isEqualTo("vol0");
    assertThat(loads.shares()).containsOnlyKeys(FOUR);
    assertThat(loads.shares().get("nic0:node2.a"))
        .isEqualTo(new PathShare(150, 100, 0, 1_024_000, 0, 1_001));
    assertThat(loads.portions()).containsEntry("nic1:node2.b", 0.25);
    assertThat(loads.uneven()).isFalse();
    assertThat(loads.balance()).startsWith("paths: nic0:node1.a 25.0 % (250)");
    Run uneven = run(true, 1000, FOUR[0], FOUR[2], FOUR[3]);
    uneven.at(8000, new Event.PathLoadsObserved(HOST, "mpatha", "after", after));
    assertThat(uneven.judge().loads().get(0).uneven()).isTrue();
  }

  @Test
  void aHostThatCountsNothingHasNoLoads() {
    assertThat(run(true, 1000, FOUR).judge().loads()).isEmpty();
  }

  @Test
  void pathsThatCarriedNothingHaveNoPortionAndAreNotUneven() {
    Run run = run(true, 150, FOUR);
    Map<String, PathShare> none = new LinkedHashMap<>();
    for (String path : FOUR) {
      none.put(path, new PathShare(0, 0, 0, 0, 0, 0));
    }
    run.at(8000, new Event.PathLoadsObserved(HOST, "mpatha", "after", none));
    PathLoads loads = run.judge().loads().get(0);
    assertThat(loads.portions().values()).hasSize(4).containsOnly(0.0);
    assertThat(loads.uneven()).isFalse();
  }
}
