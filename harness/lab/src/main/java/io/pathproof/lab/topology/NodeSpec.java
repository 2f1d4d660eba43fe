package io.pathproof.lab.topology;

import java.util.Map;

/**
 * A node (controller) of the array.
 *
 * @param name its name in the file
 * @param ports its iSCSI ports, by name, in file order
 */
public record NodeSpec(String name, Map<String, PortSpec> ports) {}
