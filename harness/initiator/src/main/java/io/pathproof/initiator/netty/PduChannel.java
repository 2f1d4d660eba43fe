package io.pathproof.initiator.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduDecoder;
import io.pathproof.protocol.iscsi.PduEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * One connection: bytes to PDUs and back, on its event loop. What is sent in one turn of the loop
 * goes out in one write.
 */
final class PduChannel extends ChannelInboundHandlerAdapter {
  /** MaxRecvDataSegmentLength before it is declared (RFC 7143 section 13.12). */
  private static final int LOGIN_MAX_RECV = 8192;

  private static final int BATCH_BYTES = 64 * 1024;

  /** Where the channel's events go; not called any more after {@link PduChannel#close} or abort. */
  interface Sink {
    void onConnected();

    void onConnectFailed(ConnectionFailure failure);

    void onProgress();

    void onTaken(long agoNs);

    void onPingLeft();

    void onPdu(Pdu pdu);

    /** What was read at once has been told; called also where that has led to the close. */
    default void onReadComplete() {}

    /** See {@link io.pathproof.initiator.session.SessionCore#inFlight}. */
    default int inFlight() {
      return 0;
    }

    /** See {@link io.pathproof.initiator.session.SessionCore#owedBytes}. */
    default long owedBytes() {
      return 0;
    }

    void onProtocolError(ProtocolException error);

    void onClosed(ConnectionFailure failure);
  }

  /**
   * Bytes of answers that wait to be sent, above which a target is left that pings and reads
   * nothing: all else that is sent is bounded by what the session asked for. The last answer does
   * not count, as the target may have asked for a long one.
   */
  private static final int MOST_UNSENT_ANSWERS = 1024 * 1024;

  /** Of what a stranger sends. */
  private static final int MOST_SHOWN = 40;

  /** Between looks whether a ping has arrived; most are answered before the first. */
  private static final long LOOK_MS = 20;

  private final Sink sink;
  private final boolean delayedAck;
  private final AdaptivePolling polling;
  private final PduDecoder decoder = new PduDecoder(LOGIN_MAX_RECV, PduDecoder.Retention.WHOLE);
  private final ReceiveBuffers buffers = new ReceiveBuffers();
  private PduEncoder encoder = new PduEncoder(Digests.NONE);
  private Channel channel;
  private ByteBuf batch;
  private boolean reading;
  private boolean flushScheduled;
  private boolean flushing;

  /** The batch holds a NOP-Out. */
  private boolean pingInBatch;

  /** Answers to pings of the target in the batch, and all that are not sent; bytes. */
  private int answersInBatch;

  private long unsentAnswers;
  private int lastAnswer;

  /** A NOP-Out was sent, and it is not known yet that it has arrived. */
  private boolean pingUnderWay;

  /** That NOP-Out is in the socket. */
  private boolean pingLeft;

  /** The next look at it; null for none. */
  private ScheduledFuture<?> look;

  /** Nothing has come yet. */
  private boolean fresh = true;

  /** Null where the transport has none; a test puts one in its place that looks at no time. */
  LowWaterMark mark;

  /** Bytes read in this turn, and those of the last that are not decoded. */
  private int read;

  private int undecoded;

  private boolean over;

  PduChannel(Sink sink) {
    this(sink, true, AdaptivePolling.never());
  }

  /**
   * @param delayedAck whether TCP may hold acknowledgements back, where the platform lets us say
   * @param polling of the loop that it will be on
   */
  PduChannel(Sink sink, boolean delayedAck, AdaptivePolling polling) {
    this.sink = sink;
    this.polling = polling;
    this.delayedAck = delayedAck;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    channel.config().setRecvByteBufAllocator(buffers);
    if (channel instanceof EpollSocketChannel socket) {
      mark = new LowWaterMark(socket, polling);
    }
  }

  /** The outcome of the connect. */
  void connectDone(ChannelFuture connect) {
    if (over) {
      connect.channel().close();
    } else if (connect.isSuccess()) {
      resetsAtItsEnd(true);
      acknowledgeAtOnce();
      sink.onConnected();
    } else {
      over = true;
      sink.onConnectFailed(connectFailure(connect.cause()));
    }
  }

  /**
   * Whether the end of the connection, by whatever it comes, is a RST, so that the kernel sends
   * nothing any more of what it still holds. Linux's nvme-tcp has it so for every connection.
   */
  private void resetsAtItsEnd(boolean on) {
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, on ? 0 : -1);
    }
  }

  /**
   * TCP_QUICKACK is no lasting mode (tcp(7)): the kernel goes back to delayed acknowledgements as
   * soon as both sides talk in turn, so it is set again after each read.
   */
  private void acknowledgeAtOnce() {
    if (!delayedAck && !over && channel instanceof EpollSocketChannel socket) {
      socket.config().setTcpQuickAck(true);
    }
  }

  private static ConnectionFailure connectFailure(Throwable cause) {
    String text = SocketWords.of(cause);
    if (cause instanceof java.net.NoRouteToHostException) {
      return new ConnectionFailure(Reason.UNREACHABLE, text, false);
    }
    // Netty tells ECONNREFUSED apart from other errors of connect(2) by its text alone.
    boolean refused =
        cause instanceof java.net.ConnectException && text.startsWith("connection refused");
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
    if (pdu instanceof NopOut nop) {
      if (nop.initiatorTaskTag() == Pdu.RESERVED_TAG) {
        answersInBatch += length;
        unsentAnswers += length;
        lastAnswer = length;
      } else {
        pingInBatch = true;
        pingUnderWay = true;
        pingLeft = false;
      }
    }
    if (!reading && !flushScheduled) {
      flushScheduled = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void write() {
    ByteBuf full = batch;
    boolean ping = pingInBatch;
    int answers = answersInBatch;
    batch = null;
    pingInBatch = false;
    answersInBatch = 0;
    channel.write(full).addListener(done -> written(done, ping, answers));
  }

  private void written(Future<? super Void> done, boolean ping, int answers) {
    if (!done.isSuccess()) {
      // Netty closes the channel after a failed write and does not say why elsewhere.
      closed(failure(done.cause()));
      return;
    }
    unsentAnswers -= answers;
    if (over) {
      return;
    }
    if (!flushing) {
      // A backlog: the socket was full, so its other end has taken something.
      sink.onTaken(0);
    }
    if (ping) {
      pingLeft = true;
      sink.onPingLeft();
      watchPing();
    }
  }

  /**
   * Looks now and then whether the ping has arrived. What is sent behind it is acknowledged as
   * well, by a host whose target may be dead, and that must not count.
   */
  private void watchPing() {
    if (look == null && channel instanceof EpollSocketChannel) {
      look = channel.eventLoop().schedule(this::look, LOOK_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    look = null;
    tellTaken();
    if (pingUnderWay && !over) {
      watchPing();
    }
  }

  private void endWatch() {
    if (look != null) {
      look.cancel(false);
      look = null;
    }
  }

  /** The ping was answered, so it has arrived. */
  void pingAnswered() {
    pingUnderWay = false;
    endWatch();
  }

  /**
   * Tells the sink when the other end last took some of what lies before our ping, as far as its
   * acknowledgements show, and nothing where the platform does not tell. Once the ping itself has
   * arrived they show nothing of the target behind them any more.
   */
  void tellTaken() {
    if (over || !pingUnderWay || !(channel instanceof EpollSocketChannel socket)) {
      return;
    }
    EpollTcpInfo info = socket.tcpInfo();
    if (info.unacked() == 0) {
      // All has arrived, or the other end takes no more: its last word counts once.
      pingUnderWay = false;
      if (!pingLeft) {
        return;
      }
    }
    sink.onTaken(TimeUnit.MILLISECONDS.toNanos(info.lastAckRecv()));
  }

  private void flush() {
    flushScheduled = false;
    if (batch != null && !over) {
      write();
      flushing = true;
      try {
        channel.flush();
      } finally {
        flushing = false;
      }
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

  /** Whether what was read is being told, and {@link Sink#onReadComplete} follows. */
  boolean isReading() {
    return reading;
  }

  /** Closes; what was sent goes out first as far as the socket takes it. No more events. */
  void close() {
    if (over) {
      return;
    }
    resetsAtItsEnd(false);
    if (batch != null && channel.isActive()) {
      write();
      channel.flush();
    }
    end();
  }

  /** Resets: what waits here, and in the socket, is not sent any more. No more events. */
  void abort() {
    if (!over) {
      end();
    }
  }

  private void end() {
    over = true;
    buffers.close();
    endWatch();
    if (mark != null) {
      mark.close();
    }
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
      read += in.readableBytes() - undecoded;
      ByteBuffer bytes = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
      if (fresh) {
        fresh = false;
        refuseStranger(bytes);
      }
      while (!over && bytes.remaining() >= Math.max(1, decoder.wanted())) {
        decode(bytes);
      }
      if (!over) {
        undecoded = bytes.remaining();
        buffers.keep(in.readerIndex(in.writerIndex() - bytes.remaining()), decoder.wanted());
      }
    } finally {
      in.release();
    }
  }

  /**
   * A target begins with a Login Response, or with some other PDU of its own by mistake. A service
   * that greets whoever connects is known by its first byte, and may never send as many as a PDU
   * has.
   */
  private void refuseStranger(ByteBuffer bytes) {
    int first = bytes.get(bytes.position()) & 0xff;
    boolean digit = first >= '0' && first <= '9';
    boolean target = Opcode.of(first).filter(opcode -> !opcode.fromInitiator()).isPresent();
    if (digit || !target) {
      byte[] shown = new byte[Math.min(bytes.remaining(), MOST_SHOWN)];
      bytes.get(bytes.position(), shown);
      String text = new String(shown, StandardCharsets.ISO_8859_1).strip();
      String problem = "no target begins with \"" + text.replaceAll("[^ -~]", "?") + "\"";
      sink.onProtocolError(
          new ProtocolException(Kind.UNKNOWN_OPCODE, "first PDU", "Opcode", 0, problem));
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
    if (unsentAnswers - lastAnswer > MOST_UNSENT_ANSWERS) {
      String text = "NOP_IN: the target reads none of %d bytes of answers to its pings";
      closed(new ConnectionFailure(Reason.PROTOCOL_ERROR, text.formatted(unsentAnswers), false));
      return;
    }
    acknowledgeAtOnce();
    sink.onReadComplete();
    if (mark != null) {
      mark.read(read, sink.inFlight(), Math.max(0, sink.owedBytes() - undecoded));
    }
    read = 0;
  }

  /** What has come is read in the next turn of the loop, however little it is. */
  void readAll() {
    if (mark != null) {
      mark.atOnce();
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
        ? new ConnectionFailure(Reason.RESET, SocketWords.of(cause), false)
        : new ConnectionFailure(Reason.RESET, "failed on this side: " + cause, false);
  }

  private void closed(ConnectionFailure failure) {
    if (!over) {
      end();
      sink.onClosed(failure);
    }
  }
}
