package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.session.Portal;

/** A host with failover over three ways to two nodes, and what it takes without fences. */
final class FailoverScene {
  static final int CHECKER_MS = 500;
  static final HostLink A = link("nic0", "node1.a", 1);
  static final HostLink B = link("nic0", "node2.a", 2);
  static final HostLink C = link("nic1", "node1.b", 3);

  private static HostLink link(String adapter, String port, int number) {
    return new HostLink(
        adapter + ":" + port, adapter, new Portal("10.10.1." + number, 3260), number);
  }

  static final MultipathSettings MULTIPATH =
      MultipathSettings.multipath(
              Policy.FAILOVER, 1, 0, true, Failback.IMMEDIATE, 5_000, CHECKER_MS)
          .toBuilder()
          .fence(FencePolicy.none())
          .build();

  static FakeArray array(MultipathSettings multipath, HostLink... links) {
    return array(multipath, 0, links);
  }

  static FakeArray array(MultipathSettings multipath, long recoveryMs, HostLink... links) {
    return FakeArray.of(multipath, recoveryMs, links);
  }

  private FailoverScene() {}
}
