package io.pathproof.benchmarks;

import io.pathproof.initiator.host.HostDevice;
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
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** 4 KiB random reads by our own initiator, over one path. */
final class InitiatorLoad implements AutoCloseable {
  private static final int WAIT_S = 20;

  private final EventLoops loops = new EventLoops(1);
  private final NettyHost host;
  private final HostDevice device;

  InitiatorLoad(String target, int port) throws Exception {
    HostLink link = new HostLink("nic0:a", "nic0", new Portal("127.0.0.1", port), 0);
    HostSettings settings =
        HostSettings.builder("iqn.2026-11.io.pathproof:bench", List.of(link))
            .targets(Set.of(target))
            .timers(SessionTimers.ofMillis(5000, 5000, 5000, 10_000, 2000, 0, 250))
            .multipath(MultipathSettings.singlePath(1000))
            .build();
    InetSocketAddress near = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    host =
        NettyHost.attach(loops, settings, way -> near, (event, nowNs) -> {})
            .get(WAIT_S, TimeUnit.SECONDS);
    device =
        CompletableFuture.supplyAsync(() -> host.devices().get(0), host.eventLoop())
            .get(WAIT_S, TimeUnit.SECONDS);
  }

  /** Reads a second at a depth. */
  double run(int depth, double seconds) throws Exception {
    Load load = new Load(seconds);
    host.eventLoop()
        .execute(
            () -> {
              for (int i = 0; i < depth; i++) {
                load.next();
              }
            });
    return load.rate.get(WAIT_S + (long) seconds, TimeUnit.SECONDS);
  }

  private final class Load implements HostIoListener {
    private final SplittableRandom random = new SplittableRandom(1);
    private final CompletableFuture<Double> rate = new CompletableFuture<>();
    private final long startNs = System.nanoTime();
    private final long endNs;
    private final int blocks = 4096 / device.blockSize();
    private final long places = device.blockCount() / blocks;
    private long done;

    Load(double seconds) {
      endNs = startNs + (long) (seconds * 1e9);
    }

    void next() {
      device.read(random.nextLong(places) * blocks, blocks, this);
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
    public void retriedUnfenced(String path, int attempt, long heldNs) {
      // reads are not
    }

    @Override
    public void completed(HostIoResult result) {
      if (result.outcome() != IoOutcome.OK) {
        rate.completeExceptionally(new IllegalStateException(result.detail()));
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

  @Override
  public void close() {
    host.detach().orTimeout(WAIT_S, TimeUnit.SECONDS).join();
    loops.close();
  }
}
