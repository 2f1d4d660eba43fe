package io.pathproof.targets.array.scsi;

import static io.pathproof.targets.array.scsi.Bench.assertAttention;
import static io.pathproof.targets.array.scsi.Bench.assertGood;
import static io.pathproof.targets.array.scsi.Bench.assertSense;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.TargetPortGroups;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asymmetric access (SPC-4 clause 5.15) and unit attentions (SAM-5 clause 5.14). */
class AccessTest {
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
  private static final String INQUIRY = "12 00 00 00 ff 00";
  private static final String REPORT_LUNS = "a0 00 00 00 00 00 00000100 00 00";
  private static final String REPORT_GROUPS = "a3 0a 00 00 00 00 00000100 00 00";
  private static final String READ = "28 00 00000000 00 0001 00";

  private final Bench bench = new Bench().settled();

  private TargetPortGroups groups(Nexus nexus) throws Exception {
    return TargetPortGroups.decode(bench.run(nexus, REPORT_GROUPS).dataIn());
  }

  @ParameterizedTest
  @CsvSource({
    "STANDBY,       LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_STANDBY_STATE,            true, true",
    "UNAVAILABLE,   LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_UNAVAILABLE_STATE,        false, true",
    "TRANSITIONING, LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION,      false, false"
  })
  void statesServeWhatTheStandardSays(
      AccessState state, AdditionalSense refusal, boolean modes, boolean set) {
    if (state == AccessState.TRANSITIONING) {
      bench.units.accessState("vol0", 1, AccessState.STANDBY, 1000, bench.now);
    } else {
      bench.units.accessState("*", 1, state, 0, bench.now);
      bench.run(bench.a1, TEST_UNIT_READY);
    }
    assertThat(bench.units.accessState("vol0", 1)).isEqualTo(state);
    for (String always : new String[] {INQUIRY, REPORT_LUNS, REPORT_GROUPS, "03 00 00 00 ff 00"}) {
      assertGood(bench.run(bench.a1, always));
    }
    for (String medium : new String[] {TEST_UNIT_READY, READ, "42 00 00000000 00 0000 00"}) {
      assertSense(bench.run(bench.a1, medium), SenseKey.NOT_READY, refusal);
    }
    for (String mode : new String[] {"1a 00 3f 00 ff 00", "5e 00 00 00 00 00 00 00 ff 00"}) {
      if (modes) {
        assertGood(bench.run(bench.a1, mode));
      } else {
        assertSense(bench.run(bench.a1, mode), SenseKey.NOT_READY, refusal);
      }
    }
    ScsiOutcome outcome = bench.run(bench.a1, "a4 0a 00 00 00 00 00000000 00 00");
    assertThat(outcome.status() == ScsiStatus.GOOD).isEqualTo(set);
    bench.drain(bench.b2);
    assertGood(bench.run(bench.b2, READ));
  }

  @Test
  void anImplicitChangeTakesItsTimeAndIsToldOnceToEveryNexus() throws Exception {
    bench.units.own("vol0", "node2", 500, 100);
    bench.now = 599;
    assertThat(bench.units.nextDeadlineNs()).isEqualTo(600);
    assertSense(
        bench.run(bench.b2, READ),
        SenseKey.NOT_READY,
        AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION);
    bench.now = 600;
    bench.units.onTime(600);
    assertThat(bench.units.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    for (Nexus each : new Nexus[] {bench.a1, bench.a2, bench.b1, bench.b2}) {
      assertAttention(bench.run(each, READ), AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);
      assertGood(bench.run(each, READ));
    }
    TargetPortGroups groups = groups(bench.a1);
    assertThat(groups.groups())
        .extracting(TargetPortGroups.Group::state)
        .containsExactly(AccessState.ACTIVE_NON_OPTIMIZED, AccessState.ACTIVE_OPTIMIZED);
    assertThat(groups.groups().get(0).preferred()).isTrue();
    assertThat(groups.groups().get(0).statusCode()).isEqualTo(2);
    assertThat(groups.groups().get(1).relativeTargetPorts()).containsExactly(2);
  }

  @Test
  void anExplicitChangeIsNotToldToItsAsker() throws Exception {
    ByteBuffer list = ByteBuffer.allocate(12).put(4, (byte) 1).putShort(6, (short) 1);
    list.put(8, (byte) 0).putShort(10, (short) 2);
    ByteBuffer cdb = Bench.hex("a4 0a 00 00 00 00 0000000c 00 00");
    assertGood(bench.run(bench.a1, cdb, list));
    bench.now += 2_000_000_000L;
    bench.units.onTime(bench.now);
    assertGood(bench.run(bench.a1, READ));
    assertAttention(bench.run(bench.b1, READ), AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);
    assertThat(groups(bench.a1).groups().get(1).state()).isEqualTo(AccessState.ACTIVE_OPTIMIZED);
    assertThat(groups(bench.a1).groups().get(1).statusCode()).isEqualTo(1);
  }

  @Test
  void aWrongGroupChangesNothing() {
    ByteBuffer list = ByteBuffer.allocate(12).put(4, (byte) 2).putShort(6, (short) 1);
    list.put(8, (byte) 0).putShort(10, (short) 3);
    ByteBuffer cdb = Bench.hex("a4 0a 00 00 00 00 0000000c 00 00");
    Bench.assertIllegal(
        bench.run(bench.a1, cdb, list), AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
    assertThat(bench.units.accessState("vol0", 1)).isEqualTo(AccessState.ACTIVE_OPTIMIZED);
  }

  @Test
  void aNewNexusIsToldOfThePowerOnOnce() {
    Nexus fresh = Bench.nexus("c", 3, 1);
    assertGood(bench.run(fresh, INQUIRY));
    assertGood(bench.run(fresh, REPORT_LUNS));
    assertAttention(
        bench.run(fresh, TEST_UNIT_READY),
        AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
    assertGood(bench.run(fresh, TEST_UNIT_READY));
  }

  @Test
  void requestSenseGivesAndClearsAUnitAttention() throws Exception {
    bench.units.raise("vol0", AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
    var sense =
        io.pathproof.protocol.scsi.Sense.decode(bench.run(bench.a1, "03 00 00 00 ff 00").dataIn());
    assertThat(sense.is(SenseKey.UNIT_ATTENTION, AdditionalSense.CAPACITY_DATA_HAS_CHANGED))
        .isTrue();
    assertGood(bench.run(bench.a1, TEST_UNIT_READY));
    assertAttention(
        bench.run(bench.b1, TEST_UNIT_READY), AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
  }

  @Test
  void attentionsComeInOrderWithResetsFirst() {
    bench.units.raise("*", AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED);
    bench.units.raise("*", AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
    bench.units.raise("*", AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
    bench.units.logicalUnitReset(bench.b1, Bench.LUN, bench.now);
    for (AdditionalSense each :
        new AdditionalSense[] {
          AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED,
          AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED,
          AdditionalSense.CAPACITY_DATA_HAS_CHANGED
        }) {
      assertAttention(bench.run(bench.a1, TEST_UNIT_READY), each);
    }
    assertGood(bench.run(bench.a1, TEST_UNIT_READY));
    assertGood(bench.run(bench.b1, REPORT_LUNS));
    assertAttention(
        bench.run(bench.b1, TEST_UNIT_READY), AdditionalSense.BUS_DEVICE_RESET_FUNCTION_OCCURRED);
    assertAttention(
        bench.run(bench.b1, TEST_UNIT_READY), AdditionalSense.CAPACITY_DATA_HAS_CHANGED);
    assertGood(bench.run(bench.b1, TEST_UNIT_READY));
  }

  @Test
  void clearedCommandsAreToldToTheirOwners() {
    bench.units.taskSetCleared(
        bench.a1, Bench.LUN, java.util.List.of(bench.a1, bench.b1), bench.now);
    assertGood(bench.run(bench.a1, TEST_UNIT_READY));
    assertAttention(
        bench.run(bench.b1, TEST_UNIT_READY),
        AdditionalSense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
  }
}
