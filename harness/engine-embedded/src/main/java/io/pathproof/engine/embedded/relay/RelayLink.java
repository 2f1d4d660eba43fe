package io.pathproof.engine.embedded.relay;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A link as a relay on loopback. Compared with a cable:
 *
 * <ul>
 *   <li>a connection is accepted before the far end is asked, so that a host whose far end is
 *       silent sees an open connection without an answer, where a cable leaves its SYN unanswered;
 *       the far end is dialled again when TCP would send the SYN again (1, 3, 7, 15 s);
 *   <li>silent drop: TCP acknowledges what is swallowed, so nothing is sent again; connections that
 *       lost bytes are reset when the fault is healed. Stall is what a pulled cable does that comes
 *       back: nothing is lost;
 *   <li>delay and throttle work on what was read at once, not on frames.
 * </ul>
 *
 * All but {@link #entrance} is to be called on its event loop.
 */
public final class RelayLink {
  private final EventLoop loop;
  private final Supplier<Upstream> upstream;
  private final LinkWay toArray;
  private final LinkWay toHost;
  private final Set<RelayConnection> connections = new LinkedHashSet<>();
  private Channel server;
  private volatile InetSocketAddress entrance;
  private Impairment both;
  private boolean closed;

  /**
   * @param upstream the link's far end, asked for each new connection
   * @param seed of its jitter
   */
  public RelayLink(EventLoop loop, Supplier<Upstream> upstream, long seed) {
    this.loop = loop;
    this.upstream = upstream;
    this.toArray = new LinkWay(seed);
    this.toHost = new LinkWay(~seed);
  }

  /** Begins to listen; completes on the loop. */
  public CompletionStage<Void> open() {
    return listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Where a host's connection over this link begins. From any thread. */
  public InetSocketAddress entrance() {
    return entrance;
  }

  private CompletableFuture<Void> listen(InetSocketAddress at) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ChannelFuture bind =
        new ServerBootstrap()
            .group(loop, loop)
            .channel(Transport.serverType())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, Transport.BUFFERS)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, Transport.reads())
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.WRITES)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                })
            .bind(at);
    bind.addListener(
        bound -> {
          if (!bound.isSuccess()) {
            done.completeExceptionally(
                new IOException("no relay at " + at + ": " + bound.cause().getMessage()));
          } else if (closed || both instanceof Impairment.Refuse) {
            bind.channel().close();
            done.complete(null);
          } else {
            server = bind.channel();
            entrance = (InetSocketAddress) server.localAddress();
            done.complete(null);
          }
        });
    return done;
  }

  private void accept(Channel channel) {
    RelayConnection connection = new RelayConnection(this, channel);
    connections.add(connection);
    channel.pipeline().addLast(connection.toArray());
    if (both instanceof Impairment.Reset) {
      loop.execute(connection::reset);
    } else if (both instanceof Impairment.Fin) {
      loop.execute(connection::end);
    } else {
      connection.dial();
    }
  }

  Class<? extends Channel> socketType() {
    return Transport.socketType();
  }

  Upstream upstream() {
    return upstream.get();
  }

  /** Whether a SYN sent now would stay unanswered. */
  public boolean unanswered() {
    boolean ends = both instanceof Impairment.Refuse;
    return !ends && (!passes() || upstream() instanceof Upstream.Silent);
  }

  /** Whether a SYN and its answer would get through. */
  boolean passes() {
    return !silent(toArray) && !silent(toHost);
  }

  private static boolean silent(LinkWay way) {
    return way.conduct() instanceof Impairment.SilentDrop
        || way.conduct() instanceof Impairment.Stall;
  }

  LinkWay toArray() {
    return toArray;
  }

  LinkWay toHost() {
    return toHost;
  }

  void gone(RelayConnection connection) {
    connections.remove(connection);
  }

  /** Applies an impairment in place of what that direction had before. */
  public CompletionStage<Void> impair(Direction direction, Impairment impairment) {
    List<LinkWay> ways = ways(direction);
    stopFlapping(ways);
    if (!(impairment instanceof Impairment.Flap flap)) {
      return apply(ways, impairment);
    }
    if (ends(of(flap.down()))) {
      stopFlapping(ways(Direction.BOTH));
      return down(ways, flap);
    }
    // Each direction has a schedule of its own, so that one may be given something else.
    CompletionStage<Void> open = CompletableFuture.completedFuture(null);
    for (LinkWay way : ways) {
      CompletionStage<Void> one = down(List.of(way), flap);
      open = open.thenCombine(one, (first, second) -> null);
    }
    return open;
  }

  private List<LinkWay> ways(Direction direction) {
    return switch (direction) {
      case TO_ARRAY -> List.of(toArray);
      case TO_HOST -> List.of(toHost);
      case BOTH -> List.of(toArray, toHost);
    };
  }

  private static boolean ends(Impairment impairment) {
    return impairment instanceof Impairment.Reset
        || impairment instanceof Impairment.Fin
        || impairment instanceof Impairment.Refuse;
  }

  private CompletionStage<Void> apply(List<LinkWay> ways, Impairment impairment) {
    if (ends(impairment)) {
      stopFlapping(ways(Direction.BOTH));
      return end(impairment);
    }
    CompletionStage<Void> open = reopen();
    ways.forEach(way -> way.conduct(impairment));
    List.copyOf(connections).forEach(RelayConnection::conductChanged);
    return open;
  }

  /** What ends a connection ends it in both directions: TCP knows no other reset. */
  private CompletionStage<Void> end(Impairment impairment) {
    CompletionStage<Void> open =
        impairment instanceof Impairment.Refuse
            ? CompletableFuture.completedFuture(null)
            : reopen();
    both = impairment;
    toArray.conduct(null);
    toHost.conduct(null);
    if (impairment instanceof Impairment.Refuse && server != null) {
      server.close();
      server = null;
    }
    for (RelayConnection connection : List.copyOf(connections)) {
      if (impairment instanceof Impairment.Reset) {
        connection.reset();
      } else {
        connection.end();
      }
    }
    return open;
  }

  private CompletionStage<Void> down(List<LinkWay> ways, Impairment.Flap flap) {
    CompletionStage<Void> open = apply(ways, of(flap.down()));
    ScheduledFuture<?> up =
        loop.schedule(() -> up(ways, flap), flap.downMs(), TimeUnit.MILLISECONDS);
    ways.forEach(way -> way.flapping(up));
    return open;
  }

  private void up(List<LinkWay> ways, Impairment.Flap flap) {
    ScheduledFuture<?> down =
        loop.schedule(() -> down(ways, flap), flap.upMs(), TimeUnit.MILLISECONDS);
    pass(ends(of(flap.down())) ? ways(Direction.BOTH) : ways);
    ways.forEach(way -> way.flapping(down));
  }

  private static Impairment of(Impairment.Kind kind) {
    return switch (kind) {
      case REFUSE -> new Impairment.Refuse();
      case SILENT_DROP -> new Impairment.SilentDrop();
      case STALL -> new Impairment.Stall();
      default -> new Impairment.Reset();
    };
  }

  private static void stopFlapping(List<LinkWay> ways) {
    ways.forEach(LinkWay::stopFlapping);
  }

  /** The link goes over this wire from now on; connections stay. */
  public void wire(SharedWire wire) {
    toArray.wire(wire);
    toHost.wire(wire);
    List.copyOf(connections).forEach(RelayConnection::conductChanged);
  }

  /** Takes every impairment off. */
  public CompletionStage<Void> heal() {
    stopFlapping(ways(Direction.BOTH));
    return pass(ways(Direction.BOTH));
  }

  private CompletionStage<Void> pass(List<LinkWay> ways) {
    CompletionStage<Void> open = reopen();
    ways.forEach(way -> way.conduct(null));
    for (RelayConnection connection : List.copyOf(connections)) {
      if (connection.swallowed(ways)) {
        connection.reset();
      } else {
        connection.conductChanged();
      }
    }
    return open;
  }

  private CompletionStage<Void> reopen() {
    boolean refused = both instanceof Impairment.Refuse;
    both = null;
    return refused && !closed ? listen(entrance) : CompletableFuture.completedFuture(null);
  }

  /** Ends its connections and listens no more. */
  public void close() {
    closed = true;
    stopFlapping(ways(Direction.BOTH));
    if (server != null) {
      server.close();
    }
    List.copyOf(connections).forEach(RelayConnection::close);
  }
}
