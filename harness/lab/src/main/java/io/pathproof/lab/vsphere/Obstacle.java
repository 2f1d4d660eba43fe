package io.pathproof.lab.vsphere;

/**
 * Why nothing that a VMkernel port sends comes into its network.
 *
 * @param seen what the host shows: its adapter, or that it has none
 * @param reason why, in words, with the adapters
 * @param remedy what mends it
 */
public record Obstacle(String seen, String reason, String remedy) {}
