package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.MediumCdb;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import io.pathproof.targets.array.scsi.Defects;
import io.pathproof.targets.array.scsi.LogicalUnits;
import io.pathproof.targets.array.scsi.LogicalUnitsSettings;
import io.pathproof.targets.array.scsi.MemoryStore;
import io.pathproof.targets.array.scsi.Nexus;
import io.pathproof.targets.array.scsi.RegistrationStore;
import io.pathproof.targets.array.scsi.ScsiOutcome;
import io.pathproof.targets.array.scsi.TargetPort;
import io.pathproof.targets.array.scsi.Volume;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The device servers of the simulated array behind the hosts of a test: two nodes with one volume.
 * Each host has a link to either node. Everything in one thread and in the hosts' virtual time.
 */
final class SharedArray {
  static final int BLOCKS = 2048;
  static final String N1 = "n1";
  static final String N2 = "n2";

  final Defects defects = new Defects();
  final MemoryStore store = new MemoryStore(BLOCKS * 512L);

  /** What survives a power loss; registrations only with APTPL. */
  final RegistrationStore kept = RegistrationStore.inMemory();

  /** Commands that change something, in the order of arrival: host, node, command. */
  final List<String> arrived = new ArrayList<>();

  LogicalUnits units;
  private final LogicalUnitsSettings settings;
  private final Map<String, Nexus> nexuses = new HashMap<>();

  SharedArray(TargetPortGroupSupport alua, AccessState partner, long transitionNs) {
    settings =
        new LogicalUnitsSettings(
            FakeArray.TARGET,
            alua,
            partner,
            transitionNs,
            List.of(
                new TargetPort("node1", "node1.a", 1, 1), new TargetPort("node2", "node2.a", 2, 2)),
            List.of(new Volume("vol0", 0, BLOCKS * 512L, 512, "node1", store)),
            "PATHPRF",
            "Simulated Array",
            "0001");
    units = new LogicalUnits(settings, defects, kept);
  }

  /** An array whose two nodes serve alike. */
  static SharedArray symmetric() {
    return new SharedArray(TargetPortGroupSupport.NONE, AccessState.ACTIVE_OPTIMIZED, 0);
  }

  /** All power is lost and comes back. */
  void powerCycle() {
    units = new LogicalUnits(settings, defects, kept);
  }

  static MultipathSettings failover() {
    return MultipathSettings.multipath(
        Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 10_000, 1_000);
  }

  static MultipathSettings roundRobin() {
    return MultipathSettings.multipath(
        Policy.ROUND_ROBIN, 1, 0, true, Failback.IMMEDIATE, 10_000, 1_000);
  }

  /**
   * A host that has not begun, with a link to each node.
   *
   * @param recoveryMs how long its sessions keep I/O while they are down
   */
  FakeArray host(String name, MultipathSettings multipath, long recoveryMs) {
    HostLink first = new HostLink(N1, "nic", new Portal("10.0.0.1", 3260), 1);
    HostLink second = new HostLink(N2, "nic", new Portal("10.0.0.2", 3260), 2);
    FakeArray host =
        new FakeArray(
            HostSettings.builder("iqn.2026-11.io.pathproof:" + name, List.of(first, second))
                .targets(Set.of(FakeArray.TARGET))
                .timers(
                    SessionTimers.ofMillis(
                        FakeArray.LOGIN_MS, 200, 200, 30_000, 15_000, recoveryMs, 100))
                .multipath(multipath)
                .build());
    host.keepsTasks = recoveryMs > 0;
    connect(host, name, N1, 1);
    connect(host, name, N2, 2);
    return host;
  }

  /** From the next login on, a host's link leads to that node. */
  void connect(FakeArray host, String name, String link, int node) {
    int isid = link.equals(N1) ? 1 : 2;
    Nexus nexus =
        new Nexus(
            "iqn.2026-11.io.pathproof:" + name,
            isid,
            "node" + node,
            "node" + node + ".a",
            node,
            node,
            FakeArray.TARGET);
    nexuses.put(name + " " + link, nexus);
    units.nexusEstablished(nexus, host.nowNs);
    host.servers.put(link, task -> serve(host, name, nexus, task));
  }

  /** The array notices that a session is gone, and later that it is there again. */
  void nexusLost(FakeArray host, String name, String link) {
    units.nexusLost(nexuses.get(name + " " + link), host.nowNs);
    units.nexusEstablished(nexuses.get(name + " " + link), host.nowNs);
  }

  private TaskOutcome serve(FakeArray host, String name, Nexus nexus, ScsiTask task) {
    List<ScsiOutcome> ended = new ArrayList<>();
    units.execute(nexus, task.lun(), task.cdb(), task.payload(), host.nowNs, ended::add);
    ScsiOutcome outcome = ended.get(0);
    note(name, nexus, task, outcome);
    int expected = task.expectedLength();
    ByteBuffer data = outcome.dataIn().duplicate();
    long residual = task.payload().hasRemaining() ? 0 : expected - data.remaining();
    data.limit(Math.min(data.limit(), data.position() + expected));
    ByteBuffer sense =
        outcome.sense().map(each -> each.encode()).orElseGet(() -> ByteBuffer.allocate(0));
    return new ScsiResult(outcome.status().code(), sense, residual, data);
  }

  private void note(String name, Nexus nexus, ScsiTask task, ScsiOutcome outcome) {
    try {
      Cdb cdb = Cdb.decode(task.cdb());
      boolean changes =
          cdb instanceof Cdb.Write
              || cdb instanceof Cdb.SetTargetPortGroups
              || cdb instanceof ReservationCdb.Out
              || cdb instanceof MediumCdb;
      if (changes) {
        String what =
            cdb instanceof ReservationCdb.Out out
                ? "PR OUT " + out.serviceAction()
                : cdb.getClass().getSimpleName();
        arrived.add(name + " " + nexus.node() + " " + what + " " + outcome.status());
      }
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  /** The bytes of a block in the store. */
  byte block(long lba) {
    ByteBuffer block = ByteBuffer.allocate(512);
    store.read(lba * 512, block);
    return block.get(0);
  }
}
