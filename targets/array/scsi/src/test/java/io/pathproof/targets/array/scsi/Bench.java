package io.pathproof.targets.array.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.protocol.scsi.StandardInquiry.TargetPortGroupSupport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** An array of two nodes with one volume of 1 MiB, played by hand in virtual time. */
final class Bench {
  static final long LUN = Lun.of(0).raw();
  static final int BLOCK = 512;
  static final int BLOCKS = 2048;
  static final String TARGET = "iqn.2026-01.io.pathproof:array";

  final Defects defects = new Defects();
  final List<String> struck = new ArrayList<>();
  final LogicalUnits units;
  final Nexus a1 = nexus("a", 1, 1);
  final Nexus a2 = nexus("a", 1, 2);
  final Nexus b1 = nexus("b", 2, 1);
  final Nexus b2 = nexus("b", 2, 2);
  long now = 1;

  Bench() {
    this(RegistrationStore.inMemory());
  }

  Bench(RegistrationStore registrations) {
    this(registrations, new MemoryStore((long) BLOCKS * BLOCK));
  }

  Bench(RegistrationStore registrations, BlockStore store) {
    units =
        new LogicalUnits(
            new LogicalUnitsSettings(
                TARGET,
                TargetPortGroupSupport.IMPLICIT_AND_EXPLICIT,
                AccessState.ACTIVE_NON_OPTIMIZED,
                2_000_000_000L,
                List.of(
                    new TargetPort("node1", "node1.a", 1, 1),
                    new TargetPort("node2", "node2.a", 2, 2)),
                List.of(new Volume("vol0", 0, (long) BLOCKS * BLOCK, BLOCK, "node1", store)),
                "PATHPRF",
                "Simulated Array",
                "0001"),
            defects,
            registrations);
    defects.listen(
        new Defects.Listener() {
          @Override
          public void struck(Defect defect, long times, String detail) {
            struck.add(defect.word() + " " + times);
          }
        });
  }

  static Nexus nexus(String host, long isid, int node) {
    String name = "iqn.2026-01.io.pathproof:" + host;
    return new Nexus(name, isid, "node" + node, "node" + node + ".a", node, node, TARGET);
  }

  /** All four nexuses are there, and have had their first unit attention. */
  Bench settled() {
    for (Nexus each : List.of(a1, a2, b1, b2)) {
      units.nexusEstablished(each, now);
      drain(each);
    }
    return this;
  }

  void drain(Nexus nexus) {
    while (run(nexus, "00 00 00 00 00 00").status() == ScsiStatus.CHECK_CONDITION) {
      // One unit attention each time.
    }
  }

  static ByteBuffer hex(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  ScsiOutcome run(Nexus nexus, ByteBuffer cdb, ByteBuffer data) {
    List<ScsiOutcome> outcome = new ArrayList<>();
    units.execute(nexus, LUN, cdb, data, now, outcome::add);
    assertThat(outcome).hasSize(1);
    return outcome.get(0);
  }

  ScsiOutcome run(Nexus nexus, String cdb) {
    return run(nexus, hex(cdb), ByteBuffer.allocate(0));
  }

  ScsiOutcome run(Nexus nexus, String cdb, byte[] data) {
    return run(nexus, hex(cdb), ByteBuffer.wrap(data));
  }

  ScsiOutcome write(Nexus nexus, long lba, byte[] data) {
    return run(nexus, Cdb.Write.of(lba, data.length / BLOCK).encode(), ByteBuffer.wrap(data));
  }

  byte[] read(Nexus nexus, long lba, int blocks) {
    ScsiOutcome outcome = run(nexus, Cdb.Read.of(lba, blocks).encode(), ByteBuffer.allocate(0));
    assertThat(outcome.status()).isEqualTo(ScsiStatus.GOOD);
    return bytes(outcome);
  }

  static byte[] bytes(ScsiOutcome outcome) {
    byte[] bytes = new byte[outcome.dataIn().remaining()];
    outcome.dataIn().duplicate().get(bytes);
    return bytes;
  }

  static byte[] filled(int value, int blocks) {
    byte[] data = new byte[blocks * BLOCK];
    java.util.Arrays.fill(data, (byte) value);
    return data;
  }

  static void assertGood(ScsiOutcome outcome) {
    assertThat(outcome.status()).as("%s", outcome.sense()).isEqualTo(ScsiStatus.GOOD);
  }

  static void assertSense(ScsiOutcome outcome, SenseKey key, AdditionalSense additional) {
    assertThat(outcome.status()).isEqualTo(ScsiStatus.CHECK_CONDITION);
    assertThat(outcome.sense().orElseThrow().is(key, additional))
        .as("%s, not %s", outcome.sense(), additional)
        .isTrue();
  }

  static void assertIllegal(ScsiOutcome outcome, AdditionalSense additional) {
    assertSense(outcome, SenseKey.ILLEGAL_REQUEST, additional);
  }

  static void assertAttention(ScsiOutcome outcome, AdditionalSense additional) {
    assertSense(outcome, SenseKey.UNIT_ATTENTION, additional);
  }

  /** PERSISTENT RESERVE OUT with a list of 24 bytes. */
  ScsiOutcome reserveOut(Nexus nexus, int action, int type, long key, long actionKey, int flags) {
    ByteBuffer cdb = ByteBuffer.allocate(10).put(0, (byte) 0x5f).put(1, (byte) action);
    cdb.put(2, (byte) type).putInt(5, 24);
    ByteBuffer list = ByteBuffer.allocate(24).putLong(0, key).putLong(8, actionKey);
    return run(nexus, cdb, list.put(20, (byte) flags));
  }

  void register(Nexus nexus, long key) {
    assertGood(reserveOut(nexus, 0, 0, 0, key, 0));
  }

  String keys() {
    return HexFormat.of().formatHex(bytes(run(a1, "5e 00 00 00 00 00 00 01 00 00")));
  }
}
