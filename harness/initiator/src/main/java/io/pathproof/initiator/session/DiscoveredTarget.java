package io.pathproof.initiator.session;

import java.util.List;

/**
 * One target of a SendTargets answer (RFC 7143 appendix C).
 *
 * @param name its iSCSI name
 * @param addresses its portals in the order of the answer; empty where the target named none, which
 *     means the address that was asked
 */
public record DiscoveredTarget(String name, List<TargetAddress> addresses) {
  public DiscoveredTarget {
    addresses = List.copyOf(addresses);
  }
}
