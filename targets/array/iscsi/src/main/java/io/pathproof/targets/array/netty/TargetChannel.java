package io.pathproof.targets.array.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.targets.array.iscsi.ConnectionEffects;
import io.pathproof.targets.array.iscsi.TargetConnection;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * One connection: bytes to PDUs and back. All PDUs that one read brings forth go out in one write.
 * An initiator that does not read is not read from either, so that what waits for it stays bounded
 * by the channel's high-water mark and one turn's answers.
 */
final class TargetChannel extends ChannelInboundHandlerAdapter implements ConnectionEffects {
  /** MaxRecvDataSegmentLength before it is declared (RFC 7143 section 13.12). */
  private static final int LOGIN_MAX_RECV = 8192;

  private static final int BATCH_BYTES = 256 * 1024;
  private static final int FIRST_BYTES = 4096;

  private final PortalServer server;
  private final Channel channel;
  private final PduDecoder decoder = new PduDecoder(LOGIN_MAX_RECV, PduDecoder.Retention.SLICE);
  private PduEncoder encoder = new PduEncoder(Digests.NONE);
  private TargetConnection connection;
  private ByteBuf batch;
  private int likelyBytes = FIRST_BYTES;

  /** What has come and waits until there is room for its answers; null if nothing does. */
  private CompositeByteBuf input;

  private boolean reading;
  private boolean begun;
  private boolean closing;
  private boolean frozen;
  private boolean closeAtThaw;
  private boolean flushDue;

  TargetChannel(PortalServer server, Channel channel) {
    this.server = server;
    this.channel = channel;
  }

  void attach(TargetConnection core) {
    connection = core;
  }

  /** Nothing is read or written until {@link #thaw}. */
  void freeze() {
    frozen = true;
    channel.config().setAutoRead(false);
  }

  void thaw() {
    frozen = false;
    if (closeAtThaw) {
      channel.close();
      return;
    }
    flush();
    goOn();
    backpressure();
  }

  /** Cuts the connection with RST. */
  void reset() {
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    drop();
  }

  /** Closes at once. */
  void drop() {
    closing = true;
    release();
    channel.close();
    gone();
  }

  @Override
  public void send(Pdu pdu) {
    if (closing) {
      return;
    }
    int length = encoder.length(pdu);
    if (batch != null && batch.writerIndex() + length > BATCH_BYTES) {
      channel.write(batch);
      batch = null;
    }
    if (batch == null) {
      batch = channel.alloc().directBuffer(Math.max(length, likelyBytes));
    }
    batch.ensureWritable(length);
    encoder.encode(pdu, batch.internalNioBuffer(batch.writerIndex(), length));
    batch.writerIndex(batch.writerIndex() + length);
    if (!reading && !flushDue) {
      flushDue = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void flush() {
    flushDue = false;
    if (frozen || batch == null) {
      return;
    }
    ByteBuf full = batch;
    batch = null;
    // A buffer that grows is copied each time: the next is as large, or half as large, from the
    // start.
    likelyBytes = Math.max(FIRST_BYTES, Math.max(full.writerIndex(), likelyBytes / 2));
    channel.writeAndFlush(full, channel.voidPromise());
  }

  @Override
  public void digests(Digests digests) {
    decoder.digests(digests);
    // What was encoded before went out without, which is right: the login's last response.
    encoder = new PduEncoder(digests);
  }

  @Override
  public void maxDataSegmentLength(int bytes) {
    decoder.maxDataSegmentLength(bytes);
  }

  @Override
  public String peer() {
    return channel.remoteAddress() instanceof InetSocketAddress from
        ? from.getAddress().getHostAddress() + ":" + from.getPort()
        : "nowhere";
  }

  @Override
  public boolean reading() {
    return !frozen;
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    if (frozen) {
      // Silence is silence: no FIN gets out either.
      closeAtThaw = true;
      release();
    } else if (batch != null) {
      ByteBuf full = batch;
      batch = null;
      channel.writeAndFlush(full).addListener(ChannelFutureListener.CLOSE);
    } else {
      release();
      channel.close();
    }
  }

  private void release() {
    if (input != null) {
      input.release();
      input = null;
    }
    if (batch != null) {
      batch.release();
      batch = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (input != null) {
      // What came before has not been taken yet: behind it, in order.
      input.addComponent(true, in);
      return;
    }
    reading = true;
    try {
      take(in);
    } finally {
      if (in.isReadable() && !closing) {
        input = channel.alloc().compositeBuffer(Integer.MAX_VALUE).addComponent(true, in);
      } else {
        in.release();
      }
    }
  }

  /** Takes PDUs for as long as their answers find room; leaves the rest in the buffer. */
  private void take(ByteBuf in) {
    ByteBuffer bytes = in.nioBuffer();
    int start = bytes.position();
    long nowNs = System.nanoTime();
    try {
      if (!begun && bytes.hasRemaining()) {
        begun = true;
        connection.onFirstByte(bytes.get(start), nowNs);
      }
      while (!closing && bytes.hasRemaining() && room()) {
        Pdu pdu = decoder.decode(bytes);
        if (pdu == null) {
          break;
        }
        connection.onPdu(pdu, nowNs);
      }
    } catch (ProtocolException e) {
      connection.onBreach(e, nowNs);
    }
    in.skipBytes(bytes.position() - start);
  }

  /** Whether the initiator takes its answers, so that more may be made. */
  private boolean room() {
    if (batch != null && batch.writerIndex() >= BATCH_BYTES && !frozen) {
      ByteBuf full = batch;
      batch = null;
      channel.writeAndFlush(full, channel.voidPromise());
    }
    return channel.isWritable();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    flush();
    backpressure();
    server.turnEnded();
  }

  private void backpressure() {
    boolean take = !frozen && input == null && channel.isWritable();
    if (channel.config().isAutoRead() != take) {
      channel.config().setAutoRead(take);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (input != null && channel.isWritable() && !frozen && !closing && !reading) {
      // Not from within the flush that made room.
      channel.eventLoop().execute(this::goOn);
    } else {
      backpressure();
    }
  }

  private void goOn() {
    if (input == null || closing || frozen) {
      return;
    }
    CompositeByteBuf rest = input;
    input = null;
    reading = true;
    take(rest);
    reading = false;
    if (rest.isReadable() && !closing) {
      input = rest.discardReadComponents();
    } else {
      rest.release();
    }
    flush();
    if (input != null && channel.isWritable()) {
      channel.eventLoop().execute(this::goOn);
    }
    backpressure();
    server.turnEnded();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    release();
    gone();
  }

  private void gone() {
    server.gone(this);
    connection.onClosed(System.nanoTime());
    server.turnEnded();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the other end, or a fault of our own: either way this connection is over.
    if (!(cause instanceof java.io.IOException)) {
      server.failed(cause);
    }
    ctx.close();
  }
}
