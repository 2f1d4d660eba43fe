package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.ReservationData;
import io.pathproof.protocol.scsi.ReservationType;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user asks of a device's persistent reservations, and what each path has to do for it. */
class ReservationRequestsTest extends ReservationRig {
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
}
