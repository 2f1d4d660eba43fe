package io.pathproof.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/**
 * Requests of 48 bytes and answers of 4,144: the shape of 4 KiB reads (a SCSI Command PDU, a
 * Data-In PDU) with nothing behind them.
 */
final class EchoLoad implements AutoCloseable {
  private static final int REQUEST = 48;
  private static final int ANSWER = 48 + 4096;

  /** First byte of the PDUs (RFC 7143 section 11.2.1.2). */
  private static final byte SCSI_COMMAND = 0x01;

  private static final byte DATA_IN = 0x25;

  private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());

  EchoLoad() throws IOException {
    Thread thread = new Thread(this::serve, "pathproof-echo");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.setTcpNoDelay(true);
        answer(socket);
      } catch (IOException e) {
        // This connection, or all, are over.
        continue;
      }
    }
  }

  /** Answers all requests that have come in one write. */
  private static void answer(Socket socket) throws IOException {
    byte[] in = new byte[64 * REQUEST];
    byte[] out = new byte[64 * ANSWER];
    for (int at = 0; at < out.length; at += ANSWER) {
      out[at] = DATA_IN;
      // DataSegmentLength, 24 bits: 4096
      out[at + 6] = 0x10;
    }
    int have = 0;
    for (int n = socket.getInputStream().read(in, have, in.length - have);
        n > 0;
        n = socket.getInputStream().read(in, have, in.length - have)) {
      have += n;
      int requests = have / REQUEST;
      if (requests > 0) {
        socket.getOutputStream().write(out, 0, requests * ANSWER);
      }
      have -= requests * REQUEST;
    }
  }

  /**
   * Asks through a port for some time.
   *
   * @param depth requests under way
   * @return answers a second
   */
  static double run(int port, int depth, double seconds) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      byte[] requests = new byte[depth * REQUEST];
      for (int at = 0; at < requests.length; at += REQUEST) {
        requests[at] = SCSI_COMMAND;
      }
      byte[] answers = new byte[depth * ANSWER];
      long start = System.nanoTime();
      long end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
      long done = 0;
      out.write(requests);
      int have = 0;
      while (System.nanoTime() < end) {
        int n = in.read(answers, have, answers.length - have);
        if (n < 0) {
          throw new IOException("closed in the middle of the load");
        }
        have += n;
        int whole = have / ANSWER;
        have -= whole * ANSWER;
        if (whole > 0) {
          done += whole;
          out.write(requests, 0, whole * REQUEST);
        }
      }
      return done / ((System.nanoTime() - start) / 1e9);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
