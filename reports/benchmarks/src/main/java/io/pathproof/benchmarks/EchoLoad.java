package io.pathproof.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Requests of 48 bytes and answers of 4,144: the shape of 4 KiB reads (a SCSI Command PDU, a
 * Data-In PDU) with nothing behind them. Both ends work on buffers outside of the heap, without
 * copies, so that little is measured but what stands between them.
 */
final class EchoLoad implements AutoCloseable {
  private static final int REQUEST = 48;
  private static final int ANSWER = 48 + 4096;
  private static final int MOST_REQUESTS = 64;

  /** First byte of the PDUs (RFC 7143 section 11.2.1.2). */
  private static final byte SCSI_COMMAND = 0x01;

  private static final byte DATA_IN = 0x25;

  private final ServerSocketChannel server = ServerSocketChannel.open();

  EchoLoad() throws IOException {
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread thread = new Thread(this::serve, "pathproof-echo");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.socket().getLocalPort();
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        answer(channel);
      } catch (IOException e) {
        // This connection, or all, are over.
        continue;
      }
    }
  }

  /** Answers all requests that have come in one write. */
  private static void answer(SocketChannel channel) throws IOException {
    ByteBuffer in = ByteBuffer.allocateDirect(MOST_REQUESTS * REQUEST);
    ByteBuffer out = ByteBuffer.allocateDirect(MOST_REQUESTS * ANSWER);
    for (int at = 0; at < out.capacity(); at += ANSWER) {
      out.put(at, DATA_IN);
      // DataSegmentLength, 24 bits: 4096
      out.put(at + 6, (byte) 0x10);
    }
    int have = 0;
    while (true) {
      int n = channel.read(in.limit(in.capacity()).position(have));
      if (n < 0) {
        return;
      }
      have += n;
      int requests = have / REQUEST;
      write(channel, out.limit(requests * ANSWER).position(0));
      have -= requests * REQUEST;
    }
  }

  private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Asks through a port for some time.
   *
   * @param depth requests under way
   * @return answers a second
   */
  static double run(int port, int depth, double seconds) throws IOException {
    InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (SocketChannel channel = SocketChannel.open(to)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ByteBuffer requests = ByteBuffer.allocateDirect(depth * REQUEST);
      for (int at = 0; at < requests.capacity(); at += REQUEST) {
        requests.put(at, SCSI_COMMAND);
      }
      ByteBuffer answers = ByteBuffer.allocateDirect(depth * ANSWER);
      long start = System.nanoTime();
      long end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
      long done = 0;
      write(channel, requests);
      int have = 0;
      while (System.nanoTime() < end) {
        int n = channel.read(answers.position(have));
        if (n < 0) {
          throw new IOException("closed in the middle of the load");
        }
        have += n;
        int whole = have / ANSWER;
        have -= whole * ANSWER;
        done += whole;
        write(channel, requests.limit(whole * REQUEST).position(0));
      }
      return done / ((System.nanoTime() - start) / 1e9);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
