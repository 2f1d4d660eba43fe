package io.pathproof.engine.embedded.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A TCP port on loopback that answers no SYN, as the far end of a cut cable: it listens, takes no
 * connection, and its queue of those is full (Linux drops a SYN then, listen(2) and
 * tcp_abort_on_overflow in tcp(7)). A relay cannot be that silent, as the kernel accepts for it.
 */
public final class UnansweredPort implements AutoCloseable {
  private static final int MOST = 16;

  /** A connection on loopback is up in microseconds, or not at all. */
  private static final int UP_WITHIN_MS = 20;

  private final List<SocketChannel> queued = new ArrayList<>();
  private final ServerSocketChannel server;

  /**
   * Opens it.
   *
   * @throws IOException where this machine goes on answering
   */
  public UnansweredPort() throws IOException {
    server = ServerSocketChannel.open();
    try {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      for (int i = 0; i < MOST; i++) {
        if (!queueOneMore()) {
          return;
        }
      }
      throw new IOException("the queue of a listening port does not get full");
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private boolean queueOneMore() throws IOException {
    SocketChannel one = SocketChannel.open();
    queued.add(one);
    one.configureBlocking(false);
    if (one.connect(server.getLocalAddress())) {
      return true;
    }
    try (Selector up = Selector.open()) {
      SelectionKey key = one.register(up, SelectionKey.OP_CONNECT);
      up.select(UP_WITHIN_MS);
      boolean connected = one.finishConnect();
      key.cancel();
      return connected;
    }
  }

  /** Where nothing answers. */
  public InetSocketAddress address() throws IOException {
    return (InetSocketAddress) server.getLocalAddress();
  }

  @Override
  public void close() {
    try {
      for (SocketChannel one : queued) {
        one.close();
      }
      server.close();
    } catch (IOException e) {
      // Nothing of it was in use.
    }
  }
}
