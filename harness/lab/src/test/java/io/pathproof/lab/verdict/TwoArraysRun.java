package io.pathproof.lab.verdict;

import io.pathproof.lab.Examples;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.util.List;
import java.util.Map;

/**
 * A history on two arrays behind one adapter, written by hand: esx1 writes 50 times a second for 2
 * s to a volume of each. From 0.5 s on, for a second, nothing gets through to pure1.ct0; what went
 * there is sent again over pure1.ct1. Sound as it is.
 */
final class TwoArraysRun extends HandWrittenRun<TwoArraysRun> {
  static final Topology TOPOLOGY = Examples.twoArrays();
  static final LinkId CT0 = new LinkId("esx1.nic0", "pure1.ct0.a");
  static final LinkId CT1 = new LinkId("esx1.nic0", "pure1.ct1.a");
  static final LinkId VIP = new LinkId("esx1.nic0", "spectrum1.vip");
  static final String PURE = "mpatha";
  static final String SPECTRUM = "mpathb";

  private final List<Expectation> expectations;

  TwoArraysRun(Expectation... expectations) {
    super(TOPOLOGY);
    this.expectations = List.of(expectations);
    at(0, new Event.PhaseStarted("prepare"));
    for (LinkId link : List.of(CT0, CT1, VIP)) {
      at(10, new Event.PathChanged("esx1", path(link), link, true, "logged in"));
    }
    found(PURE, "pure1.vol0", CT0, CT1);
    found(SPECTRUM, "spectrum1.vol0", VIP);
    at(40, observed("before", "online"));
    at(100, new Event.PhaseStarted("workload"));
    at(
        601,
        new Event.FaultInjected(1, "pure1.ct0 silent-drop", List.of(CT0), List.of(), 600_500_000L));
    at(620, new Event.PathChanged("esx1", path(CT0), CT0, false, "connection: no answer"));
    at(1550, observed("after", "online"));
    at(1600, new Event.FaultHealed(1, "pure1.ct0 silent-drop", 1_599_000_000L));
    at(1700, new Event.PathChanged("esx1", path(CT0), CT0, true, "logged in"));
    for (int k = 0; k < 100; k++) {
      boolean lost = k == 25;
      io(PURE, "pure1.vol0", 2L * k + 1, 100 + 20L * k, lost ? CT0 : CT1, lost);
      io(SPECTRUM, "spectrum1.vol0", 2L * k + 2, 100 + 20L * k, VIP, false);
    }
    at(4000, new Event.PhaseStarted("liveness"));
    at(4001, new Event.LivenessChecked("esx1", PURE, true, 1, 1_000_000, ""));
    at(4001, new Event.LivenessChecked("esx1", SPECTRUM, true, 1, 1_000_000, ""));
  }

  static String path(LinkId link) {
    return "nic0:" + link.port();
  }

  /** What the arrays say of themselves. */
  static Event.ArrayObserved observed(String when, String ofSpectrum) {
    return new Event.ArrayObserved(
        when,
        new ArraySnapshot(
            Map.of(
                "pure1.ct0", node("10.0.0.10:3260", "online"),
                "pure1.ct1", node("10.0.0.11:3260", "online"),
                "spectrum1.node1", node("10.0.0.20:3260", ofSpectrum),
                "spectrum1.node2", node("10.0.0.21:3260", "online"))));
  }

  private static ArraySnapshot.NodeState node(String portal, String access) {
    return new ArraySnapshot.NodeState(
        "running", List.of(), List.of(portal), Map.of("vol0", access));
  }

  private void found(String device, String volume, LinkId... links) {
    List<PathInfo> paths =
        java.util.Arrays.stream(links)
            .map(link -> new PathInfo(path(link), link, TOPOLOGY.port(link.port()).portal()))
            .toList();
    at(20, new Event.DeviceFound("esx1", device, volume, "naa." + volume, paths));
  }

  private void io(String device, String volume, long op, long due, LinkId link, boolean lost) {
    at(due, new Event.IoIssued(op, "esx1", device, true, op, 1, op, due * 1_000_000));
    String by = path(link);
    at(due, new Event.IoSent(op, "esx1", device, by, 1));
    if (lost) {
      at(
          due + 20,
          new Event.IoAttemptEnded(
              op, "esx1", device, by, 1, IoResult.Status.INDETERMINATE, "no answer", true));
      by = path(CT1);
      at(due + 21, new Event.IoSent(op, "esx1", device, by, 2));
    }
    at(
        due + (lost ? 22 : 1),
        new Event.IoEnded(op, "esx1", device, by, IoResult.Status.OK, "", List.of()));
    Event.BlockFound found = new Event.BlockFound(op, op, by, "");
    at(4100 + op, new Event.BlockVerified("esx1", device, by, found));
    at(5000 + op, new Event.StoreVerified(volume, found));
  }

  @Override
  Scenario scenario() {
    return Scenario.named("two")
        .workload(w -> w.host("esx1").volume("pure1.vol0").rate(50).reads(0).lasting("2s"))
        .workload(w -> w.host("esx1").volume("spectrum1.vol0").rate(50).reads(0).lasting("2s"))
        .breaking(f -> f.at("500ms").place("pure1.ct0").how("silent-drop").healAfter("1s"))
        .expect(expectations.toArray(Expectation[]::new))
        .build();
  }
}
