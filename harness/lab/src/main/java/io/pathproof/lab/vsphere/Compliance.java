package io.pathproof.lab.vsphere;

import java.util.Locale;

/**
 * Whether a VMkernel port may be used by port binding: exactly one active adapter and no standby
 * one (VMware vSphere Storage, "Port Binding"; the causes are those of vim.fault.IscsiFaultVnic…
 * and Pure Storage's "Another look at ESXi iSCSI Multipathing").
 *
 * @param cause why it may not, or COMPLIANT
 * @param reason in words, with the adapters; empty when compliant
 * @param remedy what mends it; empty when compliant
 */
public record Compliance(Cause cause, String reason, String remedy) {
  /** What can be wrong, with the words that scenario files use. */
  public enum Cause {
    /** Nothing. */
    COMPLIANT,
    /** No active adapter (IscsiFaultVnicHasNoUplinks). */
    NO_ACTIVE,
    /** More than one active adapter (IscsiFaultVnicHasMultipleUplinks). */
    SEVERAL_ACTIVE,
    /** A standby adapter beside the active one (IscsiFaultVnicHasMultipleUplinks). */
    STANDBY,
    /** The active adapter does not lead to the port's network (IscsiFaultVnicHasWrongUplink). */
    WRONG_UPLINK;

    /** The word, such as {@code several-active}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final Compliance COMPLIANT = new Compliance(Cause.COMPLIANT, "", "");

  /** Whether the port may be used. */
  public boolean compliant() {
    return cause == Cause.COMPLIANT;
  }

  /**
   * Of a port with this failover order.
   *
   * @param origin whose order it is, such as {@code failover order of vSwitch0}
   * @param uplinkFabric the network that the one active adapter leads to; unread unless there is
   *     exactly one
   */
  static Compliance of(
      VmkernelPort port,
      Teaming teaming,
      String origin,
      java.util.function.UnaryOperator<String> uplinkFabric) {
    int active = teaming.active().size();
    String own = "override the failover order of " + port.name() + ": ";
    if (active == 0) {
      return new Compliance(
          Cause.NO_ACTIVE,
          port.name() + " has no active adapter (" + origin + ")",
          own + "exactly one active adapter, the others unused");
    }
    if (active > 1) {
      return new Compliance(
          Cause.SEVERAL_ACTIVE,
          port.name()
              + " has "
              + active
              + " active adapters, "
              + String.join(", ", teaming.active())
              + " ("
              + origin
              + ")",
          own + "leave one of them active and make the others unused");
    }
    if (!teaming.standby().isEmpty()) {
      return new Compliance(
          Cause.STANDBY,
          port.name()
              + " has standby adapter "
              + String.join(", ", teaming.standby())
              + " ("
              + origin
              + ")",
          own + "make " + String.join(", ", teaming.standby()) + " unused");
    }
    String uplink = teaming.active().get(0);
    String fabric = uplinkFabric.apply(uplink);
    if (!fabric.equals(port.fabric())) {
      return new Compliance(
          Cause.WRONG_UPLINK,
          port.name()
              + ", whose address is in "
              + port.fabric()
              + ", has active adapter "
              + uplink
              + ", which leads to "
              + fabric,
          own + "make an adapter active that leads to " + port.fabric());
    }
    return COMPLIANT;
  }
}
