package io.pathproof.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.Examples;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Expectations;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.util.List;
import java.util.Map;

/**
 * A history written by hand: host2, 100 I/Os a second for 3 s, node1.a cut from 1 s to 2.5 s,
 * noticed after 100 ms. Sound as it is; tests plant one defect each.
 */
final class SyntheticRun extends HandWrittenRun<SyntheticRun> {
  static final Topology TOPOLOGY = Examples.ioGroup();
  static final LinkId BROKEN = new LinkId("host2.nic0", "node1.a");
  static final String HOST = "host2";
  static final String DEVICE = "mpatha";

  private final List<Expectation> expectations;

  /** What the scenario says that its fault does. */
  String how = "reset";

  SyntheticRun(Expectation... expectations) {
    super(TOPOLOGY);
    this.expectations = List.of(expectations);
    at(0, new Event.PhaseStarted("prepare"));
    at(1, new Event.ArrayObserved("before", snapshot("running")));
    List<PathInfo> paths =
        TOPOLOGY.linksOf(TOPOLOGY.hosts().get(HOST)).stream()
            .map(link -> new PathInfo(id(link), link, TOPOLOGY.port(link.port()).portal()))
            .toList();
    for (PathInfo path : paths) {
      at(10, new Event.PathChanged(HOST, path.id(), path.link(), true, "logged in"));
    }
    at(20, new Event.DeviceFound(HOST, DEVICE, "vol0", "naa.1", paths));
    at(100, new Event.PhaseStarted("workload"));
    for (int k = 0; k < 300; k++) {
      io(k);
    }
    at(1100, new Event.FaultInjected(1, "cut", List.of(BROKEN), List.of(), 1_099_000_000L));
    at(1200, new Event.PathChanged(HOST, id(BROKEN), BROKEN, false, "connection: reset"));
    at(2000, new Event.ArrayObserved("after", snapshot("running")));
    at(2600, new Event.FaultHealed(1, "cut", 2_599_000_000L));
    at(4000, new Event.PhaseStarted("liveness"));
    at(4001, new Event.LivenessChecked(HOST, DEVICE, true, 1, 1_000_000, ""));
    for (int k = 0; k < 300; k += 3) {
      Event.BlockFound found = new Event.BlockFound(k, k + 1, "nic0:node2.b", "");
      at(4100 + k, new Event.BlockVerified(HOST, DEVICE, "nic0:node2.b", found));
      at(5000 + k, new Event.StoreVerified("vol0", found));
    }
  }

  static String id(LinkId link) {
    return "nic0:" + link.port();
  }

  static ArraySnapshot snapshot(String state) {
    return new ArraySnapshot(
        Map.of(
            "node1",
            new ArraySnapshot.NodeState(state, List.of("10.10.1.10/24"), List.of(), Map.of())));
  }

  /** The k-th arrival: each third one writes block k; the others read what is 0.6 s old. */
  private void io(int k) {
    long due = 100 + 10L * k;
    long op = k + 1;
    boolean write = k % 3 == 0;
    int old = k - k % 3 - 60;
    long lba = write ? k : old >= 0 ? old : 9000 + k;
    boolean lost = due >= 1100 && due < 1200;
    String path = due < 1200 ? "nic0:node1.a" : "nic0:node1.b";
    at(due, new Event.IoIssued(op, HOST, DEVICE, write, lba, 1, write ? op : 0, due * 1_000_000));
    at(due, new Event.IoSent(op, HOST, DEVICE, path, 1));
    long end = due + 1;
    if (lost) {
      IoResult.Status status = write ? IoResult.Status.INDETERMINATE : IoResult.Status.FAILED;
      at(1200, new Event.IoAttemptEnded(op, HOST, DEVICE, path, 1, status, "reset", true));
      path = "nic0:node1.b";
      at(1210, new Event.IoSent(op, HOST, DEVICE, path, 2));
      end = 1212;
    }
    List<Event.BlockFound> found =
        write
            ? List.of()
            : List.of(new Event.BlockFound(lba, lba < 9000 ? lba + 1 : 0, "nic0:node1.a", ""));
    at(end, new Event.IoEnded(op, HOST, DEVICE, path, IoResult.Status.OK, "", found));
  }

  @Override
  Scenario scenario() {
    return Scenario.named("synthetic")
        .workload(w -> w.host(HOST).volume("vol0").rate(100).lasting("3s"))
        .breaking(f -> f.at("1s").place("host2.nic0 -> node1.a").how(how).healAfter("1500ms"))
        .expect(expectations.toArray(Expectation[]::new))
        .build();
  }

  // what tests of the judge share

  static SyntheticRun sound(Expectation... expectations) {
    return expectations.length == 0
        ? new SyntheticRun(Expectations.ioContinues())
        : new SyntheticRun(expectations);
  }

  static void expect(SyntheticRun run, String checker, Verdict verdict, String observed) {
    Judgement judgement = run.judge();
    Finding finding =
        judgement.findings().stream()
            .filter(one -> one.checker().equals(checker))
            .findFirst()
            .orElseThrow();
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.observed()).contains(observed);
    assertThat(judgement.verdict().and(verdict)).isEqualTo(judgement.verdict());
  }

  static Event.BlockFound block(long lba, long generation, String defect) {
    return new Event.BlockFound(lba, generation, "", defect);
  }

  static Event.IoEnded ended(Event.IoEnded was, IoResult.Status status, String path) {
    return new Event.IoEnded(
        was.op(), was.host(), was.device(), path, status, "planted", was.found());
  }
}
