package io.pathproof.initiator.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection: bytes to PDUs and back, on its event loop. What is sent in one turn of the loop
 * goes out in one write.
 */
final class PduChannel extends ChannelInboundHandlerAdapter {
  /** MaxRecvDataSegmentLength before it is declared (RFC 7143 section 13.12). */
  private static final int LOGIN_MAX_RECV = 8192;

  private static final int BATCH_BYTES = 64 * 1024;

  /** Where the channel's events go; not called any more after {@link PduChannel#close}. */
  interface Sink {
    void onConnected();

    void onConnectFailed(ConnectionFailure failure);

    void onProgress();

    void onPdu(Pdu pdu);

    void onProtocolError(ProtocolException error);

    void onClosed(ConnectionFailure failure);
  }

  private final Sink sink;
  private final PduDecoder decoder = new PduDecoder(LOGIN_MAX_RECV, PduDecoder.Retention.SLICE);
  private PduEncoder encoder = new PduEncoder(Digests.NONE);
  private Channel channel;
  private ByteBuf batch;
  private boolean reading;
  private boolean flushScheduled;
  private boolean over;

  PduChannel(Sink sink) {
    this.sink = sink;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  /** The outcome of the connect. */
  void connectDone(ChannelFuture connect) {
    if (over) {
      connect.channel().close();
    } else if (connect.isSuccess()) {
      sink.onConnected();
    } else {
      over = true;
      sink.onConnectFailed(connectFailure(connect.cause()));
    }
  }

  private static ConnectionFailure connectFailure(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    // Netty tells ECONNREFUSED apart from other errors of connect(2) by its text alone.
    boolean refused =
        cause instanceof java.net.ConnectException && text.contains("Connection refused");
    return new ConnectionFailure(refused ? Reason.REFUSED : Reason.CONNECT_FAILED, text, false);
  }

  void send(Pdu pdu) {
    if (over) {
      return;
    }
    int length = encoder.length(pdu);
    if (batch != null && batch.maxWritableBytes() < length) {
      write();
    }
    if (batch == null) {
      int capacity = Math.max(length, BATCH_BYTES);
      batch = channel.alloc().directBuffer(Math.max(length, 512), capacity);
    }
    batch.ensureWritable(length);
    encoder.encode(pdu, batch.internalNioBuffer(batch.writerIndex(), length));
    batch.writerIndex(batch.writerIndex() + length);
    if (!reading && !flushScheduled) {
      flushScheduled = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void write() {
    ByteBuf full = batch;
    batch = null;
    channel
        .write(full)
        .addListener(
            done -> {
              // Netty closes the channel after a failed write and does not say why elsewhere.
              if (!done.isSuccess()) {
                closed(failure(done.cause()));
              }
            });
  }

  private void flush() {
    flushScheduled = false;
    if (batch != null && !over) {
      write();
      channel.flush();
    }
  }

  void digests(Digests digests) {
    decoder.digests(digests);
    // Encoded with the old digests so far, which is right: the batch holds PDUs in their order.
    encoder = new PduEncoder(digests);
  }

  void maxRecvDataSegmentLength(int bytes) {
    decoder.maxDataSegmentLength(bytes);
  }

  /** Closes; what was sent goes out first as far as the socket takes it. No more events. */
  void close() {
    if (over) {
      return;
    }
    if (batch != null && channel.isActive()) {
      write();
      channel.flush();
    }
    end();
  }

  private void end() {
    over = true;
    if (batch != null) {
      batch.release();
      batch = null;
    }
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    reading = true;
    try {
      if (over) {
        return;
      }
      sink.onProgress();
      ByteBuffer bytes = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
      while (!over && bytes.hasRemaining()) {
        decode(bytes);
      }
    } finally {
      in.release();
    }
  }

  private void decode(ByteBuffer bytes) {
    Pdu pdu;
    try {
      pdu = decoder.decode(bytes);
    } catch (ProtocolException e) {
      sink.onProtocolError(e);
      return;
    }
    if (pdu != null) {
      sink.onPdu(pdu);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    // A backlog has gone out: the other end takes data, even if it has nothing to say yet.
    if (!over && ctx.channel().isWritable()) {
      sink.onProgress();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    String text = decoder.inPdu() ? "closed by the target inside a PDU" : "closed by the target";
    closed(new ConnectionFailure(Reason.CLOSED_BY_TARGET, text, false));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    closed(failure(cause));
  }

  private static ConnectionFailure failure(Throwable cause) {
    return cause instanceof IOException
        ? new ConnectionFailure(Reason.RESET, String.valueOf(cause.getMessage()), false)
        : new ConnectionFailure(Reason.RESET, "failed on this side: " + cause, false);
  }

  private void closed(ConnectionFailure failure) {
    if (!over) {
      end();
      sink.onClosed(failure);
    }
  }
}
