package io.pathproof.targets.array.server;

import io.pathproof.targets.array.system.Address;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Every address of the array on 127.0.0.1 at a TCP port of its own, whatever address the
 * configuration gives; for links within one machine, which ask {@link SimulatedArray#reach} where
 * an address is and obey when it is silent.
 */
public final class LoopbackNetwork implements ArrayNetwork {
  @Override
  public void prepare(ArrayConfig config) {
    // Nothing has to be made: 127.0.0.1 is always there.
  }

  @Override
  public InetSocketAddress bindAddress(Address address) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public boolean carriesAnnouncements() {
    return false;
  }

  @Override
  public void move(Address address, String fromPort, String toPort, boolean announced) {
    // Who answers at the socket changes; the socket stays.
  }

  @Override
  public void link(String port, boolean up) {
    // A port has no interface of its own here.
  }

  @Override
  public void close() {
    // Nothing was made.
  }
}
