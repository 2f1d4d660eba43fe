package io.pathproof.engine.embedded.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.pathproof.protocol.iscsi.Digests;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A host's connection and the array's, joined. */
final class RelayConnection {
  /** When a SYN is sent again, in ms after the first (RFC 6298: 1 s, doubled each time). */
  private static final long[] SYN_AGAIN_MS = {1000, 3000, 7000, 15_000};

  private static final int CONNECT_MS = 5_000;

  /** Long against a delayed acknowledgement (40 ms on Linux); a far end may never read. */
  private static final long ACK_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How long an ended connection listens to what its two sides still have to say. */
  private static final long FIN_WAIT_MS = 1_000;

  private final RelayLink link;
  private final Channel host;
  private final RelayFlow toArray;
  private Channel array;
  private RelayFlow toHost;
  private boolean over;
  private boolean reset;
  private int tries;

  RelayConnection(RelayLink link, Channel host) {
    this.link = link;
    this.host = host;
    this.toArray = new RelayFlow(this, host, link.toArray(), false);
  }

  RelayFlow toArray() {
    return toArray;
  }

  /** Dials the array, if that is there; else again when TCP would send its SYN again. */
  void dial() {
    if (over) {
      return;
    }
    Upstream upstream = link.passes() ? link.upstream() : new Upstream.Silent();
    if (upstream instanceof Upstream.Refuses) {
      reset();
    } else if (upstream instanceof Upstream.Answers answers) {
      connect(answers);
    } else if (tries < SYN_AGAIN_MS.length) {
      long since = tries == 0 ? 0 : SYN_AGAIN_MS[tries - 1];
      long wait = SYN_AGAIN_MS[tries++] - since;
      host.eventLoop().schedule(this::dial, wait, TimeUnit.MILLISECONDS);
    }
  }

  private void connect(Upstream.Answers answers) {
    ChannelFuture connect =
        new Bootstrap()
            .group(host.eventLoop())
            .channel(link.socketType())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, Transport.BUFFERS)
            .option(ChannelOption.RECVBUF_ALLOCATOR, Transport.reads())
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Transport.WRITES)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    toHost = new RelayFlow(RelayConnection.this, channel, link.toHost(), true);
                    channel.pipeline().addLast(toHost);
                  }
                })
            .connect(answers.at());
    connect.addListener(
        (ChannelFutureListener)
            done -> {
              if (over) {
                if (reset) {
                  linger(done.channel());
                }
                done.channel().close();
              } else if (done.isSuccess()) {
                array = done.channel();
                toArray.into(array);
                toHost.into(host);
                toArray.go();
                toHost.go();
              } else {
                reset();
              }
            });
  }

  /** Whether the array has been dialled without an answer. */
  boolean unanswered() {
    return tries > 0 && array == null;
  }

  RelayFlow other(RelayFlow flow) {
    return flow == toArray && toHost != null ? toHost : toArray;
  }

  void digests(Digests digests) {
    toArray.digests(digests);
    toHost.digests(digests);
  }

  void conductChanged() {
    toArray.conductChanged();
    if (toHost != null) {
      toHost.conductChanged();
    }
  }

  /** Whether bytes were swallowed on one of these ways. */
  boolean swallowed(List<LinkWay> ways) {
    return toArray.swallowed() && ways.contains(toArray.way())
        || toHost != null && toHost.swallowed() && ways.contains(toHost.way());
  }

  /** A direction has come to its end and told so. */
  void finished() {
    if (toArray.told() && toHost != null && toHost.told()) {
      close();
    }
  }

  /** One side was reset. */
  void broken(RelayFlow flow) {
    if (array == null) {
      reset();
    } else {
      flow.reset();
    }
  }

  /** One side is closed altogether. */
  void closed(RelayFlow flow) {
    if (over) {
      return;
    }
    if (array == null) {
      close();
    } else if (flow.ended()) {
      // In order: the rest of what it sent, and its end, are on their way.
      finished();
    } else {
      flow.reset();
    }
  }

  /** Resets both sides once what was let pass has arrived. */
  void resetAfterFlush(RelayFlow flow) {
    Channel to = flow.toHost() ? host : array;
    if (to == null) {
      reset();
      return;
    }
    to.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener((ChannelFutureListener) done -> resetOnceAcknowledged(to, System.nanoTime()));
  }

  /** A RST makes the kernel forget what its congestion window still holds back. */
  private void resetOnceAcknowledged(Channel to, long sinceNs) {
    if (Transport.unacknowledged(to) && System.nanoTime() - sinceNs < ACK_WAIT_NS) {
      // The kernel tells of a far end's acknowledgement by no event.
      host.eventLoop().schedule(() -> resetOnceAcknowledged(to, sinceNs), 1, TimeUnit.MILLISECONDS);
    } else {
      reset();
    }
  }

  /** RST to both sides. */
  void reset() {
    reset = true;
    linger(host);
    if (array != null) {
      linger(array);
    }
    close();
  }

  private static void linger(Channel channel) {
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
  }

  /**
   * FIN to both sides. What they still send is read and thrown away for a while: a socket that is
   * closed over unread bytes sends a RST in place of its FIN.
   */
  void end() {
    if (over) {
      return;
    }
    over = true;
    link.gone(this);
    end(host, toArray);
    if (array != null) {
      end(array, toHost);
    }
  }

  private static void end(Channel channel, RelayFlow flow) {
    flow.release();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener((ChannelFutureListener) done -> ((SocketChannel) channel).shutdownOutput());
    channel.config().setAutoRead(true);
    channel.eventLoop().schedule(() -> channel.close(), FIN_WAIT_MS, TimeUnit.MILLISECONDS);
  }

  /** Closes both sides. */
  void close() {
    if (over) {
      return;
    }
    over = true;
    link.gone(this);
    toArray.release();
    host.close();
    if (toHost != null) {
      toHost.release();
    }
    if (array != null) {
      array.close();
    }
  }
}
