package io.pathproof.lab.vsphere;

import java.util.OptionalLong;

/**
 * A physical network adapter (vmnic).
 *
 * @param name its name within the host, such as {@code vmnic0}
 * @param fabric the network that its cable leads to
 * @param kibPerSecond what it carries in each direction, all its traffic taken together, in KiB a
 *     second; empty: without a limit
 */
public record PhysicalAdapter(String name, String fabric, OptionalLong kibPerSecond) {}
