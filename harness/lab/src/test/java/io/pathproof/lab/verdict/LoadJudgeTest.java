package io.pathproof.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.Examples;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.scenario.Expectations;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
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
      for (int k = 0; k < ios; k++) {
        long ms = 100 + 3L * k;
        String path = turns[k % turns.length];
        at(ms, new Event.IoIssued(k, HOST, "mpatha", false, k, 1, 0, ms * 1_000_000));
        at(ms + 1, new Event.IoSent(k, HOST, "mpatha", path, 1));
        at(
            ms + 2,
            new Event.IoEnded(
                k,
                HOST,
                "mpatha",
                path,
                IoResult.Status.OK,
                "",
                List.of(new Event.BlockFound(k, 0, "", ""))));
      }
      at(8000, new Event.LivenessChecked(HOST, "mpatha", true, 1, 1, ""));
    }

    static String id(LinkId link) {
      return link.adapter().substring(HOST.length() + 1) + ":" + link.port();
    }

    @Override
    Scenario scenario() {
      return Scenario.named("shares")
          .workload(w -> w.host(HOST).volume("vol0").rate(1000).reads(100).lasting("3s"))
          .expect(Expectations.balance(even))
          .build();
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
    Run told = run(true, 1000, optimized);
    for (String path : FOUR) {
      String state = path.contains("node1") ? "active/optimized" : "active/non-optimized";
      told.at(50, new Event.AccessStateSeen(HOST, path, state));
    }
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
    Topology two =
        Examples.ioGroup(
            "volumes: { vol0: { size: 256MiB } }",
            "volumes: { vol0: { size: 256MiB }, vol1: { size: 256MiB } }");
    Run told = new Run(two, true, 1000, "nic0:node1.a", "nic1:node1.b");
    for (String path : FOUR) {
      String state = path.contains("node1") ? "active/optimized" : "active/non-optimized";
      told.at(50, new Event.AccessStateSeen(HOST, path, state));
    }
    assertThat(told.finding().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
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
    assertThat(run(true, 150, FOUR).finding().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
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
    LinkId broken = new LinkId("host3.nic1", "node1.b");
    Event.FaultInjected cut =
        new Event.FaultInjected(1, "cut", List.of(broken), List.of(), 1_899_000_000L);
    Run faulted =
        new Run(Examples.ioGroup(), true, 1000, FOUR) {
          @Override
          Scenario scenario() {
            return Scenario.named("shares")
                .workload(w -> w.host(HOST).volume("vol0").rate(1000).reads(100).lasting("3s"))
                .breaking(
                    f -> f.at("600ms").place("host3.nic1 -> node1.b").how("reset").healAfter("1s"))
                .expect(Expectations.balance(true))
                .build();
          }
        };
    faulted.change(
        Event.IoSent.class,
        sent -> sent.op() >= 600,
        sent -> new Event.IoSent(sent.op(), HOST, "mpatha", "nic0:node1.a", 1));
    faulted.at(1899, cut);
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
    PathLoads loads = run.judge().loads().get(0);
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
}
