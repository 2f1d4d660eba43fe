package io.pathproof.initiator.netty;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells a socket what has to have come before its loop is woken (SO_RCVLOWAT), as {@link
 * ReceiveModeration} has it. Belongs to the event loop. Where a mark is lowered Linux wakes the
 * reader for which there is enough now (tcp_set_rcvlowat, since 4.18).
 */
final class LowWaterMark {
  /** SOL_SOCKET and SO_RCVLOWAT of Linux. */
  static final IntegerUnixChannelOption SO_RCVLOWAT =
      new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);

  final EpollSocketChannel socket;
  private final AdaptivePolling polling;
  private final long lookNs;
  private final ReceiveModeration moderation;

  /** What the socket was told last. */
  private int told = ReceiveModeration.AT_ONCE;

  /** The next look; null for none. */
  private ScheduledFuture<?> look;

  private boolean closed;

  /**
   * @param polling of the socket's loop, which is told whether this socket waits
   */
  LowWaterMark(EpollSocketChannel socket, AdaptivePolling polling) {
    this(socket, polling, new ReceiveModeration(), ReceiveModeration.LOOK_NS);
  }

  /** With looks at a distance of their own. */
  LowWaterMark(
      EpollSocketChannel socket,
      AdaptivePolling polling,
      ReceiveModeration moderation,
      long lookNs) {
    this.socket = socket;
    this.polling = polling;
    this.moderation = moderation;
    this.lookNs = lookNs;
  }

  /** See {@link ReceiveModeration#read}. */
  void read(int read, int inFlight, long owed) {
    moderation.read(read, inFlight, owed, NettySession.nowNs());
    tell();
  }

  /** What has come is read in the next turn of the loop, however little it is. */
  void atOnce() {
    moderation.atOnce();
    tell();
  }

  /** No more is told. */
  void close() {
    if (!closed && told > ReceiveModeration.AT_ONCE) {
      polling.moderated(false);
    }
    closed = true;
    if (look != null) {
      look.cancel(false);
    }
  }

  private void tell() {
    if (told == moderation.mark() || closed) {
      return;
    }
    if ((told > ReceiveModeration.AT_ONCE) != (moderation.mark() > ReceiveModeration.AT_ONCE)) {
      polling.moderated(moderation.mark() > ReceiveModeration.AT_ONCE);
    }
    told = moderation.mark();
    socket.config().setOption(SO_RCVLOWAT, told);
    if (look == null && told > ReceiveModeration.AT_ONCE) {
      schedule();
    }
  }

  private void schedule() {
    look = socket.eventLoop().schedule(this::look, lookNs, TimeUnit.NANOSECONDS);
  }

  private void look() {
    look = null;
    moderation.look();
    tell();
    if (told > ReceiveModeration.AT_ONCE && !closed) {
      schedule();
    }
  }
}
