package io.pathproof.initiator.netty;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandler;
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
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Owns the event loop threads of a lab: epoll where the platform has it, NIO otherwise. Daemon
 * threads. While answers come quickly and one at a time a loop looks for the next before it sleeps,
 * where the machine has a processor more than there are loops; see {@link #sleeping} for loops that
 * never do. Safe for use by several threads.
 */
public final class EventLoops implements AutoCloseable {
  private static final long QUIET_MS = 0;
  private static final long TIMEOUT_MS = 5_000;

  private final boolean epoll;
  private final Map<ThreadAwareExecutor, AdaptivePolling> pollings = new IdentityHashMap<>();
  private final EventLoopGroup group;

  /**
   * @param threads number of event loops, at least 1
   */
  public EventLoops(int threads) {
    this(threads, Epoll.isAvailable());
  }

  EventLoops(int threads, boolean epoll) {
    this(threads, epoll, threads < Runtime.getRuntime().availableProcessors());
  }

  private EventLoops(int threads, boolean epoll, boolean polls) {
    this(threads, epoll, polls, System::nanoTime);
  }

  /** With a clock of their own for what is said of {@link AdaptivePolling}. */
  EventLoops(int threads, boolean epoll, boolean polls, LongSupplier clock) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads " + threads);
    }
    this.epoll = epoll;
    this.group =
        new MultiThreadIoEventLoopGroup(
            threads,
            new DefaultThreadFactory("pathproof-io", true),
            loop -> transport(loop, polls, clock));
  }

  /**
   * Loops that sleep whenever there is nothing to do: an answer takes longer to be seen, and less
   * processor time.
   *
   * @param threads number of event loops, at least 1
   */
  public static EventLoops sleeping(int threads) {
    return new EventLoops(threads, Epoll.isAvailable(), false);
  }

  private IoHandler transport(ThreadAwareExecutor loop, boolean polls, LongSupplier clock) {
    // a loop of threads of its own, as all of this group, queues what others want done
    SingleThreadEventExecutor executor = (SingleThreadEventExecutor) loop;
    AdaptivePolling polling = new AdaptivePolling(polls, () -> executor.pendingTasks() > 0, clock);
    pollings.put(loop, polling);
    IoHandlerFactory factory =
        epoll
            ? EpollIoHandler.newFactory(0, () -> polling)
            : NioIoHandler.newFactory(SelectorProvider.provider(), () -> polling);
    return factory.newHandler(loop);
  }

  /** How a loop of these waits. */
  AdaptivePolling polling(EventLoop loop) {
    return pollings.get(loop);
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
