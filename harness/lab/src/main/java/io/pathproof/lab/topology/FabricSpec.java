package io.pathproof.lab.topology;

/**
 * An IP network.
 *
 * @param name its name in the file
 * @param subnet IPv4 in CIDR notation, such as {@code 10.10.1.0/24}
 */
public record FabricSpec(String name, String subnet) {}
