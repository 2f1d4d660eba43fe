package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.DigestPolicy;
import io.pathproof.initiator.session.NegotiationOffer;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts against an array of two tgtd nodes with two portals each, on one shared store. */
@Tag("live")
class LiveHostTest {
  private static final int STORE_BYTES = 32 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CHECKER_MS = 100;

  @TempDir Path directory;
  private TgtNode node1;
  private TgtNode node2;
  private EventLoops loops;
  private NettyHost host;
  private final HostLog log = new HostLog();

  @BeforeEach
  void start() throws IOException {
    Path store = directory.resolve("store");
    try (RandomAccessFile file = new RandomAccessFile(store.toFile(), "rw")) {
      file.setLength(STORE_BYTES);
    }
    node1 = new TgtNode("node1", directory, store);
    node2 = new TgtNode("node2", directory, store);
    node1.start();
    loops = new EventLoops(1);
  }

  @AfterEach
  void stop() {
    if (host != null) {
      LiveIo.join(host.detach());
    }
    loops.close();
    node1.close();
    node2.close();
  }

  private static MultipathSettings roundRobin(int ios) {
    return MultipathSettings.multipath(
        Policy.ROUND_ROBIN, ios, 0, true, Failback.IMMEDIATE, 10_000, CHECKER_MS);
  }

  private List<HostLink> links() {
    return List.of(
        new HostLink("nic0:node1.a", "nic0", node1.portal(0), 1),
        new HostLink("nic0:node1.b", "nic0", node1.portal(1), 2),
        new HostLink("nic0:node2.a", "nic0", node2.portal(0), 3),
        new HostLink("nic0:node2.b", "nic0", node2.portal(1), 4));
  }

  private void attach(MultipathSettings multipath) {
    attach(multipath, links(), 0);
  }

  private void attach(MultipathSettings multipath, List<HostLink> links, long recoveryMs) {
    // DefaultTime2Wait 0: a reconnect waits for its own delay only
    NegotiationOffer offer =
        new NegotiationOffer(
            DigestPolicy.PREFER_CRC32C,
            DigestPolicy.PREFER_CRC32C,
            262_144,
            262_144,
            1 << 20,
            false,
            true,
            1,
            0,
            0);
    HostSettings settings =
        HostSettings.builder("iqn.2026-11.io.pathproof:host1", links)
            .targets(Set.of(TgtNode.TARGET))
            .timers(SessionTimers.ofMillis(3_000, 200, 400, 5_000, 1_000, recoveryMs, 50))
            .multipath(multipath)
            .offer(offer)
            .build();
    host =
        LiveIo.join(
            NettyHost.attach(
                loops,
                settings,
                link -> new InetSocketAddress(nearEnd(link).host(), nearEnd(link).port()),
                log));
  }

  private Portal nearEnd(HostLink link) {
    TgtNode node = link.id().contains("node1") ? node1 : node2;
    return node.portal(link.id().endsWith("a") ? 0 : 1);
  }

  private <T> T onLoop(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    host.eventLoop().execute(() -> answer.complete(question.get()));
    return LiveIo.join(answer);
  }

  private List<HostDevice> devices() {
    return onLoop(host::devices);
  }

  private List<String> pathsOf(HostDevice device) {
    return onLoop(device::paths).stream().map(HostPath::id).toList();
  }

  private static byte[] pattern(int bytes, long seed) {
    byte[] pattern = new byte[bytes];
    new Random(seed).nextBytes(pattern);
    return pattern;
  }

  private static byte[] bytes(HostIoResult result) {
    assertThat(result.outcome()).as(result.detail()).isEqualTo(IoOutcome.OK);
    byte[] bytes = new byte[result.data().remaining()];
    result.data().duplicate().get(bytes);
    return bytes;
  }

  @Test
  void multipathingMakesOneDeviceOfFourPaths() throws IOException {
    node2.start();
    attach(roundRobin(1));
    assertThat(devices()).extracting(HostDevice::name).containsExactly("mpatha");
    HostDevice device = devices().get(0);
    assertThat(pathsOf(device))
        .containsExactly("nic0:node1.a", "nic0:node1.b", "nic0:node2.a", "nic0:node2.b");
    assertThat(device.blockSize()).isEqualTo(512);
    assertThat(device.blockCount()).isEqualTo(STORE_BYTES / 512);
    assertThat(device.unit().serialNumber()).isEqualTo("pathproof1");

    byte[] content = pattern(8192, 1);
    assertThat(LiveIo.write(host, device, 100, content).outcome()).isEqualTo(IoOutcome.OK);
    assertThat(LiveIo.once(host, device::flush).outcome()).isEqualTo(IoOutcome.OK);
    List<HostDevice> below = onLoop(host::pathDevices);
    assertThat(below).extracting(HostDevice::name).containsExactly("sda", "sdb", "sdc", "sdd");
    for (HostDevice path : below) {
      HostIoResult read = LiveIo.read(host, path, 100, 16);
      assertThat(bytes(read)).as(path.name()).isEqualTo(content);
      assertThat(List.of(read.path())).isEqualTo(pathsOf(path));
    }
    assertThatThrownBy(() -> device.read(0, 1, new LiveIo.Once()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("mpatha");
    assertThat(log.of(HostEvent.NoDisk.class)).as("tgt's controller, LUN 0").hasSize(4);
  }

  @Test
  void whatIsLentIsThereUntilItsListenerReturns() throws IOException {
    node2.start();
    attach(roundRobin(1));
    HostDevice device = devices().get(0);
    // within a PDU of tgtd's, and in several of them
    for (int bytes : List.of(512, 8192, 128 << 10, 1 << 20)) {
      byte[] content = pattern(bytes, bytes);
      assertThat(LiveIo.write(host, device, 100, content).outcome()).isEqualTo(IoOutcome.OK);
      List<LiveIo.Copied> reads =
          Stream.generate(LiveIo.Copied::new).limit(8).toList(); // of a queue, over all paths
      host.eventLoop()
          .execute(() -> reads.forEach(read -> device.readLent(100, bytes / 512, read)));
      for (LiveIo.Copied read : reads) {
        assertThat(LiveIo.join(read.bytes)).as(bytes + " bytes").isEqualTo(content);
      }
    }
  }

  @Test
  void aKilledNodeDisturbsNoIoAndItsPathsComeBack() throws IOException {
    node2.start();
    attach(roundRobin(1));
    LiveIo.Load load = new LiveIo.Load(host, devices().get(0), 16);
    await().atMost(PATIENCE).until(() -> load.ok.get() > 500);
    // What is sent to a frozen node is under way when it is killed.
    node1.freeze();
    node1.kill();
    int before = load.ok.get();
    await().atMost(PATIENCE).until(() -> load.ok.get() > before + 500);
    await().atMost(PATIENCE).until(() -> log.paths(false).size() == 2);
    assertThat(log.paths(false)).containsExactlyInAnyOrder("nic0:node1.a", "nic0:node1.b");

    log.clear();
    node1.start();
    await().atMost(PATIENCE).until(() -> log.paths(true).size() == 2);
    load.sentOn.clear();
    await()
        .atMost(PATIENCE)
        .until(() -> load.sentOn.contains("nic0:node1.a") && load.sentOn.contains("nic0:node1.b"));
    load.stop();
    await().atMost(PATIENCE).until(load::isOver);
    assertThat(load.failed).isEmpty();
    assertThat(load.retried.get()).as("the kill met I/O in flight").isPositive();
  }

  @Test
  void aHostLogsOutInTimeWhileANodeIsFrozen() throws Exception {
    node2.start();
    attach(roundRobin(1));
    LiveIo.Load load = new LiveIo.Load(host, devices().get(0), 16);
    await().atMost(PATIENCE).until(() -> load.ok.get() > 500);
    node1.freeze();
    await().atMost(PATIENCE).until(() -> log.paths(false).size() == 2);
    load.stop();
    host.detach().get(10, java.util.concurrent.TimeUnit.SECONDS);
    node1.thaw();
  }

  @Test
  void aFrozenNodeIsNoticedByItsSilence() throws IOException {
    node2.start();
    // no way is left over which a frozen node could be asked to end what it was given
    attach(roundRobin(1).toBuilder().fence(FencePolicy.hold(500)).build());
    LiveIo.Load load = new LiveIo.Load(host, devices().get(0), 8);
    await().atMost(PATIENCE).until(() -> load.ok.get() > 100);
    node2.freeze();
    await().atMost(PATIENCE).until(() -> log.paths(false).size() == 2);
    int before = load.ok.get();
    await().atMost(PATIENCE).until(() -> load.ok.get() > before + 100);
    node2.thaw();
    await().atMost(PATIENCE).until(() -> log.paths(true).size() == 6);
    load.stop();
    await().atMost(PATIENCE).until(load::isOver);
    assertThat(load.failed).isEmpty();
    assertThat(log.of(HostEvent.PathSwitched.class)).isNotEmpty();
  }

  @Test
  void withoutMultipathingEachPathIsADeviceAndFailsAlone() throws IOException {
    node2.start();
    attach(MultipathSettings.singlePath(CHECKER_MS));
    List<HostDevice> devices = devices();
    assertThat(devices).extracting(HostDevice::name).containsExactly("sda", "sdb", "sdc", "sdd");
    assertThat(devices).extracting(HostDevice::identity).containsOnly(devices.get(0).identity());
    assertThat(pathsOf(devices.get(1))).containsExactly("nic0:node1.b");

    node1.kill();
    await().atMost(PATIENCE).until(() -> log.paths(false).size() == 2);
    assertThat(LiveIo.read(host, devices.get(0), 0, 8).outcome()).isEqualTo(IoOutcome.FAILED);
    assertThat(LiveIo.read(host, devices.get(2), 0, 8).outcome()).isEqualTo(IoOutcome.OK);

    log.clear();
    node1.start();
    await().atMost(PATIENCE).until(() -> log.paths(true).size() == 2);
    assertThat(LiveIo.read(host, devices.get(0), 0, 8).outcome()).isEqualTo(IoOutcome.OK);
  }

  @Test
  void aSessionsRecoveryTimeoutHidesAShortOutageFromASinglePathHost() throws IOException {
    attach(MultipathSettings.singlePath(CHECKER_MS), links().subList(0, 1), 15_000);
    LiveIo.Load load = new LiveIo.Load(host, devices().get(0), 4);
    await().atMost(PATIENCE).until(() -> load.ok.get() > 100);
    node1.kill();
    await().atMost(PATIENCE).until(() -> !log.of(HostEvent.SessionDown.class).isEmpty());
    int before = load.ok.get();
    node1.start();
    await().atMost(PATIENCE).until(() -> load.ok.get() > before + 100);
    load.stop();
    await().atMost(PATIENCE).until(load::isOver);
    assertThat(load.failed).isEmpty();
    assertThat(log.paths(false)).isEmpty();
  }

  @Test
  void pathsThatWereNotReachableAtStartJoinLater() throws IOException {
    attach(roundRobin(1));
    assertThat(pathsOf(devices().get(0))).containsExactly("nic0:node1.a", "nic0:node1.b");
    assertThat(log.of(HostEvent.DiscoveryFailed.class))
        .extracting(event -> event.link().id())
        .contains("nic0:node2.a", "nic0:node2.b");
    node2.start();
    await().atMost(PATIENCE).until(() -> log.of(HostEvent.PathJoined.class).size() == 2);
    assertThat(devices()).hasSize(1);
    assertThat(pathsOf(devices().get(0)))
        .containsExactly("nic0:node1.a", "nic0:node1.b", "nic0:node2.a", "nic0:node2.b");
  }

  @Test
  void aLogicalUnitThatComesBackAsAnotherIsRefused() throws IOException {
    node2.start();
    attach(roundRobin(1));
    node1.kill();
    await().atMost(PATIENCE).until(() -> log.paths(false).size() == 2);
    log.clear();
    node1.start("IET 00010099");
    await().atMost(PATIENCE).until(() -> log.of(HostEvent.PathRefused.class).size() == 2);
    LiveIo.Load load = new LiveIo.Load(host, devices().get(0), 4);
    await().atMost(PATIENCE).until(() -> load.ok.get() > 200);
    load.stop();
    await().atMost(PATIENCE).until(load::isOver);
    assertThat(load.failed).isEmpty();
    assertThat(load.sentOn).containsOnly("nic0:node2.a", "nic0:node2.b");
    assertThat(log.paths(true)).isEmpty();
  }

  @Test
  void anAdvertisedAddressWithoutALinkIsUnreachableNotACrash() {
    // the array advertises its loopback address, but the link is known by another one
    HostLink link = new HostLink("nic0:node1.a", "nic0", new Portal("10.10.1.10", 3260), 1);
    attach(roundRobin(1), List.of(link), 0);
    assertThat(devices()).isEmpty();
    assertThat(log.of(HostEvent.AddressUnreachable.class))
        .first()
        .isEqualTo(new HostEvent.AddressUnreachable("nic0", TgtNode.TARGET, node1.portal(0)));
    assertThat(log.of(HostEvent.SessionUp.class)).isEmpty();
  }

  @Test
  void detachingLogsOutOfEverySession() throws IOException {
    node2.start();
    attach(roundRobin(1));
    assertThat(node1.connections()).contains("Session");
    LiveIo.join(host.detach());
    await().atMost(PATIENCE).until(() -> !node1.connections().contains("Session"));
    assertThat(node2.connections()).doesNotContain("Session");
    assertThat(log.of(HostEvent.SessionEnded.class)).hasSize(4);
  }
}
