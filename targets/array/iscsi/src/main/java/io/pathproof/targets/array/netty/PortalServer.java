package io.pathproof.targets.array.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.pathproof.targets.array.iscsi.PortalIdentity;
import io.pathproof.targets.array.iscsi.TargetConnection;
import io.pathproof.targets.array.iscsi.TargetCore;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The target's sockets, all on one event loop. Calls on that loop, unless said otherwise. */
public final class PortalServer {
  /** Where reading from an initiator that does not read ends, and goes on; bytes. */
  private static final WriteBufferWaterMark MARKS =
      new WriteBufferWaterMark(1024 * 1024, 4 * 1024 * 1024);

  private static final int BACKLOG = 1024;

  private final EventLoop loop;
  private final TargetCore target;
  private final Runnable afterTurn;
  private final Consumer<Throwable> failures;
  private final Set<Listener> listeners = new LinkedHashSet<>();

  /**
   * @param loop the array's event loop
   * @param afterTurn called after every turn that may have changed a deadline
   * @param failures told of faults of our own; the connection concerned is closed
   */
  public PortalServer(
      EventLoop loop, TargetCore target, Runnable afterTurn, Consumer<Throwable> failures) {
    this.loop = loop;
    this.target = target;
    this.afterTurn = afterTurn;
    this.failures = failures;
  }

  /** What event loops for these sockets are made of: epoll where there is, else NIO. */
  public static IoHandlerFactory ioHandlers() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private static Class<? extends ServerChannel> channelType() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /**
   * Listens; from any thread.
   *
   * @param at TCP port 0 for any that is free
   * @param identity who answers there, asked for each new connection
   * @return completes on the loop; with an {@link java.io.IOException} when the address cannot be
   *     had
   */
  public CompletionStage<Listener> listen(InetSocketAddress at, Supplier<PortalIdentity> identity) {
    Listener listener = new Listener(identity);
    CompletableFuture<Listener> up = new CompletableFuture<>();
    loop.execute(
        () -> {
          listeners.add(listener);
          bind(listener, at)
              .whenComplete(
                  (nothing, failure) -> {
                    if (failure == null) {
                      up.complete(listener);
                    } else {
                      listeners.remove(listener);
                      up.completeExceptionally(failure);
                    }
                  });
        });
    return up;
  }

  private CompletableFuture<Void> bind(Listener listener, InetSocketAddress at) {
    CompletableFuture<Void> bound = new CompletableFuture<>();
    ChannelFuture bind =
        new ServerBootstrap()
            .group(loop, loop)
            .channel(channelType())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(listener, channel);
                  }
                })
            .bind(at);
    bind.addListener(
        done -> {
          if (done.isSuccess()) {
            listener.channel = bind.channel();
            listener.bound = (InetSocketAddress) bind.channel().localAddress();
            bound.complete(null);
          } else {
            bound.completeExceptionally(done.cause());
          }
        });
    return bound;
  }

  private void accept(Listener listener, Channel channel) {
    TargetChannel handler = new TargetChannel(this, channel);
    TargetConnection connection =
        target.accept(listener.identity.get(), handler, System.nanoTime());
    if (connection == null) {
      channel.close();
      return;
    }
    handler.attach(connection);
    listener.channels.add(handler);
    channel.pipeline().addLast(handler);
    if (listener.frozen) {
      handler.freeze();
    }
    afterTurn.run();
  }

  void gone(TargetChannel channel) {
    listeners.forEach(listener -> listener.channels.remove(channel));
  }

  void turnEnded() {
    afterTurn.run();
  }

  void failed(Throwable cause) {
    failures.accept(cause);
  }

  /** Stops listening everywhere and drops all connections. */
  public void close() {
    for (Listener listener : List.copyOf(listeners)) {
      listener.close();
    }
  }

  /** One address that is listened on. */
  public final class Listener {
    private final Supplier<PortalIdentity> identity;
    private final Set<TargetChannel> channels = new LinkedHashSet<>();
    private Channel channel;
    private volatile InetSocketAddress bound;
    private boolean frozen;

    private Listener(Supplier<PortalIdentity> identity) {
      this.identity = identity;
    }

    /** Where; stays the same when listening is taken up again. From any thread. */
    public InetSocketAddress bound() {
      return bound;
    }

    /** Connections stay, and nothing moves on them; new ones are taken and get no answer. */
    public void freeze() {
      frozen = true;
      channels.forEach(TargetChannel::freeze);
    }

    /** Goes on where {@link #freeze} stopped. */
    public void thaw() {
      frozen = false;
      List.copyOf(channels).forEach(TargetChannel::thaw);
      afterTurn.run();
    }

    /** New connections are refused; those that are open stay. */
    public void refuse() {
      if (channel != null) {
        channel.close();
        channel = null;
      }
    }

    /**
     * Listens again after {@link #refuse}.
     *
     * @return completes exceptionally when somebody else has taken the TCP port meanwhile
     */
    public CompletionStage<Void> listenAgain() {
      return channel == null ? bind(this, bound) : CompletableFuture.completedFuture(null);
    }

    /** Cuts all connections with RST. */
    public void resetConnections() {
      List.copyOf(channels).forEach(TargetChannel::reset);
    }

    /** Closes all connections with FIN. */
    public void closeConnections() {
      List.copyOf(channels).forEach(TargetChannel::drop);
    }

    /** Connections that are open. */
    public int connections() {
      return channels.size();
    }

    /** Stops listening and drops the connections. */
    public void close() {
      refuse();
      List.copyOf(channels).forEach(TargetChannel::drop);
      listeners.remove(this);
    }
  }
}
