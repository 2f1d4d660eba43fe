package io.pathproof.lab.verdict;

import io.pathproof.lab.Examples;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A history on an array with a virtual port, written by hand: esx1 writes 50 times a second for 2
 * s; its login at 10.0.0.1 (at node1.a) was sent on to node1.b. That port fails at 1 s, and the
 * session is sent to node2.a. Sound as it is.
 */
final class VirtualRun extends HandWrittenRun<VirtualRun> {
  static final Topology TOPOLOGY = Examples.virtualPort();
  static final String PATH = "nic0:vip";
  static final String VIP = "10.0.0.1:3260";
  static final List<String> NODE1 = List.of("10.0.0.2:3260", "10.0.0.3:3260");
  static final List<String> NODE2 = List.of("10.0.0.4:3260", "10.0.0.5:3260");

  private final String place;
  private final String how;
  private final List<Expectation> expectations;
  private boolean twoHosts;

  /** With node1.b failing. */
  VirtualRun(Expectation... expectations) {
    this("node1.b", expectations);
  }

  /**
   * @param place of the fault in the scenario; what happens is the same
   */
  VirtualRun(String place, Expectation... expectations) {
    this(place, "down", expectations);
  }

  /**
   * @param how it fails in the scenario; what happens is the same
   */
  VirtualRun(String place, String how, Expectation... expectations) {
    super(TOPOLOGY);
    this.place = place;
    this.how = how;
    this.expectations = List.of(expectations);
    at(0, new Event.PhaseStarted("prepare"));
    at(
        5,
        new Event.PortalsDiscovered(
            "esx1", link("esx1"), TOPOLOGY.arrays().get("array").targetName(), List.of(VIP)));
    at(6, new Event.SessionRedirected("esx1", PATH, VIP, "10.0.0.3:3260", false));
    at(7, new Event.SessionChanged("esx1", PATH, "LOGGED_IN", ""));
    host("esx1", 0);
    at(40, new Event.ArrayObserved("before", snapshot(with(NODE1, VIP), NODE2)));
    at(41, loads("before", 10, 10, 10, 10));
    at(100, new Event.PhaseStarted("workload"));
    at(1100, loads("fault", 10, 60, 10, 10));
    at(
        1101,
        new Event.FaultInjected(
            1,
            place + " " + how,
            List.of(new LinkId("esx1.nic0", place)),
            List.of(place),
            1_100_500_000L));
    at(1102, new Event.ArrayChanged("node1.b", "node1.b down"));
    at(1150, new Event.SessionChanged("esx1", PATH, "FAILED", "connection: reset"));
    at(1160, new Event.SessionRedirected("esx1", PATH, VIP, "10.0.0.4:3260", false));
    at(1170, new Event.SessionChanged("esx1", PATH, "LOGGED_IN", ""));
    at(2200, loads("after", 10, 60, 60, 10));
    at(
        2201,
        new Event.ArrayObserved(
            "after", snapshot(List.of("10.0.0.1:3260", "10.0.0.2:3260"), NODE2)));
    at(2300, new Event.FaultHealed(1, place + " " + how, 2_299_000_000L));
    at(4000, new Event.PhaseStarted("liveness"));
    at(5900, loads("end", 10, 60, 60, 10));
  }

  /** Of the array's ports in their order: READ and WRITE commands so far. */
  static Event.ArrayLoadObserved loads(String when, long... ios) {
    return sessions(when, new long[] {0, 1, 0, 0}, ios);
  }

  static Event.ArrayLoadObserved sessions(String when, long[] sessions, long... ios) {
    Map<String, PortLoad> loads = new LinkedHashMap<>();
    String[] ports = {"node1.a", "node1.b", "node2.a", "node2.b"};
    for (int i = 0; i < ports.length; i++) {
      long reads = ios[i] / 3;
      loads.put(ports[i], new PortLoad(sessions[i], reads, ios[i] - reads, ios[i] * 4096));
    }
    return new Event.ArrayLoadObserved(when, loads);
  }

  static LinkId link(String host) {
    return new LinkId(host + ".nic0", "vip");
  }

  static List<String> with(List<String> portals, String more) {
    List<String> all = new java.util.ArrayList<>(portals);
    all.add(more);
    return List.copyOf(all);
  }

  static ArraySnapshot snapshot(List<String> node1, List<String> node2) {
    return new ArraySnapshot(Map.of("node1", node(node1), "node2", node(node2)));
  }

  private static ArraySnapshot.NodeState node(List<String> portals) {
    return new ArraySnapshot.NodeState("running", List.of(), portals, Map.of());
  }

  /** A second host, whose login is served at the virtual address itself. */
  VirtualRun secondHost() {
    twoHosts = true;
    host("esx2", 1000);
    return this;
  }

  /** The host's device and its hundred writes. */
  private void host(String host, int first) {
    LinkId link = link(host);
    at(10, new Event.PathChanged(host, PATH, link, true, "logged in"));
    at(
        20,
        new Event.DeviceFound(
            host, "sda", "vol0", "naa.1", List.of(new PathInfo(PATH, link, VIP))));
    at(4001, new Event.LivenessChecked(host, "sda", true, 1, 1_000_000, ""));
    for (int k = 0; k < 100; k++) {
      long op = first + k + 1;
      long lba = first + k;
      long due = 100 + 20L * k;
      at(due, new Event.IoIssued(op, host, "sda", true, lba, 1, op, due * 1_000_000));
      at(due, new Event.IoSent(op, host, "sda", PATH, 1));
      at(due + 1, new Event.IoEnded(op, host, "sda", PATH, IoResult.Status.OK, "", List.of()));
      Event.BlockFound found = new Event.BlockFound(lba, op, PATH, "");
      at(4100 + k, new Event.BlockVerified(host, "sda", PATH, found));
      at(5000 + k, new Event.StoreVerified("vol0", found));
    }
  }

  @Override
  Scenario scenario() {
    var builder =
        Scenario.named("virtual")
            .workload(w -> w.host("esx1").volume("vol0").rate(50).reads(0).lasting("2s"))
            .breaking(f -> f.at("1s").place(place).how(how).healAfter("1s"))
            .expect(expectations.toArray(Expectation[]::new));
    if (twoHosts) {
      builder.workload(w -> w.host("esx2").volume("vol0").rate(50).reads(0).lasting("2s"));
    }
    return builder.build();
  }
}
