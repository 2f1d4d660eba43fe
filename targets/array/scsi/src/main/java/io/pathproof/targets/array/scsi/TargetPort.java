package io.pathproof.targets.array.scsi;

/**
 * A port of the array as its device servers know it.
 *
 * @param port the name, {@code node1.a}
 * @param relativePortId relative target port identifier, 1 to 65535
 * @param portGroup target port group, 1 to 65535
 */
public record TargetPort(String node, String port, int relativePortId, int portGroup) {}
