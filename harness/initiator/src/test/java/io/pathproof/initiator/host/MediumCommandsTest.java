package io.pathproof.initiator.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.session.Portal;
import io.pathproof.protocol.scsi.BlockLimits;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.LogicalBlockProvisioning;
import io.pathproof.protocol.scsi.MediumCdb;
import io.pathproof.protocol.scsi.MediumCdb.UnmapList.Run;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Commands on blocks beside READ and WRITE. */
class MediumCommandsTest {
  private static final HostLink ONE = new HostLink("l1", "nic", new Portal("10.0.0.1", 3260), 1);
  private static final HostLink TWO = new HostLink("l2", "nic", new Portal("10.0.0.2", 3260), 2);

  private final SharedArray array = SharedArray.symmetric();
  private final FakeArray host = array.host("h", SharedArray.failover(), 0);
  private final IoEnd end = new IoEnd();

  private static ByteBuffer filled(int value, int blocks) {
    byte[] bytes = new byte[512 * blocks];
    Arrays.fill(bytes, (byte) value);
    return ByteBuffer.wrap(bytes);
  }

  private MediumCommands commands(FakeArray of) {
    of.start();
    return of.core.devices().get(0).medium();
  }

  private void ends(FakeArray of, IoOutcome outcome) {
    of.pump();
    assertThat(end.result).isNotNull();
    assertThat(end.result.outcome()).as(end.result.detail()).isEqualTo(outcome);
  }

  @Test
  void compareAndWriteWritesWhatIsAsExpected() {
    commands(host).compareAndWrite(7, filled(0, 2), filled(9, 2), end, host.nowNs);
    ends(host, IoOutcome.OK);
    assertThat(array.block(7)).isEqualTo((byte) 9);
    assertThat(array.block(8)).isEqualTo((byte) 9);
  }

  @Test
  void aMiscompareIsToldWithItsPlaceAndNothingIsWritten() {
    ByteBuffer expected = filled(0, 2).put(600, (byte) 1);
    commands(host).compareAndWrite(7, expected, filled(9, 2), end, host.nowNs);
    ends(host, IoOutcome.FAILED);
    assertThat(end.refusal()).isEqualTo(new HostIoRefusal.Miscompare(OptionalLong.of(600)));
    assertThat(end.sent.toString()).isEqualTo("n1 ");
    assertThat(array.block(7)).isZero();
  }

  @Test
  void aCompareAndWriteWhoseAnswerIsLostIsNotRepeated() {
    host.start();
    host.silent.add("n1");
    host.core
        .devices()
        .get(0)
        .medium()
        .compareAndWrite(7, filled(0, 1), filled(9, 1), end, host.nowNs);
    host.pump();
    assertThat(end.result).isNull();
    host.cut("n1");
    host.pass(20_000);
    ends(host, IoOutcome.INDETERMINATE);
    assertThat(end.sent.toString()).isEqualTo("n1 ");
    assertThat(array.arrived).isEmpty();
  }

  @Test
  void unmapIsRepeatedOverAnotherPath() {
    host.start();
    array.store.write(512 * 7, filled(9, 4));
    host.silent.add("n1");
    host.core
        .devices()
        .get(0)
        .medium()
        .unmap(List.of(new Run(7, 1), new Run(9, 2)), end, host.nowNs);
    host.pump();
    host.cut("n1");
    host.pass(1_000);
    assertThat(end.result).as("the nexus that it was left behind on is not fenced").isNull();
    host.reconnect("n1", new Portal("10.0.0.1", 3260));
    ends(host, IoOutcome.OK);
    assertThat(end.sent.toString()).isEqualTo("n1 n2 ");
    assertThat(array.arrived).containsExactly("h node2 Unmap GOOD");
    assertThat(List.of(array.block(7), array.block(8), array.block(9), array.block(10)))
        .containsExactly((byte) 0, (byte) 9, (byte) 0, (byte) 0);
  }

  @Test
  void writeSameRepeatsABlockAndUnmapsWhereAsked() {
    MediumCommands commands = commands(host);
    commands.writeSame(3, 40, filled(5, 1), false, end, host.nowNs);
    ends(host, IoOutcome.OK);
    assertThat(List.of(array.block(2), array.block(3), array.block(42), array.block(43)))
        .containsExactly((byte) 0, (byte) 5, (byte) 5, (byte) 0);
    IoEnd zeros = new IoEnd();
    commands.writeZeros(4, 38, true, zeros, host.nowNs);
    host.pump();
    assertThat(zeros.result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(List.of(array.block(3), array.block(4), array.block(41), array.block(42)))
        .containsExactly((byte) 5, (byte) 0, (byte) 0, (byte) 5);
    // given back, not written over
    assertThat(array.store.extent(512 * 8, 512)).isNegative();
  }

  @Test
  void whatIsWrittenThroughAndVerifiedIsThere() {
    MediumCommands commands = commands(host);
    commands.writeThrough(1, 2, (path, attempt) -> filled(3, 2), end, host.nowNs);
    ends(host, IoOutcome.OK);
    IoEnd verified = new IoEnd();
    commands.writeAndVerify(5, 2, (path, attempt) -> filled(4, 2), verified, host.nowNs);
    host.pump();
    assertThat(verified.result.outcome()).isEqualTo(IoOutcome.OK);
    assertThat(List.of(array.block(2), array.block(6))).containsExactly((byte) 3, (byte) 4);
    assertThat(array.arrived).containsExactly("h node1 Write GOOD", "h node1 WriteAndVerify GOOD");
  }

  // what the unit's pages say

  private FakeLogicalUnit unit;

  /** A host of two paths to a unit with these pages. */
  private FakeArray limited(BlockLimits limits, LogicalBlockProvisioning provisioning) {
    FakeArray fake = FakeArray.of(SharedArray.failover(), 0, ONE, TWO);
    unit = fake.units.get("l1");
    for (FakeLogicalUnit each : fake.units.values()) {
      each.pages = List.of(0x00, 0x80, 0x83, 0xb0, 0xb2);
      each.limits = limits;
      each.provisioning = provisioning;
    }
    return fake;
  }

  private static final LogicalBlockProvisioning ALL =
      new LogicalBlockProvisioning(0, 0, true, true, true, 1, false, 2);

  private static BlockLimits limits(int compare, long unmap, long runs, long same) {
    return new BlockLimits(0, true, compare, 0, 128, 64, 0, unmap, runs, 0, -1, same);
  }

  @Test
  void lengthsBeyondTheUnitsLimitsAreRefusedBeforeAnythingIsSent() {
    FakeArray fake = limited(limits(2, 10, 2, 20), ALL);
    MediumCommands commands = commands(fake);
    int before = unit.received.size();
    long now = fake.nowNs;
    assertThatThrownBy(() -> commands.compareAndWrite(0, filled(0, 3), filled(0, 3), end, now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes 2 at once (MAXIMUM COMPARE AND WRITE LENGTH");
    assertThatThrownBy(() -> commands.compareAndWrite(0, filled(0, 1), filled(0, 2), end, now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("512 and 1024 bytes");
    assertThatThrownBy(() -> commands.unmap(List.of(new Run(0, 11)), end, now))
        .hasMessageContaining("takes 10 at once (MAXIMUM UNMAP LBA COUNT");
    assertThatThrownBy(
            () -> commands.unmap(List.of(new Run(0, 1), new Run(2, 1), new Run(4, 1)), end, now))
        .hasMessageContaining("takes 2 (MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT)");
    assertThatThrownBy(() -> commands.unmap(List.of(), end, now))
        .hasMessageContaining("at least one run");
    assertThatThrownBy(() -> commands.unmap(List.of(new Run(999, 2)), end, now))
        .hasMessageContaining("2 blocks from 999");
    assertThatThrownBy(() -> commands.writeSame(0, 21, filled(0, 1), false, end, now))
        .hasMessageContaining("takes 20 at once (MAXIMUM WRITE SAME LENGTH");
    assertThatThrownBy(() -> commands.writeSame(0, 0, filled(0, 1), false, end, now))
        .hasMessageContaining("0 blocks from 0");
    assertThatThrownBy(() -> commands.writeSame(0, 1, filled(0, 2), false, end, now))
        .hasMessageContaining("one block of 512 bytes, not 1024");
    assertThat(unit.received).hasSize(before);
    assertThat(end.result).isNull();

    commands.compareAndWrite(0, filled(0, 2), filled(0, 2), end, now);
    commands.unmap(List.of(new Run(0, 4), new Run(4, 6)), new IoEnd(), now);
    commands.writeSame(0, 20, filled(0, 1), true, new IoEnd(), now);
    ends(fake, IoOutcome.OK);
    assertThat(unit.received.subList(before, unit.received.size()))
        .containsExactly(
            new MediumCdb.CompareAndWrite(false, 0, 2),
            new MediumCdb.Unmap(8 + 2 * 16),
            new MediumCdb.WriteSame(Cdb.Form.TEN, true, false, 0, 20));
    assertThat(fake.core.devices().get(0).unit().commands().optimalTransferBlocks()).isEqualTo(64);
  }

  @Test
  void commandsThatThePagesRuleOutAreNotSent() {
    FakeArray fake =
        limited(
            limits(0, 10, 2, 0),
            new LogicalBlockProvisioning(0, 0, false, false, false, 0, false, 0));
    MediumCommands commands = commands(fake);
    int before = unit.received.size();
    List<IoEnd> ends = List.of(new IoEnd(), new IoEnd(), new IoEnd());
    commands.compareAndWrite(0, filled(0, 1), filled(0, 1), ends.get(0), fake.nowNs);
    commands.unmap(List.of(new Run(0, 1)), ends.get(1), fake.nowNs);
    commands.writeSame(0, 1, filled(0, 1), true, ends.get(2), fake.nowNs);
    fake.pump();
    for (IoEnd each : ends) {
      assertThat(each.result.outcome()).isEqualTo(IoOutcome.FAILED);
      assertThat(each.refusal()).isInstanceOf(HostIoRefusal.NotSupported.class);
      assertThat(each.sent).isEmpty();
    }
    assertThat(unit.received).hasSize(before);
    // without the UNMAP bit it is there, and without a limit
    commands.writeSame(0, 900, filled(0, 1), false, end, fake.nowNs);
    ends(fake, IoOutcome.OK);
  }

  @Test
  void theUnmapBitGoesWithTheFormThatTakesIt() {
    FakeArray fake =
        limited(
            limits(0, 10, 2, 0),
            new LogicalBlockProvisioning(0, 0, true, true, false, 0, false, 0));
    MediumCommands commands = commands(fake);
    int before = unit.received.size();
    commands.writeSame(0, 5, filled(0, 1), true, end, fake.nowNs);
    commands.writeZeros(5, 5, false, new IoEnd(), fake.nowNs);
    fake.pump();
    assertThat(unit.received.subList(before, unit.received.size()))
        .containsExactly(
            new MediumCdb.WriteSame(Cdb.Form.SIXTEEN, true, false, 0, 5),
            new MediumCdb.WriteSame(Cdb.Form.SIXTEEN, false, true, 5, 5));
  }

  @Test
  void whatIsWrittenThroughHasTheForceUnitAccessBit() {
    FakeArray fake = limited(limits(0, 0, 0, 0), ALL);
    commands(fake).writeThrough(1, 2, (path, attempt) -> filled(3, 2), end, fake.nowNs);
    ends(fake, IoOutcome.OK);
    assertThat(unit.received).contains(new Cdb.Write(Cdb.Form.TEN, 0, false, true, 1, 0, 2));
  }

  @Test
  void aCommandThatIsNotSentAgainSaysWhatThereIsToDo() {
    FakeArray fake = FakeArray.of(SharedArray.failover(), 0, ONE, TWO);
    MediumCommands commands = commands(fake);
    fake.silent.add("l1");
    commands.compareAndWrite(0, filled(0, 1), filled(9, 1), end, fake.nowNs);
    IoEnd write = new IoEnd();
    commands.writeThrough(5, 1, (path, attempt) -> filled(3, 1), write, fake.nowNs);
    fake.pump();
    fake.cut("l1");
    assertThat(end.result.outcome()).isEqualTo(IoOutcome.INDETERMINATE);
    assertThat(end.result.detail())
        .startsWith("reset; it may or may not have been carried out")
        .endsWith("read what it would have changed, then decide");
    fake.core.detach(fake.nowNs);
    fake.pump();
    assertThat(write.result.detail()).as("one that may be sent again").doesNotContain("decide");
  }

  @Test
  void whatTheArrayLacksIsTypedAndNoOtherPathIsTried() {
    FakeArray fake = FakeArray.of(SharedArray.failover(), 0, ONE, TWO);
    unit = fake.units.get("l1");
    unit.objects =
        cdb -> cdb instanceof MediumCdb ? Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x20, 0) : null;
    commands(fake).unmap(List.of(new Run(0, 1)), end, fake.nowNs);
    ends(fake, IoOutcome.FAILED);
    assertThat(end.refusal()).isInstanceOf(HostIoRefusal.NotSupported.class);
    assertThat(end.sent.toString()).isEqualTo("l1 ");
    // INVALID FIELD IN CDB means a missing option only where there is one
    unit.objects =
        cdb -> cdb instanceof MediumCdb ? Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x24, 0) : null;
    IoEnd zeros = new IoEnd();
    fake.core.devices().get(0).medium().writeZeros(0, 1, false, zeros, fake.nowNs);
    IoEnd compare = new IoEnd();
    fake.core
        .devices()
        .get(0)
        .medium()
        .compareAndWrite(0, filled(0, 1), filled(0, 1), compare, fake.nowNs);
    fake.pump();
    assertThat(zeros.refusal()).isInstanceOf(HostIoRefusal.NotSupported.class);
    assertThat(compare.result.outcome()).isEqualTo(IoOutcome.FAILED);
    assertThat(compare.refusal()).isNull();
  }
}
