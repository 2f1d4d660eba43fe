package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.scenario.Expectations;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.util.List;

/**
 * A history of two vSphere hosts, written by hand: each is given 300 reads of 64 KiB in 2 s, which
 * is 9,600 KiB/s. esx1 has one adapter for 4,096 KiB/s, esx2 has two.
 */
final class ThroughputRun extends HandWrittenRun<ThroughputRun> {
  private static final Topology TOPOLOGY =
      TopologyLoader.parse(
          """
          topology: throughput
          fabrics: { san: { subnet: 10.0.0.0/24 } }
          array:
            nodes: { ct0: { ports: { eth0: { fabric: san, address: 10.0.0.10 } } } }
            volumes: { vol0: { size: 64MiB } }
          hosts:
            esx1:
              multipath: { policy: round-robin, ios: 1 }
              adapters: { vmnic0: { fabric: san, bandwidth: 4MiB/s } }
              switches: { vSwitch1: { adapters: [vmnic0] } }
              vmkernel: { vmk1: { switch: vSwitch1, address: 10.0.0.101 } }
            esx2:
              multipath: { policy: round-robin, ios: 1 }
              adapters: { vmnic0: { fabric: san, bandwidth: 4MiB/s }, vmnic1: { fabric: san, bandwidth: 4MiB/s } }
              switches: { vSwitch1: { adapters: [vmnic0, vmnic1] } }
              vmkernel:
                vmk1: { switch: vSwitch1, address: 10.0.0.121, teaming: { active: [vmnic0] } }
                vmk2: { switch: vSwitch1, address: 10.0.0.122, teaming: { active: [vmnic1] } }
              port-binding: on
          """,
          "throughput.yaml");

  /** Hosts whose adapters have addresses: nothing is known of what they carry. */
  private static final Topology PLAIN =
      TopologyLoader.parse(
          """
          topology: throughput
          fabrics: { san: { subnet: 10.0.0.0/24 }, tan: { subnet: 10.0.1.0/24 } }
          array:
            nodes: { ct0: { ports: { eth0: { fabric: san, address: 10.0.0.10 }, eth1: { fabric: tan, address: 10.0.1.10 } } } }
            volumes: { vol0: { size: 64MiB } }
          hosts:
            esx1:
              multipath: { policy: round-robin, ios: 1 }
              adapters: { vmk1: { fabric: san, address: 10.0.0.101 } }
            esx2:
              multipath: { policy: round-robin, ios: 1 }
              adapters: { vmk1: { fabric: san, address: 10.0.0.121 }, vmk2: { fabric: tan, address: 10.0.1.121 } }
          """,
          "plain.yaml");

  private long op;
  private String esx2At = "0s";
  private String esx2For = "2s";

  /**
   * @param esx1 reads that end within the 2 s; the others end later
   * @param esx2 likewise
   */
  ThroughputRun(int esx1, int esx2) {
    this(TOPOLOGY, esx1, esx2);
  }

  static ThroughputRun plain(int esx1, int esx2) {
    return new ThroughputRun(PLAIN, esx1, esx2);
  }

  /** When the scenario has esx2 begin, and how long it goes on; its reads stay as they are. */
  ThroughputRun esx2(String at, String lasting) {
    esx2At = at;
    esx2For = lasting;
    return this;
  }

  private ThroughputRun(Topology topology, int esx1, int esx2) {
    super(topology);
    at(100, new Event.PhaseStarted("workload"));
    reads("esx1", List.of("vmk1"), esx1);
    reads("esx2", List.of("vmk1", "vmk2"), esx2);
    at(9000, new Event.PhaseStarted("detach"));
  }

  private void reads(String host, List<String> ports, int inTime) {
    List<PathInfo> paths =
        ports.stream()
            .map(
                port ->
                    new PathInfo(
                        port + ":ct0.eth0",
                        new LinkId(host + "." + port, "ct0.eth0"),
                        "10.0.0.10:3260"))
            .toList();
    for (int i = 0; i < ports.size(); i++) {
      at(
          5,
          new Event.VmkernelPortSeen(
              host, ports.get(i), "vmnic" + i, true, "compliant", true, "", ""));
    }
    at(20, new Event.DeviceFound(host, "mpatha", "vol0", "id", paths));
    for (int k = 0; k < 300; k++) {
      op++;
      long ms = 100 + k * 2000L / 300;
      String path = paths.get(k % paths.size()).id();
      at(ms, new Event.IoIssued(op, host, "mpatha", false, op, 16, 0, ms * 1_000_000));
      at(ms, new Event.IoSent(op, host, "mpatha", path, 1));
      at(
          k < inTime ? Math.max(ms, 2000) : 5000,
          new Event.IoEnded(
              op,
              host,
              "mpatha",
              path,
              IoResult.Status.OK,
              "",
              List.of(new Event.BlockFound(op, 0, "", ""))));
    }
  }

  @Override
  Scenario scenario() {
    return Scenario.named("throughput")
        .workload(w -> w.host("esx1").volume("vol0").rate(150).block("64KiB").lasting("2s"))
        .workload(
            w -> w.host("esx2").volume("vol0").rate(150).block("64KiB").at(esx2At).lasting(esx2For))
        .expect(Expectations.throughput("esx2 >= 1.6 x esx1"))
        .build();
  }
}
