package io.pathproof.targets.array.system;

/**
 * An address of the array together with its TCP port: a portal that can move.
 *
 * @param name what people call it: the port's reference, or the virtual address's name
 * @param ip the IP address
 * @param tcpPort where it is served
 * @param network the network within which it can move
 * @param homePort the port it is at when all is well
 * @param virtual whether it belongs to no port for good
 */
public record Address(
    String name, String ip, int tcpPort, String network, String homePort, boolean virtual) {
  /** {@code ip:tcpPort}. */
  public String portal() {
    return ip + ":" + tcpPort;
  }
}
