package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.ReservationData;
import io.pathproof.protocol.scsi.ReservationType;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Persistent reservations of a device over its paths. */
class ReservationsTest {
  private static final Portal AT_1 = new Portal("10.0.0.1", 3260);
  private static final Portal AT_2 = new Portal("10.0.0.2", 3260);
  private static final long OURS = 0xabcd;
  private static final long THEIRS = 0x1234;
  private static final ReservationType REGISTRANTS =
      ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;

  private final SharedArray array = SharedArray.symmetric();
  private final FakeArray host = array.host("h", SharedArray.roundRobin(), 0);
  private final List<HostCommandResult> results = new ArrayList<>();

  private static DeviceCore device(FakeArray of) {
    return of.core.devices().get(0);
  }

  private static ReservationRequests requests(FakeArray of) {
    return device(of).reservations();
  }

  private HostCommandResult last(FakeArray of) {
    of.pump();
    assertThat(results).isNotEmpty();
    return results.remove(results.size() - 1);
  }

  private void register(FakeArray of, long key) {
    requests(of).register(key, false, false, results::add, of.nowNs);
    HostCommandResult result = last(of);
    assertThat(result.ok()).as(result.toString()).isTrue();
  }

  private void reserve(FakeArray of, ReservationType type) {
    requests(of).reserve(type, results::add, of.nowNs);
    HostCommandResult result = last(of);
    assertThat(result.ok()).as(result.toString()).isTrue();
  }

  private List<Long> keys(FakeArray of) {
    List<Long> keys = new ArrayList<>();
    requests(of).in().readKeys((result, data) -> keys.addAll(data.orElseThrow().keys()), of.nowNs);
    of.pump();
    return keys;
  }

  private ReservationData.Held held(FakeArray of) {
    List<ReservationData.Held> held = new ArrayList<>();
    requests(of).in().readReservation((result, data) -> held.add(data.orElseThrow()), of.nowNs);
    of.pump();
    return held.get(0);
  }

  private static IoEnd write(FakeArray of) {
    IoEnd end = new IoEnd();
    device(of).write(0, 1, (path, attempt) -> ByteBuffer.allocate(512), end, of.nowNs);
    of.pump();
    return end;
  }

  private static void down(FakeArray of, String link) {
    of.refusing.add(link);
    of.cut(link);
  }

  private void back(FakeArray of, String link, Portal at, int tag) {
    of.refusing.remove(link);
    of.reconnect(link, at, tag);
    of.pass(2_000);
  }

  private FakeArray other() {
    FakeArray other = array.host("o", SharedArray.failover(), 0);
    other.nowNs = host.nowNs;
    other.start();
    return other;
  }

  @Test
  void everyPathIsRegisteredAndMayWrite() {
    host.start();
    register(host, OURS);
    assertThat(keys(host)).containsExactly(OURS, OURS);
    reserve(host, REGISTRANTS);
    assertThat(held(host).reservation())
        .contains(new ReservationData.Held.Reservation(OURS, REGISTRANTS));
    assertThat(write(host).sent + "" + write(host).sent).isEqualTo("n1 n2 ");
    assertThat(array.arrived).endsWith("h node1 Write GOOD", "h node2 Write GOOD");
    assertThat(host.log.of(HostEvent.RegistrationChanged.class))
        .extracting(each -> each.path().id() + " " + each.registered())
        .containsExactly("n1 true", "n2 true");
  }

  @Test
  void aPathThatComesBackIsConfirmedBeforeItIsUsed() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    down(host, "n1");
    array.nexusLost(host, "h", "n1");
    array.arrived.clear();
    write(host);
    back(host, "n1", AT_1, 1);
    write(host);
    write(host);
    // REGISTER of the key over the key is GOOD only where it stands
    assertThat(array.arrived)
        .hasSize(4)
        .containsSubsequence("h node2 Write GOOD", "h node1 PR OUT 0 GOOD", "h node1 Write GOOD");
    assertThat(keys(host)).containsExactly(OURS, OURS);
  }

  @Test
  void aPathThatIsSentToAnotherPortIsRegisteredThereBeforeItIsUsed() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    down(host, "n1");
    array.connect(host, "h", "n1", 2);
    array.arrived.clear();
    back(host, "n1", AT_2, 2);
    write(host);
    write(host);
    assertThat(array.arrived)
        .containsExactly(
            "h node2 PR OUT 0 RESERVATION_CONFLICT",
            "h node2 PR OUT 0 GOOD",
            "h node2 Write GOOD",
            "h node2 Write GOOD");
    assertThat(keys(host)).containsExactly(OURS, OURS, OURS);
  }

  @Test
  void whatASessionKeptWhileItWasAwayGoesOutOnceItIsRegistered() {
    FakeArray waiting = array.host("w", SharedArray.failover(), 5_000);
    waiting.start();
    register(waiting, OURS);
    reserve(waiting, REGISTRANTS);
    down(waiting, "n2");
    waiting.cut("n1");
    array.connect(waiting, "w", "n1", 2);
    array.arrived.clear();
    IoEnd end = write(waiting);
    assertThat(end.result).isNull();
    assertThat(waiting.submittedWhileDown).isZero();
    waiting.reconnect("n1", AT_2, 2);
    assertThat(end.result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(array.arrived)
        .containsExactly(
            "w node2 PR OUT 0 RESERVATION_CONFLICT", "w node2 PR OUT 0 GOOD", "w node2 Write GOOD");
  }

  @Test
  void whatASessionKeptFailsOverWhenItsTimeIsOver() {
    FakeArray waiting = array.host("w", SharedArray.failover(), 5_000);
    waiting.start();
    register(waiting, OURS);
    waiting.cut("n1");
    IoEnd end = write(waiting);
    assertThat(end.result).isNull();
    waiting.pass(4_900);
    assertThat(end.result).isNull();
    waiting.pass(200);
    assertThat(end.result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(end.sent.toString()).isEqualTo("n1 n2 ");
  }

  @Test
  void anIoThatWentOutUnregisteredIsSentAgainOnceThePathIsRegistered() {
    FakeArray waiting = array.host("w", SharedArray.failover(), 5_000);
    waiting.start();
    register(waiting, OURS);
    reserve(waiting, REGISTRANTS);
    // in the session's own queue before the connection is lost, as behind a closed command window
    IoEnd end = new IoEnd();
    device(waiting).write(0, 1, (path, attempt) -> ByteBuffer.allocate(512), end, waiting.nowNs);
    waiting.session("n1").up = false;
    waiting.session("n1").listener.sessionDown(FakeArray.RESET, waiting.nowNs);
    array.connect(waiting, "w", "n1", 2);
    ByteBuffer ready = new Cdb.TestUnitReady().encode();
    waiting.servers.get("n1").apply(ScsiTask.nonData(0, ready, (outcome, now) -> {}));
    array.arrived.clear();
    waiting.reconnect("n1", AT_2, 2);
    assertThat(end.result.outcome()).as(end.result.detail()).isEqualTo(IoOutcome.OK);
    assertThat(array.arrived)
        .startsWith("w node2 Write RESERVATION_CONFLICT")
        .endsWith("w node2 PR OUT 0 GOOD", "w node2 Write GOOD");
  }

  @Test
  void aPathThatJoinsLaterIsRegisteredBeforeItIsUsed() {
    host.refusing.add("n2");
    host.start();
    host.pass(3_000);
    assertThat(device(host).paths()).hasSize(1);
    register(host, OURS);
    reserve(host, REGISTRANTS);
    array.arrived.clear();
    host.refusing.remove("n2");
    host.pass(3_000);
    host.sessions.values().stream()
        .filter(each -> !each.up)
        .forEach(each -> host.reconnect(each.link.id(), AT_2, 2));
    host.pass(3_000);
    assertThat(device(host).paths()).hasSize(2);
    write(host);
    write(host);
    assertThat(array.arrived)
        .containsSubsequence("h node2 PR OUT 0 GOOD", "h node2 Write GOOD")
        .doesNotContain("h node2 Write RESERVATION_CONFLICT");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReservationType.class,
      names = {
        "WRITE_EXCLUSIVE_REGISTRANTS_ONLY",
        "EXCLUSIVE_ACCESS_REGISTRANTS_ONLY",
        "WRITE_EXCLUSIVE_ALL_REGISTRANTS",
        "EXCLUSIVE_ACCESS_ALL_REGISTRANTS"
      })
  void aHostThatIsPreemptedWritesOverNoPathAndIsNotRegisteredAgain(ReservationType type) {
    host.start();
    register(host, OURS);
    reserve(host, type);
    FakeArray other = other();
    register(other, THEIRS);
    requests(other)
        .preempt(type.allRegistrants() ? 0 : OURS, type, true, results::add, other.nowNs);
    assertThat(last(other).outcome()).isEqualTo(Outcome.OK);
    for (int i = 0; i < 4; i++) {
      IoEnd end = write(host);
      assertThat(end.result.outcome()).isEqualTo(IoOutcome.FAILED);
      assertThat(end.refusal()).isEqualTo(new HostIoRefusal.ReservationConflict());
      // a unit attention first, and never another path
      assertThat(end.sent.toString()).matches("(n1 )+|(n2 )+");
    }
    assertThat(host.log.of(HostEvent.RegistrationLost.class)).hasSize(1);
    down(host, "n1");
    back(host, "n1", AT_1, 1);
    assertThat(device(host).pathState("n1")).isEqualTo(PathState.ACTIVE);
    assertThat(keys(other)).containsExactly(THEIRS, THEIRS);
    assertThat(write(host).refusal()).isEqualTo(new HostIoRefusal.ReservationConflict());
    assertThat(write(other).result.outcome()).isEqualTo(IoOutcome.OK);
  }

  @Test
  void aPathThatWasAwayWhileItWasPreemptedIsNotRegisteredAgain() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    down(host, "n1");
    down(host, "n2");
    FakeArray other = other();
    register(other, THEIRS);
    requests(other).preempt(OURS, REGISTRANTS, false, results::add, other.nowNs);
    assertThat(last(other).ok()).isTrue();
    array.connect(host, "h", "n1", 2);
    back(host, "n1", AT_2, 2);
    assertThat(host.log.of(HostEvent.RegistrationLost.class))
        .singleElement()
        .satisfies(lost -> assertThat(lost.why()).contains("0xabcd is not registered"));
    assertThat(keys(other)).containsExactly(THEIRS, THEIRS);
    assertThat(write(host).refusal()).isEqualTo(new HostIoRefusal.ReservationConflict());
  }

  @Test
  void registrationsThatTheArrayLostAreMadeAnew() {
    host.start();
    register(host, OURS);
    down(host, "n1");
    down(host, "n2");
    array.powerCycle();
    back(host, "n1", AT_1, 1);
    back(host, "n2", AT_2, 2);
    assertThat(keys(host)).containsExactly(OURS, OURS);
    assertThat(host.log.of(HostEvent.RegistrationLost.class)).isEmpty();
    assertThat(host.log.of(HostEvent.RegistrationChanged.class))
        .anySatisfy(each -> assertThat(each.how()).contains("had lost all registrations"));
    assertThat(write(host).result.outcome()).isEqualTo(IoOutcome.OK);
  }

  @Test
  void whatTheArrayPromisedToKeepIsPreemptedIfItIsGone() {
    host.start();
    requests(host).register(OURS, false, true, results::add, host.nowNs);
    assertThat(last(host).ok()).isTrue();
    down(host, "n1");
    down(host, "n2");
    array.powerCycle();
    back(host, "n1", AT_1, 1);
    // APTPL: it was kept
    assertThat(keys(host)).containsExactly(OURS, OURS);
    down(host, "n1");
    FakeArray other = other();
    register(other, THEIRS);
    requests(other).clear(results::add, other.nowNs);
    assertThat(last(other).ok()).isTrue();
    array.powerCycle();
    back(host, "n1", AT_1, 1);
    assertThat(host.log.of(HostEvent.RegistrationLost.class)).hasSize(1);
    assertThat(keys(host)).isEmpty();
  }

  @Test
  void aReservationIsReleasedThoughItsHolderIsDown() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    down(host, "n1");
    write(host);
    requests(host).release(REGISTRANTS, results::add, host.nowNs);
    assertThat(last(host).outcome()).isEqualTo(Outcome.OK);
    assertThat(held(host).reservation()).isEmpty();
    back(host, "n1", AT_1, 1);
    assertThat(keys(host)).containsExactly(OURS, OURS);
    assertThat(host.log.of(HostEvent.RegistrationLost.class)).isEmpty();
  }

  @Test
  void aReservationThatAnotherPathHoldsIsOurs() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    down(host, "n1");
    reserve(host, REGISTRANTS);
    requests(host)
        .reserve(ReservationType.EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, results::add, host.nowNs);
    HostCommandResult otherType = last(host);
    assertThat(otherType.outcome()).isEqualTo(Outcome.CONFLICT);
    assertThat(otherType.detail()).contains("0xabcd holds write exclusive registrants only");
    FakeArray other = other();
    register(other, THEIRS);
    requests(other).reserve(REGISTRANTS, results::add, other.nowNs);
    assertThat(last(other).outcome()).isEqualTo(Outcome.CONFLICT);
  }

  @Test
  void aReservationOfOnePathIsRefusedWhereThereAreSeveral() {
    host.start();
    register(host, OURS);
    ReservationRequests requests = requests(host);
    assertThatThrownBy(
            () -> requests.reserve(ReservationType.WRITE_EXCLUSIVE, results::add, host.nowNs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("take a type for registrants");
    assertThatThrownBy(() -> requests.register(0, false, false, results::add, host.nowNs))
        .hasMessageContaining("unregister");
    assertThatThrownBy(() -> requests.preempt(OURS, REGISTRANTS, false, results::add, host.nowNs))
        .hasMessageContaining("this host's own");
  }

  @Test
  void withoutAKeyNothingIsAskedOfTheArray() {
    host.start();
    array.arrived.clear();
    requests(host).reserve(REGISTRANTS, results::add, host.nowNs);
    requests(host).release(REGISTRANTS, results::add, host.nowNs);
    requests(host).clear(results::add, host.nowNs);
    requests(host).unregister(results::add, host.nowNs);
    host.pump();
    assertThat(results)
        .hasSize(4)
        .allSatisfy(each -> assertThat(each.detail()).contains("register one first"));
    assertThat(array.arrived).isEmpty();
  }

  @Test
  void aKeyThatOnePathIsRefusedIsTakenBackOnTheOthers() {
    host.start();
    // node 2 has another key for the nexus of n2
    ReservationCdb.OutParameters list =
        new ReservationCdb.OutParameters(0, 77, false, false, false);
    LuPath second = device(host).luPaths().get(1);
    List<String> ended = new ArrayList<>();
    PathCommand.write(
        second,
        new ReservationCdb.Out(0, 0, 0, 24),
        list.encode(),
        host.nowNs,
        (outcome, result, now) -> ended.add(result.detail()));
    host.pump();
    assertThat(ended).containsExactly("");
    requests(host).register(OURS, false, false, results::add, host.nowNs);
    HostCommandResult refused = last(host);
    assertThat(refused.outcome()).isEqualTo(Outcome.CONFLICT);
    assertThat(refused.path()).isEqualTo("n2");
    assertThat(keys(host)).containsExactly(77L);
    requests(host).register(OURS, true, false, results::add, host.nowNs);
    assertThat(last(host).ok()).isTrue();
    assertThat(keys(host)).containsExactlyInAnyOrder(OURS, OURS);
  }

  @Test
  void aReserveWhoseAnswerIsLostIsNotRepeated() {
    host.start();
    register(host, OURS);
    array.arrived.clear();
    host.silent.add("n1");
    requests(host).reserve(REGISTRANTS, results::add, host.nowNs);
    host.pump();
    assertThat(results).isEmpty();
    down(host, "n1");
    HostCommandResult lost = last(host);
    assertThat(lost.outcome()).isEqualTo(Outcome.INDETERMINATE);
    assertThat(lost.path()).isEqualTo("n1");
    host.pass(5_000);
    assertThat(array.arrived).isEmpty();
  }

  @Test
  void unregisterAndClearEndItAll() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    requests(host).unregister(results::add, host.nowNs);
    assertThat(last(host).ok()).isTrue();
    assertThat(keys(host)).isEmpty();
    assertThat(held(host).reservation()).isEmpty();
    register(host, OURS);
    FakeArray other = other();
    register(other, THEIRS);
    requests(host).clear(results::add, host.nowNs);
    assertThat(last(host).ok()).isTrue();
    assertThat(keys(host)).isEmpty();
    // the other host hears of it by 2A/03, and takes it for what it is
    write(other);
    assertThat(other.log.of(HostEvent.RegistrationLost.class)).hasSize(1);
    assertThat(host.log.of(HostEvent.RegistrationLost.class)).isEmpty();
    down(host, "n1");
    back(host, "n1", AT_1, 1);
    assertThat(keys(host)).isEmpty();
    assertThat(host.log.of(HostEvent.RegistrationLost.class)).isEmpty();
  }

  @Test
  void fullStatusAndCapabilitiesAreRead() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    List<ReservationData.FullStatus> status = new ArrayList<>();
    requests(host)
        .in()
        .readFullStatus((result, data) -> status.add(data.orElseThrow()), host.nowNs);
    List<ReservationData.Capabilities> capabilities = new ArrayList<>();
    requests(host)
        .in()
        .reportCapabilities((result, data) -> capabilities.add(data.orElseThrow()), host.nowNs);
    host.pump();
    assertThat(status.get(0).registrations())
        .extracting(each -> each.relativeTargetPort() + " " + each.held().isPresent())
        .containsExactly("1 true", "2 false");
    assertThat(status.get(0).registrations().get(0).initiatorPort())
        .isEqualTo("iqn.2026-11.io.pathproof:h,i,0x000000000001");
    assertThat(capabilities.get(0).types()).containsExactly(ReservationType.values());
  }

  @Test
  void anArrayWithoutReservationsIsToldApart() {
    FakeArray fake = FakeArray.of(SharedArray.failover(), 0, new HostLink("l1", "nic", AT_1, 1));
    fake.units.get("l1").objects =
        cdb ->
            cdb instanceof ReservationCdb ? Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x20, 0) : null;
    fake.start();
    requests(fake).register(OURS, false, false, results::add, fake.nowNs);
    assertThat(last(fake).outcome()).isEqualTo(Outcome.NOT_SUPPORTED);
    requests(fake).in().readKeys((result, data) -> results.add(result), fake.nowNs);
    assertThat(last(fake).outcome()).isEqualTo(Outcome.NOT_SUPPORTED);
    assertThat(write(fake).result.outcome()).isEqualTo(IoOutcome.OK);
  }

  @Test
  void aPathThatCannotBeRegisteredIsNotUsed() {
    host.start();
    register(host, OURS);
    reserve(host, REGISTRANTS);
    down(host, "n1");
    // who answers there now has no reservations at all
    FakeLogicalUnit poor = host.units.get("n1");
    poor.objects =
        cdb ->
            cdb instanceof ReservationCdb ? Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x20, 0) : null;
    var server = host.servers.get("n1");
    host.servers.put(
        "n1",
        task ->
            task.cdb().get(0) == 0x5f || task.cdb().get(0) == 0x5e
                ? poor.answer(task)
                : server.apply(task));
    array.arrived.clear();
    back(host, "n1", AT_1, 1);
    assertThat(device(host).pathState("n1")).isEqualTo(PathState.FAILED);
    assertThat(write(host).sent + "" + write(host).sent).isEqualTo("n2 n2 ");
    poor.objects = cdb -> null;
    host.servers.put("n1", server);
    host.pass(2_000);
    assertThat(device(host).pathState("n1")).isEqualTo(PathState.ACTIVE);
  }
}
