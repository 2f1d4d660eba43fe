package io.pathproof.lab.vsphere;

import java.util.List;

/**
 * A standard virtual switch.
 *
 * @param name its name within the host, such as {@code vSwitch0}
 * @param adapters its physical adapters (uplinks), by name
 * @param teaming what its ports have that do not override it
 * @param loadBalancing how a port gets one of several active adapters
 * @param failback whether a port goes back to its adapter when that has a link again (ESXi: yes)
 */
public record VirtualSwitch(
    String name,
    List<String> adapters,
    Teaming teaming,
    LoadBalancing loadBalancing,
    boolean failback) {
  /** The load balancing policies that need no help from the physical switch. */
  public enum LoadBalancing {
    /** The virtual port's number chooses; a port stays with one adapter. ESXi's default. */
    ORIGINATING_PORT_ID,
    /** The first active adapter that has a link. */
    EXPLICIT_FAILOVER_ORDER
  }

  /** Copies the list. */
  public VirtualSwitch {
    adapters = List.copyOf(adapters);
  }
}
