package io.pathproof.benchmarks;

import io.pathproof.initiator.host.HostDevice;
import io.pathproof.initiator.host.HostEvent;
import io.pathproof.initiator.host.HostIoListener;
import io.pathproof.initiator.host.HostIoResult;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.HostSettings;
import io.pathproof.initiator.host.NettyHost;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Random reads by our own initiator, over one path or many; each path a session of its own. */
final class InitiatorLoad implements AutoCloseable {
  private static final int WAIT_S = 60;
  private static final int KEPT_EVENTS = 100;

  private static final MultipathSettings EACH_IO_ANOTHER_PATH =
      MultipathSettings.builder().policy(MultipathSettings.Policy.ROUND_ROBIN).ios(1).build();

  private final EventLoops loops = new EventLoops(1);
  private final NettyHost host;
  private final HostDevice device;

  /**
   * Attaches a host.
   *
   * @param port of 127.0.0.1 that every path leads to, each from an adapter of its own
   * @param paths from 1; I/O goes over all of them in turn
   */
  InitiatorLoad(String target, int port, int paths) throws Exception {
    List<HostLink> links = new ArrayList<>();
    for (int i = 0; i < paths; i++) {
      links.add(new HostLink("nic" + i + ":a", "nic" + i, new Portal("127.0.0.1", port), i));
    }
    HostSettings settings =
        HostSettings.builder("iqn.2026-11.io.pathproof:bench-" + paths, links)
            .targets(Set.of(target))
            .timers(SessionTimers.ofMillis(30_000, 5000, 5000, 30_000, 5000, 0, 250))
            .multipath(paths == 1 ? MultipathSettings.singlePath(1000) : EACH_IO_ANOTHER_PATH)
            .build();
    InetSocketAddress near = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    List<HostEvent> events = Collections.synchronizedList(new ArrayList<>());
    host =
        NettyHost.attach(loops, settings, way -> near, (event, nowNs) -> note(event, events))
            .get(WAIT_S, TimeUnit.SECONDS);
    List<HostDevice> devices = onLoop(host::devices);
    int found = devices.isEmpty() ? 0 : onLoop(() -> devices.get(0).paths().size());
    if (found != paths) {
      close();
      throw new IllegalStateException(found + " of " + paths + " paths to " + target + events);
    }
    device = devices.get(0);
  }

  /** Keeps the first events, which say why a path could not be had. */
  private static void note(HostEvent event, List<HostEvent> events) {
    if (events.size() < KEPT_EVENTS) {
      events.add(event);
    }
  }

  private <T> T onLoop(Supplier<T> question) throws Exception {
    return CompletableFuture.supplyAsync(question, host.eventLoop()).get(WAIT_S, TimeUnit.SECONDS);
  }

  /** Reads a second of so many blocks, at a depth; the data is lent. */
  double run(int blocks, int depth, double seconds) throws Exception {
    return run(blocks, depth, seconds, true);
  }

  /**
   * Reads a second of so many blocks, at a depth.
   *
   * @param lent whether the data is gone when its end has been told, or has a buffer to stay in
   */
  double run(int blocks, int depth, double seconds, boolean lent) throws Exception {
    Load load = new Load(blocks, seconds, lent);
    host.eventLoop()
        .execute(
            () -> {
              for (int i = 0; i < depth; i++) {
                load.new Slot().next();
              }
            });
    return load.rate.get(WAIT_S + (long) seconds, TimeUnit.SECONDS);
  }

  private final class Load {
    private final SplittableRandom random = new SplittableRandom(1);
    private final CompletableFuture<Double> rate = new CompletableFuture<>();
    private final long startNs = System.nanoTime();
    private final long endNs;
    private final int blocks;
    private final boolean lent;
    private final int bytes;
    private final long places;
    private long done;

    Load(int blocks, double seconds, boolean lent) {
      this.lent = lent;
      this.blocks = blocks;
      bytes = blocks * device.blockSize();
      places = device.blockCount() / blocks;
      endNs = startNs + (long) (seconds * 1e9);
    }

    /** One read after another. */
    final class Slot implements HostIoListener {
      private final ByteBuffer into = ByteBuffer.allocate(lent ? 0 : bytes);

      void next() {
        long lba = random.nextLong(places) * blocks;
        if (lent) {
          device.readLent(lba, blocks, this);
        } else {
          device.read(lba, blocks, into, this);
        }
      }

      @Override
      public void sent(String path, int attempt) {
        // only the end counts
      }

      @Override
      public void attemptEnded(String path, int attempt, HostIoResult result, boolean retried) {
        // as above
      }

      @Override
      public void completed(HostIoResult result) {
        if (result.outcome() != IoOutcome.OK || result.data().remaining() != bytes) {
          rate.completeExceptionally(
              new IllegalStateException(
                  result.outcome()
                      + ", "
                      + result.data().remaining()
                      + " bytes: "
                      + result.detail()));
          return;
        }
        done++;
        long nowNs = System.nanoTime();
        if (nowNs < endNs) {
          next();
        } else {
          rate.complete(done / ((nowNs - startNs) / 1e9));
        }
      }
    }
  }

  @Override
  public void close() {
    host.detach().orTimeout(WAIT_S, TimeUnit.SECONDS).join();
    loops.close();
  }
}
