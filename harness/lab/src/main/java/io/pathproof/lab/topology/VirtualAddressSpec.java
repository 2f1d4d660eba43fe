package io.pathproof.lab.topology;

/**
 * An address of the array that is not tied to a port: one owns it until it fails, then another.
 *
 * @param port the address as hosts see it; its node is empty and its reference is its name
 * @param owner the port that owns it at first, as {@code node.port}
 */
public record VirtualAddressSpec(PortSpec port, String owner) {}
