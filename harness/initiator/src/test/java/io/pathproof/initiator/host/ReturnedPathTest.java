package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.TwoGroups.A;
import static io.pathproof.initiator.host.TwoGroups.B;
import static io.pathproof.initiator.host.TwoGroups.CHECKER_MS;
import static io.pathproof.initiator.host.TwoGroups.array;
import static io.pathproof.initiator.host.TwoGroups.carrier;
import static io.pathproof.initiator.host.TwoGroups.firstOptimized;
import static io.pathproof.initiator.host.TwoGroups.states;
import static io.pathproof.initiator.host.TwoGroups.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A path whose session has logged in again: which logical unit it leads to, and what its target
 * port group is now, are read anew, also while it is in use.
 */
class ReturnedPathTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 2_000})
  void identityAndStatesAreReadAgainWhenTheAddressHasMovedToAnotherNode(long recoveryMs) {
    FakeArray array = firstOptimized(recoveryMs);
    array.cut(A.id());
    // node 2 has taken the address of node 1
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.portGroup = 2;
    states(array, AccessState.UNAVAILABLE, AccessState.ACTIVE_OPTIMIZED);
    array.reconnect(A.id(), A.portal(), 2);
    assertThat(unit.received).contains(new Cdb.Inquiry(true, 0x83, 1024));
    assertThat(told(array))
        .containsExactly(A.id() + " active/optimized", B.id() + " active/optimized");
    assertThat(carrier(array)).isEqualTo(A.id());
  }

  @Test
  void aPathInUseThatCannotBeReadAfterAShortOutageIsReadLater() {
    FakeArray array = firstOptimized(2_000);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.cut(A.id());
    unit.portGroup = 2;
    states(array, AccessState.UNAVAILABLE, AccessState.ACTIVE_NON_OPTIMIZED);
    unit.notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x0a);
    array.reconnect(A.id(), A.portal(), 2);
    array.pass(3 * CHECKER_MS);
    assertThat(told(array)).as("the takeover is under way").isEmpty();
    assertThat(array.log.paths(false)).isEmpty();
    unit.notReady = null;
    array.pass(CHECKER_MS);
    assertThat(told(array)).containsExactly(A.id() + " active/non-optimized");
    unit.received.clear();
    array.pass(10 * CHECKER_MS);
    assertThat(unit.received).as("once it is known it is left alone").isEmpty();
  }

  @Test
  void aPathThatFailsBeforeItCouldBeReadIsLeftToItsChecker() {
    FakeArray array = firstOptimized(2_000);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.cut(A.id());
    unit.notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x03);
    array.reconnect(A.id(), A.portal());
    unit.ioFails = unit.notReady;
    array.write();
    assertThat(array.log.paths(false)).containsExactly(A.id());
    unit.received.clear();
    array.pass(CHECKER_MS);
    assertThat(unit.received).filteredOn(Cdb.TestUnitReady.class::isInstance).hasSize(1);
  }

  @Test
  void aPathWhoseSessionIsLostAgainIsReadAfterItsNextLogin() {
    FakeArray array = firstOptimized(2_000);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.cut(A.id());
    unit.notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x01);
    array.reconnect(A.id(), A.portal());
    array.cut(A.id());
    unit.received.clear();
    array.pass(2 * CHECKER_MS);
    assertThat(unit.received).isEmpty();
    assertThat(array.submittedWhileDown).isZero();
    unit.notReady = null;
    array.reconnect(A.id(), A.portal());
    assertThat(told(array)).containsExactly(A.id() + " active/optimized");
  }

  @Test
  void aPathInUseThatTurnsOutToBeAnotherUnitIsRefusedThoughThatIsNotReady() {
    FakeArray array = firstOptimized(2_000);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.cut(A.id());
    unit.naa[15] = 99;
    unit.notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x01);
    array.reconnect(A.id(), A.portal(), 2);
    assertThat(array.log.paths(false)).containsExactly(A.id());
    array.pass(CHECKER_MS);
    unit.notReady = null;
    array.pass(CHECKER_MS);
    assertThat(array.log.of(HostEvent.PathRefused.class)).as("told once").hasSize(1);
    assertThat(array.log.paths(false)).containsExactly(A.id());
  }
}
