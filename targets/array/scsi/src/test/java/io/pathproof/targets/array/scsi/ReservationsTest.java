package io.pathproof.targets.array.scsi;

import static io.pathproof.targets.array.scsi.Bench.assertAttention;
import static io.pathproof.targets.array.scsi.Bench.assertGood;
import static io.pathproof.targets.array.scsi.Bench.assertIllegal;
import static io.pathproof.targets.array.scsi.Bench.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.ScsiStatus;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservationsTest {
  private static final int RESERVE = 1;
  private static final int RELEASE = 2;
  private static final int CLEAR = 3;
  private static final int PREEMPT = 4;
  private static final int PREEMPT_AND_ABORT = 5;
  private static final int REGISTER_AND_IGNORE = 6;
  private static final String READ = "28 00 00000000 00 0001 00";
  private static final String WRITE = "2a 00 00000000 00 0001 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

  private final RegistrationStore kept = RegistrationStore.inMemory();
  private final Bench bench = new Bench(kept).settled();

  private static void assertConflict(ScsiOutcome outcome) {
    assertThat(outcome.status()).isEqualTo(ScsiStatus.RESERVATION_CONFLICT);
    assertThat(outcome.sense()).isEmpty();
  }

  /** SPC-4 table 46: what a registrant that does not hold, and a stranger, may do. */
  @ParameterizedTest
  @CsvSource({
    "1, true, false, true, false",
    "3, false, false, false, false",
    "5, true, true, true, false",
    "6, true, true, false, false",
    "7, true, true, true, false",
    "8, true, true, false, false"
  })
  void typesAllowWhatTheTableSays(
      int type, boolean othersRead, boolean othersWrite, boolean anyRead, boolean anyWrite) {
    bench.register(bench.a1, 1);
    bench.register(bench.b1, 2);
    assertGood(bench.reserveOut(bench.a1, RESERVE, type, 1, 0, 0));
    Nexus[] who = {bench.a1, bench.b1, bench.b2};
    boolean[] reads = {true, othersRead, anyRead};
    boolean[] writes = {true, othersWrite, anyWrite};
    for (int i = 0; i < who.length; i++) {
      ScsiStatus read = reads[i] ? ScsiStatus.GOOD : ScsiStatus.RESERVATION_CONFLICT;
      ScsiStatus write = writes[i] ? ScsiStatus.GOOD : ScsiStatus.RESERVATION_CONFLICT;
      assertThat(bench.run(who[i], READ).status()).isEqualTo(read);
      assertThat(bench.run(who[i], WRITE, filled(1, 1)).status()).isEqualTo(write);
      assertThat(bench.run(who[i], "42 00 00000000 00 0000 00").status()).isEqualTo(write);
      assertGood(bench.run(who[i], TEST_UNIT_READY));
      assertGood(bench.run(who[i], "12 00 00 00 ff 00"));
      assertGood(bench.run(who[i], "25 00 00000000 00 0000 00"));
      assertGood(bench.run(who[i], "5e 01 00 00 00 00 00 00 ff 00"));
      assertConflict(bench.run(who[i], "16 00 00 00 00 00"));
    }
  }

  @Test
  void keysAreListedWithTheGeneration() {
    bench.register(bench.a1, 0x1122334455667788L);
    bench.register(bench.b2, 5);
    assertThat(bench.keys())
        .isEqualTo("00000002" + "00000010" + "1122334455667788" + "0000000000000005");
    assertGood(bench.reserveOut(bench.b2, 0, 0, 5, 0, 0));
    assertThat(bench.keys()).isEqualTo("00000003" + "00000008" + "1122334455667788");
  }

  @Test
  void registeringNeedsTheKeyThatIsThere() {
    assertConflict(bench.reserveOut(bench.a1, 0, 0, 9, 1, 0));
    bench.register(bench.a1, 1);
    assertConflict(bench.reserveOut(bench.a1, 0, 0, 9, 2, 0));
    assertGood(bench.reserveOut(bench.a1, REGISTER_AND_IGNORE, 0, 9, 2, 0));
    assertConflict(bench.reserveOut(bench.a1, RESERVE, 1, 1, 0, 0));
    assertConflict(bench.reserveOut(bench.b1, RESERVE, 1, 0, 0, 0));
  }

  @Test
  void onlyTheHolderReleases() {
    bench.register(bench.a1, 1);
    bench.register(bench.b1, 2);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 5, 1, 0, 0));
    assertConflict(bench.reserveOut(bench.b1, RESERVE, 5, 2, 0, 0));
    assertGood(bench.reserveOut(bench.b1, RELEASE, 5, 2, 0, 0));
    assertConflict(bench.run(bench.b2, WRITE, filled(1, 1)));
    assertIllegal(
        bench.reserveOut(bench.a1, RELEASE, 6, 1, 0, 0),
        AdditionalSense.INVALID_RELEASE_OF_PERSISTENT_RESERVATION);
    assertGood(bench.reserveOut(bench.a1, RELEASE, 5, 1, 0, 0));
    assertAttention(bench.run(bench.b1, READ), AdditionalSense.RESERVATIONS_RELEASED);
    assertGood(bench.run(bench.b2, WRITE, filled(1, 1)));
  }

  @Test
  void preemptTakesTheReservationAndTellsTheVictim() {
    bench.register(bench.a1, 1);
    bench.register(bench.b1, 2);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 1, 1, 0, 0));
    assertGood(bench.reserveOut(bench.b1, PREEMPT, 3, 2, 1, 0));
    assertAttention(bench.run(bench.a1, READ), AdditionalSense.REGISTRATIONS_PREEMPTED);
    assertConflict(bench.run(bench.a1, READ));
    assertGood(bench.run(bench.b1, WRITE, filled(1, 1)));
    ByteBuffer held = bench.run(bench.b1, "5e 01 00 00 00 00 00 00 ff 00").dataIn();
    assertThat(held.getLong(8)).isEqualTo(2);
    assertThat(held.get(21)).isEqualTo((byte) 3);
    assertConflict(bench.reserveOut(bench.b1, PREEMPT, 3, 2, 77, 0));
  }

  @Test
  void preemptAndAbortEndsTheVictimsCommands() {
    bench.register(bench.a1, 1);
    bench.register(bench.b1, 2);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 1, 1, 0, 0));
    bench.defects.set(Defect.READY_BUT_NO_IO, true);
    LogicalUnits.Command held =
        bench.units.execute(
            bench.a1,
            Bench.LUN,
            Bench.hex(READ),
            ByteBuffer.allocate(0),
            1,
            outcome -> {
              throw new AssertionError("it was to be held");
            });
    assertGood(bench.reserveOut(bench.b1, PREEMPT_AND_ABORT, 1, 2, 1, 0));
    assertThat(held.abort()).as("still there to be aborted").isFalse();
  }

  @Test
  void anAllRegistrantsReservationIsHeldByEveryOne() {
    bench.register(bench.a1, 1);
    bench.register(bench.b1, 2);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 7, 1, 0, 0));
    assertGood(bench.reserveOut(bench.b1, RESERVE, 7, 2, 0, 0));
    assertGood(bench.reserveOut(bench.a1, 0, 0, 1, 0, 0));
    assertConflict(bench.run(bench.a1, WRITE, filled(1, 1)));
    assertGood(bench.reserveOut(bench.b1, 0, 0, 2, 0, 0));
    assertGood(bench.run(bench.a1, WRITE, filled(1, 1)));
  }

  @Test
  void clearTakesEverything() {
    bench.register(bench.a1, 1);
    bench.register(bench.b1, 2);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 1, 1, 0, 0));
    assertGood(bench.reserveOut(bench.b1, CLEAR, 0, 2, 0, 0));
    assertAttention(bench.run(bench.a1, READ), AdditionalSense.RESERVATIONS_PREEMPTED);
    assertThat(bench.keys()).endsWith("00000000");
  }

  @Test
  void allTargetPortsAreRegisteredAtOnce() {
    assertGood(bench.reserveOut(bench.a1, 0, 0, 0, 1, 0x04));
    assertGood(bench.reserveOut(bench.a2, RESERVE, 3, 1, 0, 0));
    assertConflict(bench.run(bench.b1, READ));
  }

  @Test
  void namedInitiatorPortsAreRegisteredToo() {
    byte[] id = TransportId.encode(bench.b1.initiatorName(), bench.b1.isid());
    ByteBuffer list = ByteBuffer.allocate(28 + id.length).putLong(8, 6).put(20, (byte) 0x08);
    list.putInt(24, id.length).put(28, id);
    ByteBuffer cdb = Bench.hex("5f 00 00 00 00 00000000 00").putInt(5, list.capacity());
    assertGood(bench.run(bench.a1, cdb, list));
    assertGood(bench.reserveOut(bench.b1, RESERVE, 3, 6, 0, 0));
    assertConflict(bench.run(bench.b2, READ));
  }

  @Test
  void theReservationMovesWithItsKey() {
    bench.register(bench.a1, 1);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 3, 1, 0, 0));
    byte[] id = TransportId.encode(bench.b2.initiatorName(), bench.b2.isid());
    ByteBuffer list = ByteBuffer.allocate(24 + id.length).putLong(0, 1).putLong(8, 9);
    list.put(17, (byte) 2).putShort(18, (short) 2).putInt(20, id.length).put(24, id);
    ByteBuffer cdb = Bench.hex("5f 07 00 00 00 00000000 00").putInt(5, list.capacity());
    assertGood(bench.run(bench.a1, cdb, list));
    assertConflict(bench.run(bench.a1, READ));
    assertGood(bench.run(bench.b2, READ));
  }

  @Test
  void whatIsToBeKeptSurvivesARestart() {
    assertGood(bench.reserveOut(bench.a1, 0, 0, 0, 1, 0x01));
    assertGood(bench.reserveOut(bench.a1, RESERVE, 1, 1, 0, 0));
    Bench again = new Bench(kept).settled();
    assertConflict(again.run(again.b1, WRITE, filled(1, 1)));
    assertGood(again.run(again.a1, WRITE, filled(1, 1)));
  }

  @Test
  void whatIsNotToBeKeptDoesNot() {
    bench.register(bench.a1, 1);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 1, 1, 0, 0));
    Bench again = new Bench(kept).settled();
    assertGood(again.run(again.b1, WRITE, filled(1, 1)));
  }

  @Test
  void aNexusThatComesBackHasItsRegistration() {
    bench.register(bench.a1, 1);
    bench.units.nexusLost(bench.a1, 2);
    bench.units.nexusEstablished(bench.a1, 3);
    assertAttention(bench.run(bench.a1, READ), AdditionalSense.I_T_NEXUS_LOSS_OCCURRED);
    assertGood(bench.reserveOut(bench.a1, RESERVE, 1, 1, 0, 0));
  }

  @Test
  void reserveOfSixBytesExcludesOthersUntilItsNexusIsLost() {
    assertGood(bench.run(bench.a1, "16 00 00 00 00 00"));
    assertConflict(bench.run(bench.b1, TEST_UNIT_READY));
    assertConflict(bench.run(bench.b1, READ));
    assertGood(bench.run(bench.b1, "17 00 00 00 00 00"));
    assertConflict(bench.run(bench.b1, READ));
    assertGood(bench.run(bench.b1, "12 00 00 00 ff 00"));
    bench.units.nexusLost(bench.a1, 2);
    assertGood(bench.run(bench.b1, READ));
  }

  @Test
  void fullStatusNamesTheInitiatorPorts() {
    bench.register(bench.b2, 5);
    assertGood(bench.reserveOut(bench.b2, RESERVE, 3, 5, 0, 0));
    ByteBuffer full = bench.run(bench.b2, "5e 03 00 00 00 00 00 02 00 00").dataIn();
    assertThat(full.getInt(4)).isEqualTo(full.remaining() - 8);
    assertThat(full.getLong(8)).isEqualTo(5);
    assertThat(full.get(20)).isEqualTo((byte) 1);
    assertThat(full.get(21)).isEqualTo((byte) 3);
    assertThat(full.getShort(26)).isEqualTo((short) 2);
    byte[] id = new byte[full.getInt(28)];
    full.get(32, id);
    assertThat(new String(id, 4, id.length - 4, java.nio.charset.StandardCharsets.US_ASCII))
        .startsWith("iqn.2026-01.io.pathproof:b,i,0x000000000002\0");
  }
}
