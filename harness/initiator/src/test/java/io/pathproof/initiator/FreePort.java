package io.pathproof.initiator;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports for programs that have to be told where to listen. */
public final class FreePort {
  private FreePort() {}

  /**
   * A port of an address that is free. Below the ports that the system gives to clients: between
   * this look and the program's own, other tests of the same machine open connections.
   *
   * @param address a loopback address
   */
  public static int at(String address) throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 20_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(address))) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // The next one may be free.
      }
    }
    throw new IOException("no TCP port of " + address + " is free between 10000 and 20000");
  }
}
