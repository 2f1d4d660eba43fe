package io.pathproof.lab.vsphere;

import java.util.List;
import java.util.Optional;

/**
 * The targets of a host's iSCSI adapter.
 *
 * @param dynamic where it discovers (SendTargets); empty: at every portal that it reaches
 * @param fixed static targets whose parameters are their own
 */
public record IscsiTargets(List<Target> dynamic, List<Target> fixed) {
  /** Discovery everywhere, and nothing set. */
  public static final IscsiTargets NONE = new IscsiTargets(List.of(), List.of());

  /**
   * A target's portal.
   *
   * @param address its IPv4 address
   * @param tcpPort its TCP port
   * @param parameters what is set for it
   */
  public record Target(String address, int tcpPort, TargetParameters parameters) {
    /** {@code address:tcpPort}. */
    public String portal() {
      return address + ":" + tcpPort;
    }
  }

  /** Whether discovery asks this portal. */
  public boolean discoversAt(String portal) {
    return dynamic.isEmpty() || dynamic.stream().anyMatch(each -> each.portal().equals(portal));
  }

  /**
   * What a static target has that a dynamic one told of.
   *
   * @param discoveredAt the portal that was asked
   * @param portal the static target's own
   */
  public TargetParameters parameters(String discoveredAt, String portal) {
    TargetParameters own =
        at(fixed, portal).map(Target::parameters).orElse(TargetParameters.INHERITED);
    return own.over(
        at(dynamic, discoveredAt).map(Target::parameters).orElse(TargetParameters.INHERITED));
  }

  private static Optional<Target> at(List<Target> targets, String portal) {
    return targets.stream().filter(each -> each.portal().equals(portal)).findFirst();
  }
}
