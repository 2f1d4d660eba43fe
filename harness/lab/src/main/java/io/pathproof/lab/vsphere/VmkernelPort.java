package io.pathproof.lab.vsphere;

import java.util.Optional;

/**
 * A VMkernel port (vmk): the host's end of its sessions.
 *
 * @param name its name within the host, such as {@code vmk1}
 * @param virtualSwitch the switch that its port group is on
 * @param fabric the network that its address is in
 * @param address its IPv4 address
 * @param teaming its port group's own failover order; empty: that of the switch
 */
public record VmkernelPort(
    String name, String virtualSwitch, String fabric, String address, Optional<Teaming> teaming) {}
