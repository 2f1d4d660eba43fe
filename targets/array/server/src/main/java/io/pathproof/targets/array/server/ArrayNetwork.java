package io.pathproof.targets.array.server;

import io.pathproof.targets.array.system.Address;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetSocketAddress;

/**
 * The network that an array's addresses are on. Called on the array's event loop, except for {@link
 * #prepare} and {@link #close}, which the starting and the closing thread call.
 */
public interface ArrayNetwork extends AutoCloseable {
  /**
   * Makes ready what the array's ports need, with every address at its home.
   *
   * @throws ArrayException when this network cannot carry the array; the message says why
   */
  void prepare(ArrayConfig config);

  /** Where the array listens for an address; TCP port 0 stands for any that is free. */
  InetSocketAddress bindAddress(Address address);

  /**
   * True if hosts find out by themselves whether they were told of a move, as on real networks;
   * false if the array has to play dead at an address whose move was not announced.
   */
  boolean carriesAnnouncements();

  /**
   * An address leaves one port for another of the same network.
   *
   * @param announced whether hosts are told (gratuitous ARP, RFC 5227 section 3)
   */
  void move(Address address, String fromPort, String toPort, boolean announced);

  /** A port's link comes up or goes down. */
  void link(String port, boolean up);

  /** Takes away what {@link #prepare} made. */
  @Override
  void close();
}
