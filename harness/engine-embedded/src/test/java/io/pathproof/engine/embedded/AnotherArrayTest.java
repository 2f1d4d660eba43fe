package io.pathproof.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.PortLoad;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Another array answers behind the address of the first while a host reconnects, with the same
 * target name, portal group tag, logical unit number and size, over sockets.
 */
@Timeout(60)
class AnotherArrayTest {
  private static final String TARGET = "iqn.2026-11.io.pathproof:array";
  private static final int SIZE = 64 * 1024;
  private static final int WRITES = 32;
  private static final long SECONDS = 20;
  private static final HostLink LINK =
      new HostLink("nic0:node1.a", "nic0", new Portal("10.0.0.1", 3260), 1);

  private final EventLoops loops = new EventLoops(1);
  private final SimulatedArray first = array("first");
  private final SimulatedArray second = array("second");

  private volatile SimulatedArray behind = first;
  private final BlockingQueue<HostEvent> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<HostIoResult> results = new LinkedBlockingQueue<>();
  private NettyHost host;

  /**
   * @param volume its name, of which the identity is made
   */
  private static SimulatedArray array(String volume) {
    ArrayConfig config =
        new ArrayConfig(
            "array",
            TARGET,
            List.of(
                new ArrayConfig.Node(
                    "node1",
                    List.of(new ArrayConfig.Port("a", "10.0.0.1", ArrayConfig.ISCSI_PORT, "san")))),
            List.of(),
            List.of(
                new ArrayConfig.Volume(
                    volume, 1, SIZE, 512, Optional.empty(), ArrayConfig.Store.MEMORY)),
            Optional.empty(),
            0,
            new ArrayConfig.Redirect(ArrayConfig.Policy.NEVER, false),
            OptionalLong.empty(),
            ArrayConfig.Alua.NONE,
            Optional.empty(),
            1);
    return SimulatedArray.start(config, new LoopbackNetwork());
  }

  @AfterEach
  void stop() throws Exception {
    host.detach().get(SECONDS, TimeUnit.SECONDS);
    loops.close();
    first.close();
    second.close();
  }

  private InetSocketAddress where() {
    return ((Reachability.Answers) behind.reach("10.0.0.1", ArrayConfig.ISCSI_PORT)).at();
  }

  private void attach() throws Exception {
    HostSettings settings =
        HostSettings.builder("iqn.2026-11.io.pathproof:host1", List.of(LINK))
            .targets(Set.of(TARGET))
            .timers(SessionTimers.ofMillis(3_000, 1_000, 1_000, 10_000, 1_000, 20_000, 20))
            .multipath(MultipathSettings.singlePath(100))
            .build();
    host =
        NettyHost.attach(loops, settings, link -> where(), this::onEvent)
            .get(SECONDS, TimeUnit.SECONDS);
  }

  /** On the host's loop: what is written here waits in the session for its next login. */
  private void onEvent(HostEvent event, long nowNs) {
    events.add(event);
    if (event instanceof HostEvent.SessionDown) {
      HostDevice device = host.devices().get(0);
      for (int i = 0; i < WRITES; i++) {
        write(device, i);
      }
    }
  }

  private void write(HostDevice device, int lba) {
    device.write(
        lba,
        1,
        (path, attempt) -> {
          byte[] block = new byte[512];
          Arrays.fill(block, (byte) 0x5a);
          return ByteBuffer.wrap(block);
        },
        new HostIoListener() {
          @Override
          public void sent(String path, int attempt) {
            // its end is what is asked for
          }

          @Override
          public void attemptEnded(String path, int attempt, HostIoResult ended, boolean retried) {
            // as above
          }

          @Override
          public void completed(HostIoResult result) {
            results.add(result);
          }
        });
  }

  private <T extends HostEvent> T await(Class<T> type) throws InterruptedException {
    while (true) {
      HostEvent event = events.poll(SECONDS, TimeUnit.SECONDS);
      assertThat(event).as("waiting for %s", type.getSimpleName()).isNotNull();
      if (type.isInstance(event)) {
        return type.cast(event);
      }
    }
  }

  private List<IoOutcome> outcomes(int count) throws InterruptedException {
    IoOutcome[] outcomes = new IoOutcome[count];
    for (int i = 0; i < count; i++) {
      HostIoResult result = results.poll(SECONDS, TimeUnit.SECONDS);
      assertThat(result).as("I/O %d of %d", i + 1, count).isNotNull();
      outcomes[i] = result.outcome();
    }
    return List.of(outcomes);
  }

  private static PortLoad load(SimulatedArray array) {
    return array.loads().toCompletableFuture().join().get("node1.a");
  }

  @Test
  @DisplayName("No write that waited for the reconnect lands on another array behind the address")
  void noWriteLandsOnAnotherArray() throws Exception {
    attach();
    CompletableFuture.runAsync(() -> write(host.devices().get(0), 0), host.eventLoop()).join();
    assertThat(outcomes(1)).containsOnly(IoOutcome.OK);
    assertThat(load(first).writes()).isEqualTo(1);

    behind = second;
    first.close();
    assertThat(outcomes(WRITES)).containsOnly(IoOutcome.FAILED);
    HostEvent.PathRefused refused = await(HostEvent.PathRefused.class);
    assertThat(refused.why()).matches("it was naa\\.\\w+, now it is naa\\.\\w+");
    assertThat(load(second).sessions()).as("it is logged in there").isEqualTo(1);
    assertThat(load(second).writes()).isZero();
    ByteBuffer stored = second.readStore("second", 0, SIZE).toCompletableFuture().join();
    assertThat(stored).isEqualTo(ByteBuffer.allocate(SIZE));

    try (SimulatedArray again = array("first")) {
      behind = again;
      events.clear();
      second.close();
      assertThat(outcomes(WRITES)).as("the right one is back").containsOnly(IoOutcome.OK);
      assertThat(load(again).writes()).isEqualTo(WRITES);
      host.detach().get(SECONDS, TimeUnit.SECONDS);
    }
  }
}
