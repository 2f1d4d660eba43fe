package io.pathproof.initiator.netty;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;

/**
 * Owns the event loop threads of a lab: epoll where the platform has it, NIO otherwise. Daemon
 * threads. Safe for use by several threads.
 */
public final class EventLoops implements AutoCloseable {
  private static final long QUIET_MS = 0;
  private static final long TIMEOUT_MS = 5_000;

  private final boolean epoll;
  private final EventLoopGroup group;

  /**
   * @param threads number of event loops, at least 1
   */
  public EventLoops(int threads) {
    this(threads, Epoll.isAvailable());
  }

  EventLoops(int threads, boolean epoll) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads " + threads);
    }
    this.epoll = epoll;
    IoHandlerFactory transport = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("pathproof-io", true), transport);
  }

  /** The next loop in turn. A host's sessions and its device belong on one loop. */
  public EventLoop next() {
    return group.next();
  }

  /** "epoll" or "nio". */
  public String transport() {
    return epoll ? "epoll" : "nio";
  }

  /** Whether connections can be told to acknowledge at once (TCP_QUICKACK, Linux alone). */
  public boolean setsDelayedAck() {
    return epoll;
  }

  /**
   * Channels to an address. One of IPv4 has sockets of its own family: the dual ones of IPv6 map
   * every packet.
   */
  ChannelFactory<SocketChannel> channelsTo(InetSocketAddress address) {
    if (!(address.getAddress() instanceof Inet4Address)) {
      return epoll ? EpollSocketChannel::new : NioSocketChannel::new;
    }
    return epoll
        ? () -> new EpollSocketChannel(SocketProtocolFamily.INET)
        : () -> new NioSocketChannel(SelectorProvider.provider(), SocketProtocolFamily.INET);
  }

  /** Ends all loops and waits for them, 5 s at most. Close the sessions before. */
  @Override
  public void close() {
    group
        .shutdownGracefully(QUIET_MS, TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(TIMEOUT_MS);
  }
}
