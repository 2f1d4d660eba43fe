package io.pathproof.targets.array.server;

import io.pathproof.targets.array.system.Address;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Addresses as the configuration gives them, all of which this machine has to have. Addresses stay
 * where they are; who answers on them moves.
 */
public final class DirectNetwork implements ArrayNetwork {
  @Override
  public void prepare(ArrayConfig config) {
    Set<String> addresses = new LinkedHashSet<>();
    config.nodes().forEach(node -> node.ports().forEach(port -> addresses.add(port.address())));
    config.virtualAddresses().forEach(virtual -> addresses.add(virtual.address()));
    Set<String> missing = new LinkedHashSet<>();
    for (String address : addresses) {
      if (!local(address)) {
        missing.add(address);
      }
    }
    if (!missing.isEmpty()) {
      throw new ArrayException(
          "not addresses of this machine: "
              + String.join(", ", missing)
              + "; add them to an interface (ip addr add), or serve all of them on one address (--bind 127.0.0.1)");
    }
  }

  private static boolean local(String address) {
    try {
      InetAddress parsed = InetAddress.getByName(address);
      return parsed.isLoopbackAddress() || NetworkInterface.getByInetAddress(parsed) != null;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }

  @Override
  public InetSocketAddress bindAddress(Address address) {
    return new InetSocketAddress(address.ip(), address.tcpPort());
  }

  @Override
  public boolean carriesAnnouncements() {
    return false;
  }

  @Override
  public void move(Address address, String fromPort, String toPort, boolean announced) {
    // The machine keeps the address; who answers changes.
  }

  @Override
  public void link(String port, boolean up) {
    // The machine's interfaces are not ours to take down.
  }

  @Override
  public void close() {
    // Nothing was made.
  }
}
