package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.util.List;

/**
 * A history on a vSphere host, written by hand: from 0.1 s on it reads every 10 ms for 2 s, over
 * vmk1 and vmk2 by turns; vmk3 is bound and not compliant. From 0.6 to 1.6 s something is done at
 * one of its places.
 */
final class VsphereRun extends HandWrittenRun<VsphereRun> {
  private static final String YAML =
      """
      topology: vsphere
      fabrics: { san: { subnet: 10.0.0.0/24 } }
      array:
        nodes: { ct0: { ports: { eth0: { fabric: san, address: 10.0.0.10 } } } }
        volumes: { vol0: { size: 64MiB } }
      hosts:
        esx1:
          multipath: { policy: round-robin, ios: 1 }
          adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san } }
          switches: { vSwitch1: { adapters: [vmnic0, vmnic1] } }
          vmkernel:
            vmk1: { switch: vSwitch1, address: 10.0.0.101, teaming: { active: [vmnic0] } }
            vmk2: { switch: vSwitch1, address: 10.0.0.102, teaming: { active: [vmnic1] } }
            vmk3: { switch: vSwitch1, address: 10.0.0.103, teaming: { active: [vmnic0], standby: [vmnic1] } }
          port-binding: on
          targets: { dynamic: [{ address: 10.0.0.10, login-timeout: 30s, delayed-ack: off }] }
        esx2:
          multipath: { policy: round-robin, ios: 1 }
          adapters: { vmnic0: { fabric: san }, vmnic1: { fabric: san } }
          switches: { vSwitch1: { adapters: [vmnic0, vmnic1] } }
          vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.121 } }
      """;

  static final Topology TOPOLOGY = TopologyLoader.parse(YAML, "vsphere.yaml");

  static final String PORTAL = "10.0.0.10:3260";
  private final String fault;
  private final String how;
  private final List<Expectation> expectations;
  private long op;

  VsphereRun(String fault, String how, Expectation... expectations) {
    this(TOPOLOGY, fault, how, expectations);
  }

  /** On switches that do not go back to an adapter that has a link again. */
  static VsphereRun withoutFailback(String fault, String how, Expectation expectation) {
    String yaml =
        YAML.replace("adapters: [vmnic0, vmnic1] }", "adapters: [vmnic0, vmnic1], failback: off }");
    return new VsphereRun(TopologyLoader.parse(yaml, "vsphere.yaml"), fault, how, expectation);
  }

  private VsphereRun(Topology topology, String fault, String how, Expectation... expectations) {
    super(topology);
    this.fault = fault;
    this.how = how;
    this.expectations = List.of(expectations);
    at(5, seen("vmk1", "vmnic0", "compliant", true));
    at(5, seen("vmk2", "vmnic1", "compliant", true));
    at(5, seen("vmk3", "vmnic0", "standby", false));
    for (String port : List.of("vmk1", "vmk2")) {
      at(8, new Event.TargetParametersSet("esx1", path(port), PORTAL, PORTAL, 30_000, "off"));
      at(9, new Event.SessionChanged("esx1", path(port), "LOGGED_IN", ""));
      at(10, change(port, true, "logged in"));
    }
    at(
        20,
        new Event.DeviceFound("esx1", "mpatha", "vol0", "id", List.of(info("vmk1"), info("vmk2"))));
    at(100, new Event.PhaseStarted("workload"));
    at(600, new Event.FaultInjected(1, fault + " " + how, links(), List.of(fault), 599_000_000L));
    at(600, new Event.HostChanged("esx1", fault, how));
    at(1600, new Event.FaultHealed(1, fault + " " + how, 1_600_000_000L));
    at(4000, new Event.PhaseStarted("detach"));
    at(4010, change("vmk1", false, "logged out"));
    at(4010, change("vmk2", false, "logged out"));
  }

  /** Reads over both ports by turns, but over vmk1 alone in between. */
  VsphereRun readsButOver(String port, long fromMs, long untilMs) {
    for (int k = 0; k < 200; k++) {
      long ms = 100 + 10L * k;
      String over = k % 2 == 0 ? "vmk1" : "vmk2";
      boolean not = over.equals(port) && ms >= fromMs && ms < untilMs;
      read("esx1", not ? "vmk1" : over, ms);
    }
    return this;
  }

  VsphereRun reads() {
    return readsButOver("", 0, 0);
  }

  VsphereRun read(String host, String port, long ms) {
    op++;
    at(ms, new Event.IoIssued(op, host, "mpatha", false, op, 1, 0, ms * 1_000_000));
    at(ms, new Event.IoSent(op, host, "mpatha", path(port), 1));
    return at(
        ms + 1,
        new Event.IoEnded(
            op,
            host,
            "mpatha",
            path(port),
            IoResult.Status.OK,
            "",
            List.of(new Event.BlockFound(op, 0, "", ""))));
  }

  /** vmk2 gets a standby adapter: its path goes down, and comes back when that is mended. */
  static VsphereRun outAndBack(Expectation expectation) {
    return new VsphereRun("esx1.vmk2", "teaming active vmnic1 standby vmnic0", expectation)
        .at(601, seen("vmk2", "vmnic1", "standby", false))
        .at(602, change("vmk2", false, "vmk2 has standby adapter vmnic0"))
        .at(1601, seen("vmk2", "vmnic1", "compliant", true))
        .at(1620, change("vmk2", true, "logged in"))
        .readsButOver("vmk2", 601, 1630);
  }

  static String path(String port) {
    return port + ":ct0.eth0";
  }

  static LinkId link(String port) {
    return new LinkId("esx1." + port, "ct0.eth0");
  }

  private List<LinkId> links() {
    return fault.endsWith("vmk2") ? List.of(link("vmk2")) : List.of(link("vmk1"), link("vmk2"));
  }

  private static PathInfo info(String port) {
    return new PathInfo(path(port), link(port), PORTAL);
  }

  static Event.PathChanged change(String port, boolean up, String cause) {
    return new Event.PathChanged("esx1", path(port), link(port), up, cause);
  }

  static Event.VmkernelPortSeen seen(String port, String uplink, String compliance, boolean used) {
    boolean sound = compliance.equals("compliant");
    return new Event.VmkernelPortSeen(
        "esx1",
        port,
        uplink,
        true,
        compliance,
        used,
        sound ? "" : port + " has standby adapter",
        sound ? "" : "make it unused");
  }

  @Override
  Scenario scenario() {
    return Scenario.named("vsphere")
        .workload(w -> w.host("esx1").volume("vol0").rate(100).reads(100).lasting("2s"))
        .breaking(f -> f.at("500ms").place(fault).how(how).healAfter("1s"))
        .expect(expectations.toArray(Expectation[]::new))
        .build();
  }
}
