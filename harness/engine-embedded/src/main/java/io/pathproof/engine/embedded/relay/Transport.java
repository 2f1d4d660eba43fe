package io.pathproof.engine.embedded.relay;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** What relays' sockets are: epoll where there is, else NIO. */
public final class Transport {
  /** Large reads: what a deep queue has sent goes on in one piece. */
  private static final int MOST_READ = 1 << 20;

  private static final int FIRST_READ = 64 * 1024;
  private static final int LEAST_READ = 4096;

  /** What a reader takes before it passes on: a batch may be a little more than one read. */
  private static final int READS_A_TURN = 4;

  /** What may wait for a receiver: more than one read, so that a flush empties it at one go. */
  static final WriteBufferWaterMark WRITES = new WriteBufferWaterMark(MOST_READ, 2 * MOST_READ);

  /**
   * Gives the buffer that was freed last, which is still in the cache; Netty's default moves on.
   */
  static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

  private Transport() {}

  static RecvByteBufAllocator reads() {
    return new AdaptiveRecvByteBufAllocator(LEAST_READ, FIRST_READ, MOST_READ)
        .maxMessagesPerRead(READS_A_TURN);
  }

  /** What event loops for relays are made of. */
  public static IoHandlerFactory ioHandlers() {
    if (!Epoll.isAvailable()) {
      return NioIoHandler.newFactory();
    }
    // On a single processor whoever waits awake keeps the others from what it waits for.
    return Runtime.getRuntime().availableProcessors() > 1
        ? EpollIoHandler.newFactory(0, BriefSpin::new)
        : EpollIoHandler.newFactory();
  }

  static Class<? extends ServerChannel> serverType() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  static Class<? extends Channel> socketType() {
    return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /**
   * Whether the far end's kernel has yet to acknowledge some of what was sent; false where this
   * platform does not tell.
   */
  static boolean unacknowledged(Channel channel) {
    return channel instanceof EpollSocketChannel socket
        && socket.isActive()
        && socket.tcpInfo().unacked() > 0;
  }
}
