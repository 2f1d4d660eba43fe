package io.pathproof.targets.array.scsi;

import static io.pathproof.targets.array.scsi.Bench.BLOCK;
import static io.pathproof.targets.array.scsi.Bench.assertAttention;
import static io.pathproof.targets.array.scsi.Bench.assertGood;
import static io.pathproof.targets.array.scsi.Bench.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.TargetPortGroups;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each defect does what its name says, and nothing when it is off. */
class DefectsTest {
  private static final long MS = 1_000_000L;
  private static final String READ = "28 00 00000000 00 0001 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

  private final Bench bench = new Bench().settled();

  private void write(Nexus nexus, int page, int value) {
    assertGood(bench.write(nexus, page * 8L, filled(value, 8)));
  }

  private int read(Nexus nexus, int page) {
    byte[] data = bench.read(nexus, page * 8L, 8);
    assertThat(data).isEqualTo(filled(data[0], 8));
    return data[0];
  }

  @Test
  void everyDefectHasAWord() {
    for (Defect each : Defect.values()) {
      assertThat(Defect.of(each.word())).contains(each);
      assertThat(each.meaning()).isNotBlank();
    }
    assertThat(Defect.LOSE_ACKNOWLEDGED_WRITE.word()).isEqualTo("lose-acknowledged-write");
    assertThat(Defect.of("lose")).isEmpty();
  }

  @Test
  void newestWritesOfANodeThatGoesDownAreLost() {
    write(bench.a1, 0, 1);
    bench.defects.set(Defect.LOSE_ACKNOWLEDGED_WRITE, true);
    bench.now = 1000 * MS;
    write(bench.a1, 0, 2);
    bench.now = 2000 * MS;
    write(bench.a1, 0, 3);
    write(bench.a1, 1, 4);
    write(bench.a2, 1, 5);
    write(bench.a2, 2, 6);
    bench.units.nodeDown("node1", bench.now + 100 * MS);
    assertThat(read(bench.a2, 0)).as("what it held before").isEqualTo(2);
    assertThat(read(bench.a2, 1)).as("newer, through the other node").isEqualTo(5);
    assertThat(read(bench.a2, 2)).isEqualTo(6);
    assertThat(bench.struck)
        .containsExactly("lose-acknowledged-write 1", "lose-acknowledged-write 2");
  }

  @Test
  void oneWriteIsLostAtLeast() {
    bench.defects.set(Defect.LOSE_ACKNOWLEDGED_WRITE, true);
    write(bench.a1, 0, 1);
    write(bench.a1, 1, 2);
    bench.units.nodeDown("node1", bench.now + 5000 * MS);
    assertThat(read(bench.a2, 0)).isEqualTo(1);
    assertThat(read(bench.a2, 1)).isZero();
  }

  @Test
  void withoutTheDefectNothingIsLost() {
    write(bench.a1, 0, 1);
    bench.units.nodeDown("node1", bench.now);
    bench.units.nexusLost(bench.a1, bench.now);
    assertThat(bench.units.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    assertThat(read(bench.a2, 0)).isEqualTo(1);
    assertThat(bench.struck).isEmpty();
  }

  @Test
  void aWriteOfALostNexusComesLate() {
    bench.defects.set(Defect.LATE_WRITE, true);
    write(bench.a1, 0, 1);
    bench.units.nexusLost(bench.a1, bench.now);
    write(bench.a2, 0, 2);
    assertThat(read(bench.a2, 0)).isEqualTo(2);
    long due = bench.units.nextDeadlineNs();
    assertThat(due).isEqualTo(bench.now + 1500 * MS);
    bench.units.onTime(due - 1);
    assertThat(read(bench.a2, 0)).isEqualTo(2);
    bench.units.onTime(due);
    assertThat(read(bench.a2, 0)).isEqualTo(1);
    assertThat(bench.struck).containsExactly("late-write 1");
  }

  @Test
  void readsThroughTheOtherNodeAreStale() {
    write(bench.a1, 0, 1);
    bench.defects.set(Defect.STALE_READ, true);
    write(bench.a1, 0, 2);
    assertThat(read(bench.a1, 0)).isEqualTo(2);
    assertThat(read(bench.a2, 0)).isEqualTo(1);
    assertThat(bench.struck).containsExactly("stale-read 1");
    bench.defects.set(Defect.STALE_READ, false);
    assertThat(read(bench.a2, 0)).isEqualTo(2);
  }

  @Test
  void everyTenthWriteLandsBeside() {
    bench.defects.set(Defect.MISDIRECT_WRITE, true);
    for (int i = 1; i <= 10; i++) {
      write(bench.a1, 2 * i, i);
    }
    assertThat(read(bench.a1, 18)).isEqualTo(9);
    assertThat(read(bench.a1, 20)).isZero();
    assertThat(read(bench.a1, 21)).isEqualTo(10);
    assertThat(bench.struck).containsExactly("misdirect-write 1");
  }

  @Test
  void everyTenthWriteIsTorn() {
    bench.defects.set(Defect.TEAR_WRITE, true);
    for (int i = 1; i <= 10; i++) {
      write(bench.a1, i, i);
    }
    byte[] torn = bench.read(bench.a1, 80, 8);
    assertThat(Arrays.copyOf(torn, 4 * BLOCK)).isEqualTo(filled(10, 4));
    assertThat(Arrays.copyOfRange(torn, 4 * BLOCK, 8 * BLOCK)).isEqualTo(filled(0, 4));
    assertThat(bench.struck).containsExactly("tear-write 1");
  }

  @Test
  void theOlderOfTwoWritesWins() {
    bench.defects.set(Defect.REORDER_WRITES, true);
    write(bench.a1, 0, 1);
    assertThat(read(bench.a1, 0)).isEqualTo(1);
    write(bench.a1, 0, 2);
    assertThat(read(bench.a1, 0)).isEqualTo(1);
    assertThat(bench.struck).containsExactly("reorder-writes 1");
  }

  @Test
  void aTransitionStaysUntilTheDefectIsOff() {
    bench.defects.set(Defect.STUCK_TRANSITION, true);
    bench.units.accessState("*", 1, AccessState.STANDBY, 0, bench.now);
    bench.units.onTime(bench.now + 3600_000 * MS);
    assertThat(bench.units.accessState("vol0", 1)).isEqualTo(AccessState.TRANSITIONING);
    bench.run(bench.a1, READ);
    assertThat(bench.struck).containsExactly("stuck-transition 1");
    bench.defects.set(Defect.STUCK_TRANSITION, false);
    assertThat(bench.units.nextDeadlineNs()).isLessThanOrEqualTo(bench.now);
    bench.units.onTime(bench.now);
    assertThat(bench.units.accessState("vol0", 1)).isEqualTo(AccessState.STANDBY);
  }

  @Test
  void reportedStatesAreThoseOfTheOtherGroup() throws Exception {
    bench.units.accessState("*", 1, AccessState.STANDBY, 0, bench.now);
    bench.drain(bench.b2);
    bench.defects.set(Defect.WRONG_ACCESS_STATE, true);
    ByteBuffer data = bench.run(bench.b2, "a3 0a 00 00 00 00 00000100 00 00").dataIn();
    assertThat(TargetPortGroups.decode(data).groups())
        .extracting(TargetPortGroups.Group::state)
        .containsExactly(AccessState.ACTIVE_NON_OPTIMIZED, AccessState.STANDBY);
    assertGood(bench.run(bench.b2, READ));
    assertThat(bench.defects.strikes(Defect.WRONG_ACCESS_STATE)).isEqualTo(2);
  }

  @Test
  void unitAttentionsAreLost() {
    bench.defects.set(Defect.LOSE_UNIT_ATTENTION, true);
    bench.units.own("*", "node2", 0, bench.now);
    assertGood(bench.run(bench.a1, READ));
    assertThat(bench.defects.strikes(Defect.LOSE_UNIT_ATTENTION)).isPositive();
  }

  @Test
  void unitAttentionsNeverEnd() {
    bench.defects.set(Defect.ENDLESS_UNIT_ATTENTION, true);
    for (int i = 0; i < 5; i++) {
      assertThat(bench.run(bench.a1, READ).sense().orElseThrow().key())
          .isEqualTo(SenseKey.UNIT_ATTENTION);
    }
    bench.defects.set(Defect.ENDLESS_UNIT_ATTENTION, false);
    assertGood(bench.run(bench.a1, READ));
  }

  @Test
  void readsAndWritesAreHeldForGood() {
    bench.defects.set(Defect.READY_BUT_NO_IO, true);
    assertGood(bench.run(bench.a1, TEST_UNIT_READY));
    assertGood(bench.run(bench.a1, "12 00 00 00 ff 00"));
    List<ScsiOutcome> outcomes = new ArrayList<>();
    ByteBuffer none = ByteBuffer.allocate(0);
    var held =
        bench.units.execute(bench.a1, Bench.LUN, Bench.hex(READ), none, bench.now, outcomes::add);
    bench.defects.set(Defect.READY_BUT_NO_IO, false);
    bench.units.onTime(bench.now + 1);
    assertThat(outcomes).isEmpty();
    assertThat(held.abort()).isTrue();
    assertThat(held.abort()).isFalse();
    assertThat(bench.struck).containsExactly("ready-but-no-io 1");
  }

  @Test
  void aSplitNodeServesItsOwnCopy() {
    write(bench.a1, 0, 1);
    bench.units.splitBrain("node1", true);
    write(bench.a2, 0, 2);
    write(bench.a1, 1, 3);
    assertThat(read(bench.a1, 0)).isEqualTo(1);
    assertThat(read(bench.a2, 0)).isEqualTo(2);
    assertThat(read(bench.a1, 1)).isEqualTo(3);
    assertThat(read(bench.a2, 1)).isZero();
    assertThat(bench.units.readStore("vol0", 4096, 1).get(0)).isZero();
    bench.units.splitBrain("node1", false);
    assertThat(read(bench.a1, 0)).isEqualTo(2);
    assertThat(read(bench.a1, 1)).isZero();
  }

  @Test
  void aTargetResetIsToldToEveryNexus() {
    bench.units.targetReset(bench.a1, bench.now);
    assertAttention(
        bench.run(bench.b2, READ), AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
  }
}
