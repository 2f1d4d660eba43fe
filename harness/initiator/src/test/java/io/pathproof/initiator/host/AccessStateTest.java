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
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asymmetric access: states that the array tells, and the unit attentions that announce them. */
class AccessStateTest {
  private static final Sense STATE_CHANGED = Sense.fixed(SenseKey.UNIT_ATTENTION, 0x2a, 0x06);
  private static final Sense POWER_ON = Sense.fixed(SenseKey.UNIT_ATTENTION, 0x29, 0x00);

  private static HostPath path(HostLink link) {
    return new HostPath(link.id(), link, FakeArray.TARGET, Lun.of(1));
  }

  private static List<HostEvent.UnitAttention> attentions(FakeArray array) {
    return array.log.of(HostEvent.UnitAttention.class);
  }

  // ---- states

  @ParameterizedTest(name = "{0}, beside a preferred {1}: link {2}")
  @CsvSource({
    "ACTIVE_NON_OPTIMIZED, ACTIVE_NON_OPTIMIZED, 2",
    "ACTIVE_OPTIMIZED, ACTIVE_OPTIMIZED, 1",
    "ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED, 2",
  })
  void thePreferredBitLiftsAGroupThatIsNotOptimized(
      AccessState first, AccessState second, int expected) {
    FakeArray array = array(0, first, second);
    array.units.values().forEach(unit -> unit.preferred.add(2));
    array.start();
    assertThat(carrier(array)).isEqualTo((expected == 1 ? A : B).id());
  }

  @ParameterizedTest
  @CsvSource({
    "ACTIVE_OPTIMIZED, active/optimized",
    "ACTIVE_NON_OPTIMIZED, active/non-optimized",
    "STANDBY, standby",
    "UNAVAILABLE, unavailable",
    "LOGICAL_BLOCK_DEPENDENT, logical-block-dependent",
    "OFFLINE, offline",
    "TRANSITIONING, transitioning",
  })
  void eachStateIsToldByItsWord(AccessState state, String word) {
    FakeArray array = array(0, state, AccessState.ACTIVE_OPTIMIZED).start();
    assertThat(told(array)).contains(A.id() + " " + word, B.id() + " active/optimized").hasSize(2);
  }

  @ParameterizedTest(name = "{0} beside {1}: link {2}")
  @CsvSource({
    "ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED, 1",
    "ACTIVE_NON_OPTIMIZED, ACTIVE_OPTIMIZED, 2",
    "ACTIVE_NON_OPTIMIZED, ACTIVE_NON_OPTIMIZED, 1",
    "STANDBY, ACTIVE_NON_OPTIMIZED, 2",
    "UNAVAILABLE, ACTIVE_NON_OPTIMIZED, 2",
    "OFFLINE, ACTIVE_NON_OPTIMIZED, 2",
    "TRANSITIONING, ACTIVE_NON_OPTIMIZED, 2",
    "STANDBY, UNAVAILABLE, 1",
    "UNAVAILABLE, STANDBY, 2",
    "OFFLINE, STANDBY, 2",
    "STANDBY, LOGICAL_BLOCK_DEPENDENT, 2",
    "LOGICAL_BLOCK_DEPENDENT, ACTIVE_NON_OPTIMIZED, 2",
  })
  void theStatesDecideWhichPathCarriesTheFirstIo(
      AccessState first, AccessState second, int expected) {
    FakeArray array = array(0, first, second).start();
    assertThat(carrier(array)).isEqualTo((expected == 1 ? A : B).id());
  }

  @Test
  void aUnitWithoutAsymmetricAccessIsNotAskedThoughItNamesAPortGroup() {
    FakeArray array = array(0, AccessState.STANDBY, AccessState.ACTIVE_OPTIMIZED);
    array.units.values().forEach(unit -> unit.asymmetric = false);
    array.start();
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    assertThat(array.write().lines).last().isEqualTo("completed OK " + A.id());
    assertThat(attentions(array)).hasSize(1);
    assertThat(array.units.get(A.id()).groupsAsked()).isZero();
    assertThat(told(array)).isEmpty();
  }

  @Test
  void aGroupThatTheArrayDoesNotReportLeavesThePathAsItIs() {
    FakeArray array = firstOptimized(0);
    array.units.get(A.id()).states.remove(1);
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.write();
    assertThat(told(array)).isEmpty();
    assertThat(carrier(array)).isEqualTo(A.id());
  }

  @Test
  void aReportThatCannotBeReadIsABreach() {
    FakeArray array = firstOptimized(0);
    array.units.get(A.id()).groupsData =
        ByteBuffer.wrap(new byte[] {0, 0, 0, 8, 0x07, 0, 0, 1, 0, 0, 0, 0});
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.write();
    assertThat(array.log.of(HostEvent.ProtocolBreach.class))
        .singleElement()
        .satisfies(
            breach -> {
              assertThat(breach.link()).isEqualTo(A);
              assertThat(breach.what()).contains("ASYMMETRIC ACCESS STATE");
            });
    assertThat(told(array)).isEmpty();
    assertThat(carrier(array)).isEqualTo(A.id());
  }

  // ---- unit attentions

  @Test
  void anIoThatMeetsAChangedStateIsRepeatedThereAndTheNextGoesToTheOptimizedPath() {
    FakeArray array = firstOptimized(0);
    states(array, AccessState.ACTIVE_NON_OPTIMIZED, AccessState.ACTIVE_OPTIMIZED);
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.units.get(B.id()).toldFirst.add(STATE_CHANGED);
    assertThat(array.write().lines)
        .containsExactly(
            "sent nic0:node1.a #1",
            "ended nic0:node1.a #1 FAILED true",
            "sent nic0:node1.a #2",
            "completed OK nic0:node1.a");
    assertThat(attentions(array)).containsExactly(new HostEvent.UnitAttention(path(A), 0x2a, 0x06));
    assertThat(told(array))
        .as("the answer is about both groups, and B is idle")
        .containsExactly(A.id() + " active/non-optimized", B.id() + " active/optimized");
    assertThat(array.log.of(HostEvent.PathSwitched.class))
        .containsExactly(
            new HostEvent.PathSwitched("mpatha", path(A), path(B), "access states changed"));
    assertThat(array.write().lines).last().isEqualTo("completed OK " + B.id());
    assertThat(attentions(array)).last().isEqualTo(new HostEvent.UnitAttention(path(B), 0x2a, 6));
  }

  @Test
  void anAttentionOfAnotherKindIsToldAndNothingIsAsked() {
    FakeArray array = firstOptimized(0);
    array.units.get(A.id()).toldFirst.add(POWER_ON);
    array.write();
    assertThat(attentions(array)).containsExactly(new HostEvent.UnitAttention(path(A), 0x29, 0));
    assertThat(array.units.get(A.id()).groupsAsked()).isZero();
  }

  @Test
  void anAttentionThatACheckMeetsIsToldAndFollowed() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.ioFails = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x0b);
    array.write();
    assertThat(array.log.paths(false)).containsExactly(A.id());
    unit.ioFails = null;
    states(array, AccessState.STANDBY, AccessState.ACTIVE_OPTIMIZED);
    unit.toldFirst.add(STATE_CHANGED);
    array.pass(CHECKER_MS);
    assertThat(attentions(array)).containsExactly(new HostEvent.UnitAttention(path(A), 0x2a, 0x06));
    assertThat(told(array)).containsExactly(A.id() + " standby", B.id() + " active/optimized");
    assertThat(array.log.paths(true)).containsExactly(A.id());
    assertThat(carrier(array)).isEqualTo(B.id());
  }

  @Test
  void anAttentionThatTheQuestionItselfMeetsIsToldAndItIsAskedAgain() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.toldFirst.addAll(List.of(STATE_CHANGED, POWER_ON));
    // the second one is met by whichever command comes next: the question
    array.write();
    assertThat(attentions(array)).map(HostEvent.UnitAttention::asc).containsExactly(0x2a, 0x29);
    assertThat(told(array)).containsExactly(A.id() + " active/optimized");
    assertThat(unit.groupsAsked()).isEqualTo(2);
  }

  @Test
  void attentionsWithoutEndAreNotFollowedForEver() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    for (int i = 0; i < 100; i++) {
      unit.toldFirst.add(STATE_CHANGED);
    }
    array.write();
    assertThat(unit.groupsAsked()).isPositive().isLessThan(40);
    unit.toldFirst.clear();
    unit.toldFirst.addAll(List.of(STATE_CHANGED, POWER_ON));
    array.log.clear();
    array.write();
    assertThat(told(array)).as("the next one is followed anew").hasSize(1);
  }

  @Test
  void attentionsWhileTheQuestionIsUnderWayAskOnceMoreAfterIt() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.toldFirst.addAll(List.of(STATE_CHANGED, STATE_CHANGED, STATE_CHANGED));
    DeviceCore device = array.core.devices().get(0);
    for (int i = 0; i < 3; i++) {
      device.read(0, 1, new IoLog(), array.nowNs);
    }
    array.pump();
    assertThat(attentions(array)).hasSize(3);
    assertThat(unit.groupsAsked()).isEqualTo(2);
    assertThat(told(array)).hasSize(2);
  }

  @Test
  void anAttentionThatAProbeMeetsIsTold() {
    FakeArray array = array(0, AccessState.ACTIVE_OPTIMIZED, AccessState.ACTIVE_NON_OPTIMIZED);
    array.units.get(A.id()).toldFirst.add(POWER_ON);
    array.start();
    assertThat(attentions(array)).containsExactly(new HostEvent.UnitAttention(path(A), 0x29, 0));
    array.cut(A.id());
    array.log.clear();
    array.units.get(A.id()).toldFirst.addAll(List.of(POWER_ON, STATE_CHANGED));
    array.reconnect(A.id(), A.portal());
    assertThat(attentions(array))
        .containsExactly(
            new HostEvent.UnitAttention(path(A), 0x29, 0),
            new HostEvent.UnitAttention(path(A), 0x2a, 0x06));
    assertThat(array.log.paths(true)).containsExactly(A.id());
  }

  // ---- asking again

  @Test
  void aTransitionIsFollowedToItsEndThoughNothingAnnouncesIt() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    states(array, AccessState.TRANSITIONING, AccessState.ACTIVE_NON_OPTIMIZED);
    unit.toldFirst.add(STATE_CHANGED);
    array.write();
    assertThat(told(array)).containsExactly(A.id() + " transitioning");
    array.pass(CHECKER_MS - 1);
    assertThat(unit.groupsAsked()).isEqualTo(1);
    array.pass(1);
    assertThat(told(array)).hasSize(2).last().isEqualTo(A.id() + " transitioning");
    states(array, AccessState.ACTIVE_OPTIMIZED, AccessState.ACTIVE_NON_OPTIMIZED);
    array.pass(CHECKER_MS);
    assertThat(told(array)).last().isEqualTo(A.id() + " active/optimized");
    unit.received.clear();
    array.pass(10 * CHECKER_MS);
    assertThat(unit.received).isEmpty();
    assertThat(carrier(array)).isEqualTo(A.id());
  }

  @Test
  void aQuestionThatFailsIsAskedLater() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    states(array, AccessState.STANDBY, AccessState.ACTIVE_OPTIMIZED);
    unit.groupsFail = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x0a);
    unit.toldFirst.add(STATE_CHANGED);
    array.write();
    array.pass(2 * CHECKER_MS);
    assertThat(told(array)).isEmpty();
    assertThat(unit.groupsAsked()).isEqualTo(3);
    unit.groupsFail = null;
    array.pass(CHECKER_MS);
    assertThat(told(array)).contains(A.id() + " standby", B.id() + " active/optimized");
    assertThat(carrier(array)).isEqualTo(B.id());
    unit.received.clear();
    array.pass(10 * CHECKER_MS);
    assertThat(unit.received).isEmpty();
  }

  @Test
  void anArrayThatDoesNotKnowTheQuestionIsAskedOnce() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.groupsFail = Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x20, 0x00);
    unit.toldFirst.add(STATE_CHANGED);
    array.write();
    array.pass(10 * CHECKER_MS);
    assertThat(unit.groupsAsked()).isEqualTo(1);
  }

  @Test
  void aQuestionThatTheLossOfTheSessionEndedIsAskedWithTheNextLogin() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.slowGroups.add(A.id());
    unit.toldFirst.add(STATE_CHANGED);
    array.write();
    array.slowGroups.clear();
    array.cut(A.id());
    array.arrive();
    array.log.clear();
    unit.received.clear();
    array.pass(10 * CHECKER_MS);
    assertThat(unit.received).isEmpty();
    array.reconnect(A.id(), A.portal());
    assertThat(told(array)).containsExactly(A.id() + " active/optimized");
  }

  @Test
  void aQuestionThatFailedIsNotAskedWhileTheSessionIsDown() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    unit.groupsFail = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x0a);
    unit.toldFirst.add(STATE_CHANGED);
    array.write();
    array.cut(A.id());
    unit.received.clear();
    array.pass(10 * CHECKER_MS);
    assertThat(unit.received).isEmpty();
    assertThat(array.submittedWhileDown).isZero();
  }

  @Test
  void anAnswerThatComesAfterThePathHasLeftItsGroupIsNoMatter() {
    FakeArray array = firstOptimized(0);
    FakeLogicalUnit unit = array.units.get(A.id());
    array.slowGroups.add(A.id());
    unit.toldFirst.add(STATE_CHANGED);
    array.write();
    array.cut(A.id());
    unit.asymmetric = false;
    array.reconnect(A.id(), A.portal());
    array.arrive();
    assertThat(told(array)).isEmpty();
    assertThat(carrier(array)).isEqualTo(A.id());
  }

  // ---- what one path hears of the others

  @Test
  void aStateThatIsKnownAlreadyIsNotToldForAnotherPathAgain() {
    FakeArray array = firstOptimized(0);
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.write();
    assertThat(told(array)).containsExactly(A.id() + " active/optimized");
  }

  @Test
  void anAnswerThatWasLongUnderWayDoesNotReplaceWhatThePathItselfHeardSince() {
    FakeArray array = firstOptimized(0);
    array.slowGroups.add(A.id());
    states(array, AccessState.STANDBY, AccessState.ACTIVE_NON_OPTIMIZED);
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.write();
    array.pass(1);
    states(array, AccessState.STANDBY, AccessState.ACTIVE_OPTIMIZED);
    array.units.get(B.id()).toldFirst.add(STATE_CHANGED);
    array.core.pathDevices().get(1).read(0, 1, new IoLog(), array.nowNs);
    array.pump();
    assertThat(told(array))
        .as("the other one waits for its own answer")
        .containsExactly(B.id() + " active/optimized");
    array.pass(1);
    array.arrive();
    assertThat(told(array)).hasSize(2).last().isEqualTo(A.id() + " standby");
    assertThat(carrier(array)).isEqualTo(B.id());
  }

  @Test
  void aPathThatIsDownHearsOfItWithItsOwnLogin() {
    FakeArray array = firstOptimized(0);
    array.cut(B.id());
    states(array, AccessState.ACTIVE_NON_OPTIMIZED, AccessState.ACTIVE_OPTIMIZED);
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.write();
    assertThat(told(array)).containsExactly(A.id() + " active/non-optimized");
    array.reconnect(B.id(), B.portal());
    assertThat(told(array)).last().isEqualTo(B.id() + " active/optimized");
    assertThat(carrier(array)).isEqualTo(B.id());
  }

  @Test
  void aPathWithoutAsymmetricAccessHasNoPartInIt() {
    FakeArray array = array(0, AccessState.ACTIVE_NON_OPTIMIZED, AccessState.ACTIVE_NON_OPTIMIZED);
    array.units.get(B.id()).asymmetric = false;
    array.start();
    assertThat(told(array)).containsExactly(A.id() + " active/non-optimized");
    states(array, AccessState.STANDBY, AccessState.ACTIVE_OPTIMIZED);
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.write();
    assertThat(told(array)).hasSize(2).last().isEqualTo(A.id() + " standby");
  }

  @Test
  void aPathWhoseGroupIsNotKnownSinceItsLoginIsNotGuessedAt() {
    FakeArray array = firstOptimized(2_000);
    array.cut(B.id());
    array.units.get(B.id()).notReady = Sense.fixed(SenseKey.NOT_READY, 0x04, 0x0a);
    array.reconnect(B.id(), B.portal(), 3);
    states(array, AccessState.ACTIVE_NON_OPTIMIZED, AccessState.ACTIVE_OPTIMIZED);
    array.units.get(A.id()).toldFirst.add(STATE_CHANGED);
    array.write();
    assertThat(told(array)).containsExactly(A.id() + " active/non-optimized");
  }
}
