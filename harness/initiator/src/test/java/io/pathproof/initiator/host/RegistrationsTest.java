package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.ReservationData;
import io.pathproof.protocol.scsi.ReservationType;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device's paths are registered before use, and as long as the key stands at the array. */
class RegistrationsTest extends ReservationRig {
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
