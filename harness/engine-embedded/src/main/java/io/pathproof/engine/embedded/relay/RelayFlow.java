package io.pathproof.engine.embedded.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.protocol.iscsi.Digests;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One direction of one connection: what comes from one socket goes, or does not go, to another. */
final class RelayFlow extends ChannelInboundHandlerAdapter {
  /** Bytes that wait at most, before reading from the sender stops. */
  private static final int QUEUE_BYTES = 4 * 1024 * 1024;

  /** On a wire with a limit: small, so that what shares it gets its turn. */
  private static final int PACED_READ_BYTES = 32 * 1024;

  private static final long MS = 1_000_000L;

  /** A piece on its way; the end of the stream is one of its own. */
  private record Piece(ByteBuf bytes, long dueNs, boolean end) {
    Piece due(long nextNs) {
      return new Piece(bytes, nextNs, end);
    }
  }

  private final RelayConnection connection;
  private final Channel from;
  private final boolean toHost;
  private final LoginWatcher login;
  private final StreamScanner scanner;
  private final Deque<Piece> queue = new ArrayDeque<>();
  private Channel to;
  private final LinkWay way;
  private CutFinder cut;
  private int queued;
  private ScheduledFuture<?> timer;
  private boolean swallowed;
  private boolean ended;
  private boolean told;

  /** Cut or reset: what comes now does not count. */
  private boolean severed;

  private boolean resetHeld;
  private boolean written;
  private int pieceStart;

  RelayFlow(RelayConnection connection, Channel from, LinkWay way, boolean toHost) {
    this.connection = connection;
    this.from = from;
    this.way = way;
    this.toHost = toHost;
    this.login = toHost ? new LoginWatcher() : null;
    this.scanner = new StreamScanner(new Watcher());
  }

  /** Where it flows to, once that is there; until then nothing is read. */
  void into(Channel channel) {
    to = channel;
    pace();
  }

  Channel from() {
    return from;
  }

  LinkWay way() {
    return way;
  }

  /** Whether bytes were lost, so that the stream cannot go on. */
  boolean swallowed() {
    return swallowed;
  }

  void digests(Digests digests) {
    scanner.digests(digests);
  }

  /** The link's way has changed its conduct; what waits begins its way anew. */
  void conductChanged() {
    cut = null;
    pace();
    List<Piece> waiting = List.copyOf(queue);
    queue.clear();
    for (Piece piece : waiting) {
      queue.add(piece.due(due(way.conduct(), piece.bytes().readableBytes())));
    }
    go();
    tellReset();
  }

  private void pace() {
    if (way.wire().limited()) {
      from.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(PACED_READ_BYTES));
    }
  }

  /** Takes up what waits, and reads on. */
  void go() {
    drain();
    reading();
  }

  private final class Watcher implements StreamScanner.Watcher {
    @Override
    public void begins(int opcode, int at) {
      finder();
      if (cut != null) {
        cut.begins(opcode, at - pieceStart);
      }
    }

    @Override
    public void measured(int header, int data, int total, int at) {
      if (cut != null) {
        cut.measured(header, data, total, at - pieceStart);
      }
    }

    @Override
    public void ended(int next) {
      if (cut != null) {
        cut.ended(next - pieceStart);
      }
    }
  }

  private void finder() {
    CutFinder now = way.cut();
    cut = now != null && now.follows(this) ? now : null;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (ended || severed) {
      bytes.release();
      return;
    }
    ByteBuffer view = bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes());
    pieceStart = view.position();
    finder();
    if (login != null && !login.over()) {
      watchLogin(view);
    } else {
      scanner.scan(view);
    }
    finder();
    int cutAt = cut == null ? -1 : cut.within(bytes.readableBytes());
    if (cutAt >= 0) {
      way.cutDone();
      severed = true;
      if (cutAt > 0) {
        pass(bytes.readRetainedSlice(cutAt));
      }
      bytes.release();
      connection.resetAfterFlush(this);
      return;
    }
    pass(bytes);
  }

  /** Piece by piece, so that digests hold exactly from the PDU after the login on. */
  private void watchLogin(ByteBuffer view) {
    ByteBuffer rest = view.duplicate();
    while (rest.hasRemaining()) {
      if (login.over()) {
        scanner.scan(rest);
        return;
      }
      ByteBuffer one = rest.slice(rest.position(), 1);
      login.add(one);
      int start = pieceStart;
      pieceStart = view.position() - rest.position();
      scanner.scan(one);
      pieceStart = start;
      rest.position(rest.position() + 1);
      if (scanner.betweenPdus() && login.ended()) {
        connection.digests(login.digests());
      }
    }
  }

  private void pass(ByteBuf bytes) {
    Impairment how = way.conduct();
    if (how instanceof Impairment.SilentDrop) {
      swallowed |= bytes.isReadable();
      bytes.release();
      return;
    }
    long dueNs = due(how, bytes.readableBytes());
    if (to != null && dueNs == 0 && queue.isEmpty()) {
      write(bytes);
      return;
    }
    queue.add(new Piece(bytes, dueNs, false));
    queued += bytes.readableBytes();
    go();
  }

  /** When a piece may go on; 0 for at once. The queue keeps the order, whatever the jitter says. */
  private long due(Impairment how, int length) {
    long nowNs = System.nanoTime();
    long dueNs = due(how, nowNs, length);
    if (!way.wire().limited()) {
      return dueNs;
    }
    long throughNs = way.wire().through(toHost, nowNs, length);
    return dueNs == 0 ? throughNs : Math.max(dueNs, throughNs);
  }

  private long due(Impairment how, long nowNs, int length) {
    if (how instanceof Impairment.Latency latency) {
      long jitter =
          latency.jitterMs() == 0
              ? 0
              : way.random().nextLong(-latency.jitterMs() * MS, latency.jitterMs() * MS + 1);
      return nowNs + latency.delayMs() * MS + jitter;
    }
    if (how instanceof Impairment.Bandwidth bandwidth) {
      return way.through(nowNs, length, bandwidth);
    }
    return how instanceof Impairment.Stall ? nowNs : 0;
  }

  private void drain() {
    Impairment how = way.conduct();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    if (how instanceof Impairment.Stall || to == null) {
      return;
    }
    boolean timed =
        how instanceof Impairment.Latency
            || how instanceof Impairment.Bandwidth
            || way.wire().limited();
    long nowNs = System.nanoTime();
    while (!queue.isEmpty()) {
      Piece next = queue.peek();
      if (timed && next.dueNs() - nowNs > 0) {
        timer =
            from.eventLoop()
                .schedule(this::drainAndRead, next.dueNs() - nowNs, TimeUnit.NANOSECONDS);
        break;
      }
      queue.poll();
      queued -= next.bytes().readableBytes();
      if (next.end()) {
        finish();
      } else {
        write(next.bytes());
      }
    }
    flush();
  }

  private void drainAndRead() {
    timer = null;
    go();
    tellReset();
  }

  private void tellReset() {
    if (resetHeld && queue.isEmpty() && tellsResets()) {
      resetHeld = false;
      connection.resetAfterFlush(this);
    }
  }

  private void write(ByteBuf bytes) {
    written = true;
    to.write(bytes, to.voidPromise());
  }

  private void flush() {
    if (written) {
      written = false;
      to.flush();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (to != null) {
      flush();
      reading();
    }
  }

  /** Reads on only while what was read can go on. */
  void reading() {
    if (ended || severed) {
      // A channel closes when it is asked to read on past its end.
      return;
    }
    int most = way.wire().limited() ? PACED_READ_BYTES : QUEUE_BYTES;
    boolean take = to != null && to.isWritable() && queued < most;
    if (from.config().isAutoRead() != take) {
      from.config().setAutoRead(take);
    }
  }

  /** The receiver takes more, or does not. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    connection.other(this).reading();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      endOfStream();
    }
  }

  private void endOfStream() {
    if (ended || severed) {
      return;
    }
    ended = true;
    if (to == null && connection.unanswered()) {
      // No SYN of a host that has gone is sent again.
      connection.close();
      return;
    }
    if (way.conduct() instanceof Impairment.SilentDrop) {
      swallowed = true;
      return;
    }
    queue.add(new Piece(Unpooled.EMPTY_BUFFER, due(way.conduct(), 0), true));
    drain();
  }

  private void finish() {
    to.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                done -> {
                  ((SocketChannel) to).shutdownOutput();
                  told = true;
                  connection.finished();
                });
  }

  /** Whether the sender has ended its stream; what came before may still be on its way. */
  boolean ended() {
    return ended;
  }

  /** Whether all has arrived, and the end been passed on. */
  boolean told() {
    return told;
  }

  /**
   * The sender has reset. On a way that takes time that arrives behind what came before, and what a
   * way keeps back it keeps back too; what only the receiver did not take yet is forgotten.
   */
  void reset() {
    if (resetHeld) {
      return;
    }
    long dueNs = tellsResets() ? due(way.conduct(), 0) : 0;
    if (tellsResets() && dueNs == 0 && queue.isEmpty()) {
      connection.reset();
      return;
    }
    severed = true;
    resetHeld = true;
    from.close();
    if (tellsResets()) {
      queue.add(new Piece(Unpooled.EMPTY_BUFFER, dueNs, false));
      drain();
      tellReset();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    connection.broken(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connection.closed(this);
  }

  /** What waits is given up. */
  void release() {
    severed = true;
    if (way.cut() != null) {
      way.cut().gone(this);
    }
    if (timer != null) {
      timer.cancel(false);
    }
    queue.forEach(piece -> piece.bytes().release());
    queue.clear();
    queued = 0;
  }

  boolean toHost() {
    return toHost;
  }

  /** Whether a reset of the sender may be told to the receiver now. */
  boolean tellsResets() {
    Impairment how = way.conduct();
    return !(how instanceof Impairment.SilentDrop || how instanceof Impairment.Stall);
  }
}
