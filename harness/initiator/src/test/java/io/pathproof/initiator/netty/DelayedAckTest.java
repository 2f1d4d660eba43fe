package io.pathproof.initiator.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the other end sees of DelayedAck: how long its kernel waits for the acknowledgement of a PDU
 * that the host does not answer. Linux holds one back for 40 ms at least (TCP_DELACK_MIN).
 */
@Tag("PB-11")
class DelayedAckTest {
  private static final int ROUNDS = 9;
  private static final long HELD_BACK_NS = TimeUnit.MILLISECONDS.toNanos(30);
  private static final long AT_ONCE_NS = TimeUnit.MILLISECONDS.toNanos(15);

  @Test
  @Timeout(30)
  void offAcknowledgesEachPduAtOnceAlsoAfterManyExchanges() throws Exception {
    assumeTrue(Epoll.isAvailable(), "TCP_QUICKACK is Linux's");
    assertThat(medianUntilAcknowledgedNs(false)).isLessThan(AT_ONCE_NS);
  }

  @Test
  @Timeout(30)
  void onLetsTheKernelHoldAcknowledgementsBack() throws Exception {
    assumeTrue(Epoll.isAvailable(), "TCP_QUICKACK is Linux's");
    assertThat(medianUntilAcknowledgedNs(true)).isGreaterThan(HELD_BACK_NS);
  }

  @Test
  void whereTheTransportIsNioItIsSaidThatItCannotBeSet() {
    try (EventLoops nio = new EventLoops(1, false)) {
      assertThat(nio.setsDelayedAck()).isFalse();
    }
  }

  private static long medianUntilAcknowledgedNs(boolean delayedAck) throws Exception {
    try (EventLoops loops = new EventLoops(2, true)) {
      Far far = new Far();
      Channel server =
          new ServerBootstrap()
              .group(loops.next())
              .channel(EpollServerSocketChannel.class)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childHandler(far)
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
      Near near = new Near();
      PduChannel channel = new PduChannel(near, delayedAck, AdaptivePolling.never());
      near.channel = channel;
      var connect =
          new Bootstrap()
              .group(loops.next())
              .channel(EpollSocketChannel.class)
              .option(ChannelOption.TCP_NODELAY, true)
              .handler(channel)
              .connect(server.localAddress());
      connect.addListener(done -> channel.connectDone(connect));
      long[] waits = far.measured.get(20, TimeUnit.SECONDS);
      server.close().sync();
      Arrays.sort(waits);
      return waits[waits.length / 2];
    }
  }

  /** Answers each ping but those that say that none is wanted, as a host does. */
  private static final class Near implements PduChannel.Sink {
    private PduChannel channel;

    @Override
    public void onConnected() {}

    @Override
    public void onConnectFailed(ConnectionFailure failure) {}

    @Override
    public void onProgress() {}

    @Override
    public void onPingLeft() {}

    @Override
    public void onTaken(long agoNs) {}

    @Override
    public void onPdu(Pdu pdu) {
      NopIn ping = (NopIn) pdu;
      if (ping.targetTransferTag() != Far.NO_ANSWER) {
        channel.send(Far.ANSWER);
      }
    }

    @Override
    public void onProtocolError(ProtocolException error) {}

    @Override
    public void onClosed(ConnectionFailure failure) {}
  }

  /** Pings the host in turn, then once without wanting an answer, and looks at its TCP. */
  private static final class Far extends ChannelInboundHandlerAdapter {
    static final int NO_ANSWER = Pdu.RESERVED_TAG;
    static final Pdu ANSWER =
        new NopOut(true, 0, Pdu.RESERVED_TAG, 1, 1, 1, ByteBuffer.allocate(0));

    private static final int EXCHANGES = 40;

    final CompletableFuture<long[]> measured = new CompletableFuture<>();
    private final long[] waits = new long[ROUNDS];
    private int exchanges;
    private int round;
    private int received;

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ping(ctx, 1);
    }

    private static void ping(ChannelHandlerContext ctx, int tag) {
      Pdu ping = new NopIn(0, Pdu.RESERVED_TAG, tag, 1, 1, 1, ByteBuffer.allocate(0));
      ctx.writeAndFlush(Unpooled.wrappedBuffer(new PduEncoder(Digests.NONE).encode(ping)));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      received += bytes.readableBytes();
      bytes.release();
      if (received < 48) {
        return;
      }
      received -= 48;
      if (++exchanges % EXCHANGES != 0) {
        ping(ctx, exchanges);
        return;
      }
      ping(ctx, NO_ANSWER);
      look(ctx, System.nanoTime());
    }

    private void look(ChannelHandlerContext ctx, long sinceNs) {
      EpollSocketChannel socket = (EpollSocketChannel) ctx.channel();
      if (socket.tcpInfo().unacked() > 0) {
        ctx.executor().schedule(() -> look(ctx, sinceNs), 200, TimeUnit.MICROSECONDS);
        return;
      }
      waits[round++] = System.nanoTime() - sinceNs;
      if (round == ROUNDS) {
        measured.complete(waits);
      } else {
        ping(ctx, 1);
      }
    }
  }
}
