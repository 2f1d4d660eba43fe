package io.pathproof.engine.embedded.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.pathproof.initiator.host.HostDevice;
import io.pathproof.initiator.host.HostEvent;
import io.pathproof.initiator.host.HostIoListener;
import io.pathproof.initiator.host.HostIoResult;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.HostSettings;
import io.pathproof.initiator.host.NettyHost;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A session that recovers by itself finds another node at its address, while the network still
 * keeps a write for the former one: over sockets, to the simulated array.
 */
@Timeout(60)
class RecoveryElsewhereTest {
  private static final String TARGET = "iqn.2026-11.io.pathproof:array";
  private static final String NODE1_A = "10.0.0.1";
  private static final String NODE1_B = "10.0.1.1";
  private static final String NODE2_A = "10.0.0.2";
  private static final int BLOCK = 512;
  private static final long SECONDS = 20;

  private final SimulatedArray array =
      SimulatedArray.start(
          new ArrayConfig(
              "moving",
              TARGET,
              List.of(
                  new ArrayConfig.Node("node1", List.of(port("a", NODE1_A), port("b", NODE1_B))),
                  new ArrayConfig.Node("node2", List.of(port("a", NODE2_A)))),
              List.of(),
              List.of(
                  new ArrayConfig.Volume(
                      "vol0", 0, 1 << 20, BLOCK, Optional.empty(), ArrayConfig.Store.MEMORY)),
              Optional.empty(),
              0,
              new ArrayConfig.Redirect(ArrayConfig.Policy.NEVER, false),
              OptionalLong.of(100),
              ArrayConfig.Alua.NONE,
              Optional.empty(),
              1),
          new LoopbackNetwork());

  private final MultiThreadIoEventLoopGroup relays =
      new MultiThreadIoEventLoopGroup(1, Transport.ioHandlers());
  private final RelayLink relay =
      new RelayLink(relays.next(), () -> new Upstream.Answers(reach(NODE1_A)), 17);
  private final EventLoops loops = new EventLoops(1);
  private final List<HostEvent> events = new CopyOnWriteArrayList<>();

  /** Whether new connections to the first address find node 2 there. */
  private volatile boolean moved;

  private static ArrayConfig.Port port(String name, String address) {
    return new ArrayConfig.Port(name, address, ArrayConfig.ISCSI_PORT, "san");
  }

  private InetSocketAddress reach(String address) {
    return ((Reachability.Answers) array.reach(address, ArrayConfig.ISCSI_PORT)).at();
  }

  private InetSocketAddress nearEnd(HostLink link) {
    if (!link.portal().host().equals(NODE1_A)) {
      return reach(link.portal().host());
    }
    return moved ? reach(NODE2_A) : relay.entrance();
  }

  @AfterEach
  void close() {
    loops.close();
    array.close();
    relays.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void onRelay(Supplier<CompletionStage<Void>> what) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    relays
        .next()
        .execute(() -> what.get().whenComplete((nothing, error) -> done.complete(nothing)));
    done.get(SECONDS, TimeUnit.SECONDS);
  }

  private NettyHost attach(FencePolicy fence) throws Exception {
    onRelay(relay::open);
    HostSettings settings =
        HostSettings.builder(
                "iqn.2026-11.io.pathproof:host",
                List.of(
                    new HostLink("n1a", "nic0", new Portal(NODE1_A, 3260), 1),
                    new HostLink("n1b", "nic1", new Portal(NODE1_B, 3260), 2)))
            .targets(Set.of(TARGET))
            .timers(SessionTimers.ofMillis(2_000, 100, 300, 10_000, 2_000, 15_000, 50))
            .multipath(MultipathSettings.builder().checkerIntervalMs(100).fence(fence).build())
            .build();
    return NettyHost.attach(loops, settings, this::nearEnd, (event, now) -> events.add(event))
        .get(SECONDS, TimeUnit.SECONDS);
  }

  private static CompletableFuture<HostIoResult> io(
      NettyHost host, BiConsumer<HostDevice, HostIoListener> what) {
    CompletableFuture<HostIoResult> done = new CompletableFuture<>();
    host.eventLoop().execute(() -> what.accept(host.devices().get(0), new End(done)));
    return done;
  }

  private static CompletableFuture<HostIoResult> write(NettyHost host, int content) {
    byte[] bytes = new byte[BLOCK];
    Arrays.fill(bytes, (byte) content);
    return io(
        host, (device, end) -> device.write(0, 1, (path, attempt) -> ByteBuffer.wrap(bytes), end));
  }

  private static int read(NettyHost host) throws Exception {
    HostIoResult result =
        io(host, (device, end) -> device.read(0, 1, end)).get(SECONDS, TimeUnit.SECONDS);
    assertThat(result.outcome()).as(result.detail()).isEqualTo(IoOutcome.OK);
    return result.data().get(result.data().position());
  }

  private record End(CompletableFuture<HostIoResult> done) implements HostIoListener {
    @Override
    public void sent(String path, int attempt) {}

    @Override
    public void attemptEnded(String path, int attempt, HostIoResult result, boolean retried) {}

    @Override
    public void completed(HostIoResult result) {
      done.complete(result);
    }
  }

  /** The first write is kept by the network, and carried out again where the session is now. */
  private NettyHost writeTwice(FencePolicy fence) throws Exception {
    NettyHost host = attach(fence);
    onRelay(() -> relay.impair(Direction.TO_ARRAY, new Impairment.Stall()));
    moved = true;
    assertThat(write(host, 1).get(SECONDS, TimeUnit.SECONDS).outcome()).isEqualTo(IoOutcome.OK);
    assertThat(write(host, 2).get(SECONDS, TimeUnit.SECONDS).outcome()).isEqualTo(IoOutcome.OK);
    assertThat(events)
        .filteredOn(HostEvent.SessionUp.class::isInstance)
        .extracting(each -> ((HostEvent.SessionUp) each).parameters().targetPortalGroupTag())
        .as("the portal group that n1a found at last")
        .contains(OptionalInt.of(2));
    return host;
  }

  @Test
  void theFormerNexusIsEndedOverItsOtherPortBeforeTheWriteGoesOn() throws Exception {
    NettyHost host = writeTwice(FencePolicy.required(0));
    assertThat(events)
        .filteredOn(HostEvent.NexusFenced.class::isInstance)
        .extracting(each -> ((HostEvent.NexusFenced) each).fence())
        .containsExactly(Fence.reinstatedOver("n1b"));
    onRelay(relay::heal);
    await().during(300, TimeUnit.MILLISECONDS).until(() -> read(host) == 2);
  }

  @Test
  void withoutAFenceTheOldWriteLandsOverTheNewOne() throws Exception {
    NettyHost host = writeTwice(FencePolicy.none());
    assertThat(events).hasAtLeastOneElementOfType(HostEvent.RetriedUnfenced.class);
    onRelay(relay::heal);
    await().atMost(SECONDS, TimeUnit.SECONDS).until(() -> read(host) == 1);
  }
}
