package io.pathproof.interoperability;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The way to a target over loopback, which can change one byte of the next long piece of what goes
 * there or comes back: of a PDU with data, where no other is under way.
 */
final class Way implements AutoCloseable {
  private static final int NOWHERE = -1;

  /** Bytes; PDUs without data are shorter. */
  private static final int LONG = 2048;

  private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  private final InetSocketAddress farEnd;
  private final List<Socket> sockets = new ArrayList<>();
  private volatile int spoilBackAt = NOWHERE;
  private volatile int spoilThereAt = NOWHERE;

  Way(InetSocketAddress farEnd) throws IOException {
    this.farEnd = farEnd;
    thread(this::accept);
  }

  InetSocketAddress nearEnd() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Changes byte {@code at} of what comes back next. */
  void spoilBack(int at) {
    spoilBackAt = at;
  }

  /** Changes byte {@code at} of what goes there next. */
  void spoilThere(int at) {
    spoilThereAt = at;
  }

  private int takeSpoil(boolean back) {
    int at = back ? spoilBackAt : spoilThereAt;
    if (back) {
      spoilBackAt = NOWHERE;
    } else {
      spoilThereAt = NOWHERE;
    }
    return at;
  }

  private static void thread(Runnable what) {
    Thread thread = new Thread(what);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket near = server.accept();
        Socket far = new Socket(farEnd.getAddress(), farEnd.getPort());
        synchronized (sockets) {
          sockets.add(near);
          sockets.add(far);
        }
        thread(() -> copy(near, far, false));
        thread(() -> copy(far, near, true));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void copy(Socket from, Socket to, boolean back) {
    byte[] piece = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        int at = n > LONG ? takeSpoil(back) : NOWHERE;
        if (at != NOWHERE) {
          piece[at] ^= 1;
        }
        out.write(piece, 0, n);
      }
    } catch (IOException e) {
      // one of the two has closed, and both are closed now
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      synchronized (sockets) {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
