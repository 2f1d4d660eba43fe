package io.pathproof.benchmarks;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.pathproof.engine.embedded.relay.RelayLink;
import io.pathproof.engine.embedded.relay.Transport;
import io.pathproof.engine.embedded.relay.Upstream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A relay link as a process of its own, as Toxiproxy is one: {@code PORT}, the far end's on
 * 127.0.0.1. Its first line of output is the port at which it listens; it ends with its input.
 */
public final class RelayProgram {
  private static final int START_S = 5;

  private RelayProgram() {}

  /** Runs until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Upstream upstream =
        new Upstream.Answers(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
    MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, Transport.ioHandlers());
    EventLoop loop = group.next();
    RelayLink link = new RelayLink(loop, () -> upstream, 1);
    loop.submit(link::open).get().toCompletableFuture().get(START_S, TimeUnit.SECONDS);
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println(link.entrance().getPort());
    awaitEnd();
    System.exit(0);
  }

  private static void awaitEnd() throws IOException {
    byte[] any = new byte[1];
    while (System.in.read(any) >= 0) {
      // Nothing that it says matters.
      continue;
    }
  }
}
