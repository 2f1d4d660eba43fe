package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** A host that has to have lost nexuses fenced: three ports of node 1 and 2, four ways to them. */
final class FencingScene {
  static final int CHECKER_MS = 500;
  static final HostLink A = link("nic0", "node1.a", "10.0.0.1", 1);
  static final HostLink B = link("nic1", "node1.b", "10.0.1.1", 2);
  static final HostLink C = link("nic0", "node2.a", "10.0.0.2", 3);
  static final HostLink D = link("nic0", "node1.b", "10.0.1.1", 4);

  private static HostLink link(String adapter, String port, String address, int number) {
    return new HostLink(adapter + ":" + port, adapter, new Portal(address, 3260), number);
  }

  private static TargetAddress address(HostLink link, int tag) {
    return new TargetAddress(link.portal().host(), 3260, OptionalInt.of(tag));
  }

  static FakeArray array(HostLink... links) {
    MultipathSettings settings =
        MultipathSettings.builder()
            .failback(Failback.IMMEDIATE)
            .checkerIntervalMs(CHECKER_MS)
            .fence(FencePolicy.required(0))
            .build();
    FakeArray array = FakeArray.of(settings, 0, links);
    array.groups.put(C.id(), 2);
    return array;
  }

  /** Every portal tells of all, as an array does: node 1's ports in group 1, node 2's in 2. */
  static FakeArray telling(FakeArray array, HostLink... links) {
    List<TargetAddress> all =
        Arrays.stream(links).map(link -> address(link, link == C ? 2 : 1)).distinct().toList();
    for (HostLink link : links) {
      array.advertised.put(link.id(), List.of(new SendTargets.Target(FakeArray.TARGET, all)));
    }
    return array;
  }

  /** The first path is lost with a write under way, while A's own session stays down. */
  static IoLog loseAWrite(FakeArray array) {
    array.start();
    array.silent.add(A.id());
    IoLog seen = array.write();
    array.cut(A.id());
    return seen;
  }

  private FencingScene() {}
}
