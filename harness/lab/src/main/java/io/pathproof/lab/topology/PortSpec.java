package io.pathproof.lab.topology;

/**
 * An iSCSI port of a node: one portal.
 *
 * @param node the node it belongs to; empty for a virtual address
 * @param name its name within the node
 * @param fabric the network it is attached to
 * @param address its IPv4 address
 * @param tcpPort its TCP port, 3260 unless the file says otherwise (RFC 7143 section 13.8)
 */
public record PortSpec(String node, String name, String fabric, String address, int tcpPort) {
  /** {@code node.port}; of a virtual address its name. */
  public String ref() {
    return node.isEmpty() ? name : node + "." + name;
  }

  /** {@code address:tcpPort}. */
  public String portal() {
    return address + ":" + tcpPort;
  }
}
