package io.pathproof.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pathproof.initiator.host.HostCommandResult;
import io.pathproof.initiator.host.HostDevice;
import io.pathproof.initiator.host.HostEvent;
import io.pathproof.initiator.host.HostIoListener;
import io.pathproof.initiator.host.HostIoRefusal;
import io.pathproof.initiator.host.HostIoResult;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.host.HostReservations;
import io.pathproof.initiator.host.HostSettings;
import io.pathproof.initiator.host.NettyHost;
import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.ReservationType;
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import io.pathproof.targets.array.system.ArrayConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Persistent reservations and explicit access states at the simulated array, over sockets. */
@Timeout(60)
class HostReservationsTest {
  private static final ReservationType REGISTRANTS =
      ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
  private static final String TARGET = "iqn.2026-11.io.pathproof:array";
  private static final long SECONDS = 20;

  private SimulatedArray array = start(ArrayConfig.Alua.NONE);

  private static SimulatedArray start(ArrayConfig.Alua alua) {
    return SimulatedArray.start(
        new ArrayConfig(
            "reserved",
            TARGET,
            List.of(node("node1", "10.0.0.1"), node("node2", "10.0.0.2")),
            List.of(),
            List.of(
                new ArrayConfig.Volume(
                    "vol0", 0, 1 << 20, 512, Optional.empty(), ArrayConfig.Store.MEMORY)),
            Optional.empty(),
            0,
            new ArrayConfig.Redirect(ArrayConfig.Policy.NEVER, false),
            OptionalLong.of(100),
            alua,
            Optional.empty(),
            1),
        new LoopbackNetwork());
  }

  private final EventLoops loops = new EventLoops(2);
  private final List<HostEvent> events = new CopyOnWriteArrayList<>();

  private static ArrayConfig.Node node(String name, String address) {
    return new ArrayConfig.Node(
        name, List.of(new ArrayConfig.Port("a", address, ArrayConfig.ISCSI_PORT, "san")));
  }

  @AfterEach
  void close() {
    array.close();
    loops.close();
  }

  private NettyHost attach(String name, Consumer<HostEvent> told) throws Exception {
    HostLink first = new HostLink("n1", "nic", new Portal("10.0.0.1", 3260), 1);
    HostLink second = new HostLink("n2", "nic", new Portal("10.0.0.2", 3260), 2);
    HostSettings settings =
        HostSettings.builder("iqn.2026-11.io.pathproof:" + name, List.of(first, second))
            .targets(Set.of(TARGET))
            .timers(SessionTimers.ofMillis(5_000, 200, 1_000, 10_000, 2_000, 0, 50))
            .multipath(
                MultipathSettings.multipath(
                    Policy.ROUND_ROBIN, 1, 0, true, Failback.IMMEDIATE, 10_000, 100))
            .build();
    return NettyHost.attach(loops, settings, this::nearEnd, (event, now) -> told.accept(event))
        .get(SECONDS, TimeUnit.SECONDS);
  }

  private InetSocketAddress nearEnd(HostLink link) {
    Reachability reached = array.reach(link.portal().host(), link.portal().port());
    return reached instanceof Reachability.Answers answers
        ? answers.at()
        // nobody listens there
        : new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
  }

  private static <T> T on(NettyHost host, BiConsumer<HostDevice, CompletableFuture<T>> what)
      throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    host.eventLoop().execute(() -> what.accept(host.devices().get(0), done));
    return done.get(SECONDS, TimeUnit.SECONDS);
  }

  private static void ok(
      NettyHost host, BiConsumer<HostReservations, Consumer<HostCommandResult>> what)
      throws Exception {
    HostCommandResult result =
        HostReservationsTest.<HostCommandResult>on(
            host, (device, done) -> what.accept(device.reservations(), done::complete));
    assertThat(result.ok()).as(result.toString()).isTrue();
  }

  private static HostIoResult write(NettyHost host) throws Exception {
    return on(
        host,
        (device, done) ->
            device.write(
                0,
                1,
                (path, attempt) -> ByteBuffer.allocate(512),
                new HostIoListener() {
                  @Override
                  public void sent(String path, int attempt) {}

                  @Override
                  public void attemptEnded(
                      String path, int attempt, HostIoResult result, boolean retried) {}

                  @Override
                  public void completed(HostIoResult result) {
                    done.complete(result);
                  }
                }));
  }

  private static List<Long> keys(NettyHost host) throws Exception {
    return on(
        host,
        (device, done) ->
            device
                .reservations()
                .readKeys((result, data) -> done.complete(data.orElseThrow().keys())));
  }

  @Test
  void takeoverKeepsAccessAndPreemptionEndsIt() throws Exception {
    NettyHost host = attach("h", events::add);
    NettyHost other = attach("o", event -> {});
    ok(host, (device, done) -> device.register(7, false, done));
    ok(host, (device, done) -> device.reserve(REGISTRANTS, done));
    assertThat(write(other).refusal()).contains(new HostIoRefusal.ReservationConflict());

    // node 2 takes over node 1's address: another nexus, which is registered before it writes
    array.act("node1", "stop", "").toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    Awaitility.await()
        .atMost(SECONDS, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(keys(host)).containsExactly(7L, 7L, 7L));
    for (int i = 0; i < 4; i++) {
      HostIoResult result = write(host);
      assertThat(result.outcome()).as(result.detail()).isEqualTo(IoOutcome.OK);
    }
    // a write that is under way when the address goes back is left behind at node 2: the session
    // over node 2's own address leads there, and ends what it left
    CompletableFuture<?> restored = array.restore("node1", "stop", "").toCompletableFuture();
    do {
      HostIoResult result = write(host);
      assertThat(result.outcome()).as(result.detail()).isEqualTo(IoOutcome.OK);
    } while (!restored.isDone());
    restored.get(SECONDS, TimeUnit.SECONDS);
    for (int i = 0; i < 4; i++) {
      assertThat(write(host).outcome()).isEqualTo(IoOutcome.OK);
    }

    ok(other, (device, done) -> device.register(9, false, done));
    ok(other, (device, done) -> device.preempt(7, REGISTRANTS, true, done));
    for (int i = 0; i < 4; i++) {
      HostIoResult result = write(host);
      assertThat(result.outcome()).isEqualTo(IoOutcome.FAILED);
      assertThat(result.refusal()).contains(new HostIoRefusal.ReservationConflict());
    }
    assertThat(write(other).outcome()).isEqualTo(IoOutcome.OK);
    assertThat(keys(other)).containsOnly(9L);
    assertThat(events).filteredOn(HostEvent.RegistrationLost.class::isInstance).hasSize(1);
    host.detach().get(SECONDS, TimeUnit.SECONDS);
    other.detach().get(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void hostThatHasForgottenItsKeyRegistersInSpiteOfIt() throws Exception {
    NettyHost before = attach("h", event -> {});
    ok(before, (device, done) -> device.register(7, false, done));
    before.detach().get(SECONDS, TimeUnit.SECONDS);
    NettyHost after = attach("h", event -> {});
    HostCommandResult refused =
        HostReservationsTest.<HostCommandResult>on(
            after, (device, done) -> device.reservations().register(8, false, done::complete));
    assertThat(refused.outcome()).isEqualTo(HostCommandResult.Outcome.CONFLICT);
    assertThat(keys(after)).containsOnly(7L);
    ok(after, (device, done) -> device.registerIgnoringExistingKey(8, false, done));
    assertThat(keys(after)).containsExactly(8L, 8L);
    ok(after, HostReservations::unregister);
    assertThat(keys(after)).isEmpty();
    after.detach().get(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void userMakesAPortGroupActive() throws Exception {
    array.close();
    array = start(new ArrayConfig.Alua(ArrayConfig.Mode.EXPLICIT, AccessState.STANDBY, 100));
    NettyHost host = attach("h", events::add);
    HostCommandResult result =
        HostReservationsTest.<HostCommandResult>on(
            host,
            (device, done) ->
                device.setTargetPortGroup(2, AccessState.ACTIVE_OPTIMIZED, done::complete));
    assertThat(result.ok()).as(result.toString()).isTrue();
    assertThat(events)
        .filteredOn(HostEvent.AccessStateTold.class::isInstance)
        .last()
        .satisfies(
            told ->
                assertThat(((HostEvent.AccessStateTold) told).state())
                    .isEqualTo("active/optimized"));
    assertThatIllegalStateException()
        .isThrownBy(
            () -> host.devices().get(0).setTargetPortGroup(2, AccessState.STANDBY, ignored -> {}))
        .withMessageContaining("event loop");
    host.detach().get(SECONDS, TimeUnit.SECONDS);
  }
}
