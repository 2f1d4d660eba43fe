package io.pathproof.initiator.netty;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.condition.OS.LINUX;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;

/** What a socket does that is told to wait for more than a byte. */
@Timeout(60)
@EnabledOnOs(LINUX)
class LowWaterMarkTest {
  private static final int ANSWER = 4096;
  private static final int IN_FLIGHT = 32;
  private static final long NEVER_NS = TimeUnit.HOURS.toNanos(1);

  private EventLoops loops;
  private ServerSocket server;
  private Near near;
  private Socket target;

  /** Reads, and says that as much is owed as ever. */
  private static final class Near extends ChannelInboundHandlerAdapter {
    final AtomicLong bytes = new AtomicLong();
    final long lookNs;
    final AdaptivePolling polling = AdaptivePolling.never();
    EpollSocketChannel socket;
    LowWaterMark mark;
    private int read;

    Near(long lookNs) {
      this.lookNs = lookNs;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      socket = (EpollSocketChannel) ctx.channel();
      mark = new LowWaterMark(socket, polling, raised(), lookNs);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      read += in.readableBytes();
      in.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      mark.read(read, IN_FLIGHT, (long) IN_FLIGHT * ANSWER);
      bytes.addAndGet(read);
      read = 0;
    }

    int told() {
      return socket.config().getOption(LowWaterMark.SO_RCVLOWAT);
    }
  }

  @BeforeEach
  void loops() throws Exception {
    loops = new EventLoops(1);
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void end() throws Exception {
    if (target != null) {
      target.close();
    }
    if (server != null) {
      server.close();
      loops.close();
    }
  }

  private void connect(long lookNs) throws Exception {
    near = new Near(lookNs);
    new Bootstrap()
        .group(loops.next())
        .channelFactory(loops.channelsTo((InetSocketAddress) server.getLocalSocketAddress()))
        .handler(near)
        .connect(server.getLocalSocketAddress())
        .sync();
    target = server.accept();
  }

  /** As after many reads at a good pace. */
  private static ReceiveModeration raised() {
    ReceiveModeration moderation = new ReceiveModeration();
    for (int i = 0; i < 100; i++) {
      moderation.read(ANSWER, IN_FLIGHT, (long) IN_FLIGHT * ANSWER, i * 10_000L);
    }
    return moderation;
  }

  /** One answer is read, and from then on several are waited for. */
  private void raise() throws Exception {
    target.getOutputStream().write(new byte[ANSWER]);
    awaitBytes(ANSWER);
  }

  private void awaitBytes(long bytes) {
    await().atMost(30, SECONDS).until(() -> near.bytes.get() == bytes);
  }

  @Test
  @DisplayName("What stays below the mark is read all the same, when nothing more comes")
  void whatStaysBelowTheMarkIsReadByTheLook() throws Exception {
    connect(ReceiveModeration.LOOK_NS);
    raise();
    target.getOutputStream().write(1);
    awaitBytes(ANSWER + 1);
  }

  @Test
  @DisplayName("Whoever wants to see all that has come says so, and a byte is enough")
  void allIsReadWhenAskedFor() throws Exception {
    connect(NEVER_NS);
    raise();
    assertThat(near.told()).isEqualTo(raised().mark());
    target.getOutputStream().write(1);
    near.socket.eventLoop().execute(near.mark::atOnce);
    awaitBytes(ANSWER + 1);
    assertThat(near.told()).isEqualTo(ReceiveModeration.AT_ONCE);
  }

  @Test
  @DisplayName("A connection that has ended is told nothing more")
  void nothingIsToldAfterTheEnd() throws Exception {
    connect(NEVER_NS);
    raise();
    assertThat(near.told()).isEqualTo(raised().mark());
    near.socket
        .eventLoop()
        .submit(
            () -> {
              near.mark.close();
              near.mark.atOnce();
            })
        .sync();
    assertThat(near.told()).isEqualTo(raised().mark());
  }

  @Test
  @DisplayName("Its loop is told once that it waits no more, and counts the other sockets that do")
  void theLoopIsToldOnce() throws Exception {
    connect(NEVER_NS);
    near.polling.moderated(true);
    raise();
    near.socket
        .eventLoop()
        .submit(
            () -> {
              near.mark.close();
              near.mark.close();
            })
        .sync();
    assertThat(near.polling.isModerated()).as("by the other").isTrue();
    near.polling.moderated(false);
    assertThat(near.polling.isModerated()).isFalse();
  }
}
