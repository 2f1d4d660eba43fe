package io.pathproof.engine.embedded.relay;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A relay link on loopback, with plain sockets at both ends. */
final class RelayRig implements AutoCloseable {
  private static final int LIMIT_MS = 8_000;

  /** A host's socket and the array's, joined by the link. */
  record Pair(Socket host, Socket array) {}

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("relay-test", true), Transport.ioHandlers());
  final EventLoop loop = loops.next();
  final ServerSocket server;
  final RelayLink link;
  private final List<Socket> sockets = new ArrayList<>();
  private volatile Upstream upstream;

  /** How often the link has asked for its far end. */
  final AtomicInteger asked = new AtomicInteger();

  RelayRig() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(LIMIT_MS);
    upstream = answers();
    link =
        new RelayLink(
            loop,
            () -> {
              asked.incrementAndGet();
              return upstream;
            },
            17);
    await(link::open);
  }

  Upstream answers() {
    return new Upstream.Answers((InetSocketAddress) server.getLocalSocketAddress());
  }

  void upstream(Upstream next) {
    upstream = next;
  }

  void impair(Direction direction, Impairment impairment) {
    await(() -> link.impair(direction, impairment));
  }

  void impair(Impairment impairment) {
    impair(Direction.BOTH, impairment);
  }

  void heal() {
    await(link::heal);
  }

  private void await(Supplier<CompletionStage<Void>> task) {
    CompletableFuture.supplyAsync(task, loop)
        .thenCompose(stage -> stage)
        .orTimeout(LIMIT_MS, TimeUnit.MILLISECONDS)
        .join();
  }

  Socket host() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(LIMIT_MS);
    socket.connect(link.entrance(), LIMIT_MS);
    return socket;
  }

  Socket array() throws IOException {
    Socket socket = server.accept();
    sockets.add(socket);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(LIMIT_MS);
    return socket;
  }

  Pair pair() throws IOException {
    Socket host = host();
    return new Pair(host, array());
  }

  /**
   * How a stream ends, and what came before.
   *
   * @param length how many bytes came
   * @param hash of them
   */
  record End(int length, int hash, boolean reset) {
    static End of(byte[] bytes, boolean reset) {
      return new End(bytes.length, Arrays.hashCode(bytes), reset);
    }
  }

  /** What becomes of a new connection of the host, which may be reset before it is up. */
  End newConnection() throws IOException {
    try {
      return drain(host());
    } catch (ConnectException e) {
      throw e;
    } catch (SocketException e) {
      return End.of(new byte[0], true);
    }
  }

  /** Reads until the end of the stream. */
  static End drain(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] some = new byte[65_536];
    boolean reset = false;
    try {
      for (int read = in.read(some); read >= 0; read = in.read(some)) {
        all.write(some, 0, read);
      }
    } catch (SocketException e) {
      reset = true;
    }
    return End.of(all.toByteArray(), reset);
  }

  /** Whether nothing at all comes for a while: no byte, no end. */
  static boolean quiet(Socket socket, int forMs) throws IOException {
    socket.setSoTimeout(forMs);
    try {
      socket.getInputStream().read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException e) {
      return false;
    } finally {
      socket.setSoTimeout(LIMIT_MS);
    }
  }

  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
    loop.submit(link::close).awaitUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
