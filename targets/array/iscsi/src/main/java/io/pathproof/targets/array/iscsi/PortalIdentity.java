package io.pathproof.targets.array.iscsi;

/**
 * An address of the array, and the port that answers on it now.
 *
 * @param node the port's node
 * @param port the port, {@code node1.a}
 * @param relativePortId relative target port identifier, 1 to 65535
 * @param portGroup target portal group tag (RFC 7143 section 13.9) and target port group (ALUA)
 * @param address the IP address as it is advertised
 * @param tcpPort the TCP port as it is advertised
 * @param virtual whether the address belongs to no port for good
 */
public record PortalIdentity(
    String node,
    String port,
    int relativePortId,
    int portGroup,
    String address,
    int tcpPort,
    boolean virtual) {}
