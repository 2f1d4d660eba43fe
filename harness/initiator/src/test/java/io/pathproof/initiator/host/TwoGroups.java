package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.scsi.AccessState;
import java.util.List;

/** A host with a path to each of two nodes, whose ports are two target port groups. */
final class TwoGroups {
  static final int CHECKER_MS = 500;
  static final HostLink A = new HostLink("nic0:node1.a", "nic0", new Portal("10.10.1.1", 3260), 1);
  static final HostLink B = new HostLink("nic0:node2.a", "nic0", new Portal("10.10.1.2", 3260), 2);
  static final MultipathSettings MULTIPATH =
      MultipathSettings.multipath(
          Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, CHECKER_MS);

  /** Node 1, behind A, is group 1; node 2, behind B, is group 2. */
  static FakeArray array(long recoveryMs, AccessState first, AccessState second) {
    FakeArray array = FakeArray.of(MULTIPATH, recoveryMs, A, B);
    array.units.get(B.id()).portGroup = 2;
    array.units.values().forEach(unit -> unit.asymmetric = true);
    states(array, first, second);
    return array;
  }

  static void states(FakeArray array, AccessState first, AccessState second) {
    for (FakeLogicalUnit unit : array.units.values()) {
      unit.states.put(1, first);
      unit.states.put(2, second);
    }
  }

  static FakeArray firstOptimized(long recoveryMs) {
    FakeArray array =
        array(recoveryMs, AccessState.ACTIVE_OPTIMIZED, AccessState.ACTIVE_NON_OPTIMIZED).start();
    array.log.clear();
    array.units.values().forEach(unit -> unit.received.clear());
    return array;
  }

  static List<String> told(FakeArray array) {
    return array.log.of(HostEvent.AccessStateTold.class).stream()
        .map(event -> event.path().id() + " " + event.state())
        .toList();
  }

  static String carrier(FakeArray array) {
    List<String> lines = array.write().lines;
    assertThat(lines).hasSize(2).last().asString().startsWith("completed OK ");
    return lines.get(1).substring("completed OK ".length());
  }

  private TwoGroups() {}
}
