package io.pathproof.targets.array.scsi;

import static io.pathproof.targets.array.scsi.Bench.BLOCK;
import static io.pathproof.targets.array.scsi.Bench.BLOCKS;
import static io.pathproof.targets.array.scsi.Bench.assertGood;
import static io.pathproof.targets.array.scsi.Bench.assertIllegal;
import static io.pathproof.targets.array.scsi.Bench.assertSense;
import static io.pathproof.targets.array.scsi.Bench.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MediumAccessTest {
  private static final long SEED = 20261121L;
  private final Bench bench = new Bench().settled();

  @Test
  void everyFormReadsAndWrites() {
    String[][] forms = {
      {"0a 00 00 07 01 00", "08 00 00 07 01 00"},
      {"2a 00 00000007 00 0001 00", "28 00 00000007 00 0001 00"},
      {"aa 00 00000007 00000001 00 00", "a8 00 00000007 00000001 00 00"},
      {"8a 00 0000000000000007 00000001 00 00", "88 00 0000000000000007 00000001 00 00"},
      {"2e 00 00000007 00 0001 00", "28 18 00000007 00 0001 00"},
      {"ae 00 00000007 00000001 00 00", "a8 18 00000007 00000001 00 00"},
      {"8e 02 0000000000000007 00000001 00 00", "88 10 0000000000000007 00000001 00 00"},
      {"9c 00 0000000000000007 0000 0001 00 00", "88 00 0000000000000007 00000001 00 00"}
    };
    int value = 1;
    for (String[] form : forms) {
      byte[] data = filled(value++, 1);
      assertThat(bench.units.dataOutLength(bench.a1, Bench.LUN, Bench.hex(form[0])))
          .isEqualTo(BLOCK);
      assertGood(bench.run(bench.a1, form[0], data));
      assertThat(Bench.bytes(bench.run(bench.b2, form[1]))).isEqualTo(data);
    }
  }

  @Test
  void theFormOfSixBytesMeans256BlocksByZero() {
    assertGood(bench.run(bench.a1, "0a 00 00 00 00 00", filled(3, 256)));
    assertThat(Bench.bytes(bench.run(bench.a1, "08 00 00 00 00 00"))).isEqualTo(filled(3, 256));
  }

  @Test
  void rangesEndWithTheVolume() {
    assertGood(bench.run(bench.a1, "28 00 000007ff 00 0001 00"));
    assertGood(bench.run(bench.a1, "28 00 00000800 00 0000 00"));
    for (String beyond :
        new String[] {
          "28 00 00000800 00 0001 00",
          "28 00 000007ff 00 0002 00",
          "28 00 00000801 00 0000 00",
          "88 00 ffffffffffffffff 00000001 00 00",
          "88 00 7fffffffffffffff ffffffff 00 00",
          "2f 00 00000800 00 0001 00",
          "34 00 00000800 00 0001 00",
          "91 00 0000000000000801 00000000 00 00",
          "9e 12 0000000000000800 00000020 00 00"
        }) {
      assertIllegal(
          bench.run(bench.a1, beyond), AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    }
  }

  @Test
  void protectionInformationIsRefused() {
    for (String cdb :
        new String[] {
          "28 20 00000000 00 0001 00",
          "2a 20 00000000 00 0001 00",
          "2f 20 00000000 00 0001 00",
          "2e 20 00000000 00 0001 00",
          "41 20 00000000 00 0001 00",
          "8b 20 0000000000000000 00000001 00 00"
        }) {
      assertIllegal(bench.run(bench.a1, cdb, filled(0, 1)), AdditionalSense.INVALID_FIELD_IN_CDB);
    }
  }

  @Test
  void compareAndWriteTellsWhereItDiffers() {
    bench.write(bench.a1, 4, filled(7, 2));
    byte[] both = Arrays.copyOf(filled(7, 2), 4 * BLOCK);
    Arrays.fill(both, 2 * BLOCK, 4 * BLOCK, (byte) 9);
    assertGood(bench.run(bench.a1, "89 00 0000000000000004 000000 02 00 00", both));
    assertThat(bench.read(bench.a1, 4, 2)).isEqualTo(filled(9, 2));

    byte[] wrong = Arrays.copyOf(filled(9, 2), 4 * BLOCK);
    wrong[700] = 1;
    ScsiOutcome outcome = bench.run(bench.a1, "89 00 0000000000000004 000000 02 00 00", wrong);
    assertSense(outcome, SenseKey.MISCOMPARE, AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
    assertThat(outcome.sense().orElseThrow().information()).hasValue(700);
    assertThat(bench.read(bench.a1, 4, 2)).as("nothing was written").isEqualTo(filled(9, 2));
  }

  @Test
  void compareAndWriteNeedsBothHalves() {
    ScsiOutcome outcome =
        bench.run(bench.a1, "89 00 0000000000000004 000000 02 00 00", filled(0, 3));
    assertIllegal(outcome, AdditionalSense.INVALID_FIELD_IN_CDB);
  }

  @Test
  void verifyComparesByItsByteCheckField() {
    bench.write(bench.a1, 0, filled(5, 3));
    assertGood(bench.run(bench.a1, "2f 02 00000000 00 0003 00", filled(5, 3)));
    assertGood(bench.run(bench.a1, "8f 06 0000000000000000 00000003 00 00", filled(5, 1)));
    assertSense(
        bench.run(bench.a1, "2f 02 00000000 00 0003 00", filled(6, 3)),
        SenseKey.MISCOMPARE,
        AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
    assertGood(bench.run(bench.a1, "af 00 00000000 00000003 00 00"));
    assertIllegal(
        bench.run(bench.a1, "2f 04 00000000 00 0001 00"), AdditionalSense.INVALID_FIELD_IN_CDB);
  }

  @Test
  void orWriteAddsBits() {
    bench.write(bench.a1, 0, filled(0x0f, 1));
    assertGood(bench.run(bench.a1, "8b 00 0000000000000000 00000001 00 00", filled(0xf1, 1)));
    assertThat(bench.read(bench.a1, 0, 1)).isEqualTo(filled(0xff, 1));
  }

  @Test
  void unmappedBlocksReadAsZerosAndAreDeallocated() {
    bench.write(bench.a1, 0, filled(1, 16));
    ByteBuffer list = ByteBuffer.allocate(24).putShort(0, (short) 22).putShort(2, (short) 16);
    list.putLong(8, 4).putInt(16, 2);
    assertGood(bench.run(bench.a1, Bench.hex("42 00 00000000 00 0018 00"), list));
    assertThat(bench.read(bench.a1, 4, 2)).isEqualTo(filled(0, 2));
    assertThat(bench.read(bench.a1, 3, 1)).isEqualTo(filled(1, 1));
    ByteBuffer status = bench.run(bench.a1, "9e 12 0000000000000000 00000100 00 00").dataIn();
    assertThat(status.getInt(0)).isEqualTo(4 + 4 * 16);
    long[][] runs = {{0, 4, 0}, {4, 2, 1}, {6, 10, 0}, {16, BLOCKS - 16, 1}};
    for (int i = 0; i < runs.length; i++) {
      assertThat(status.getLong(8 + 16 * i)).isEqualTo(runs[i][0]);
      assertThat(status.getInt(16 + 16 * i)).isEqualTo((int) runs[i][1]);
      assertThat(status.get(20 + 16 * i)).isEqualTo((byte) runs[i][2]);
    }
  }

  @Test
  void anUnmapListIsCheckedBeforeItIsDone() {
    bench.write(bench.a1, 0, filled(1, 1));
    ByteBuffer list = ByteBuffer.allocate(40).putShort(0, (short) 38).putShort(2, (short) 32);
    list.putLong(8, 0).putInt(16, 1).putLong(24, BLOCKS).putInt(32, 1);
    assertIllegal(
        bench.run(bench.a1, Bench.hex("42 00 00000000 00 0028 00"), list),
        AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    assertThat(bench.read(bench.a1, 0, 1)).isEqualTo(filled(1, 1));
  }

  @Test
  void writeSameRepeatsItsBlock() {
    assertGood(bench.run(bench.a1, "41 00 00000003 00 0005 00", filled(8, 1)));
    assertThat(bench.read(bench.a1, 3, 5)).isEqualTo(filled(8, 5));
    assertGood(bench.run(bench.a1, "93 09 0000000000000003 00000005 00 00"));
    assertThat(bench.read(bench.a1, 3, 5)).isEqualTo(filled(0, 5));
    assertIllegal(
        bench.run(bench.a1, "41 00 00000003 00 0000 00", filled(8, 1)),
        AdditionalSense.INVALID_FIELD_IN_CDB);
    assertIllegal(
        bench.run(bench.a1, "41 00 00000003 00 0005 00", filled(8, 2)),
        AdditionalSense.INVALID_FIELD_IN_CDB);
  }

  @Test
  void aWriteProtectedUnitIsReadOnly() {
    ByteBuffer list = ByteBuffer.allocate(20).put(8, (byte) 0x0a).put(9, (byte) 0x0a);
    list.put(11, (byte) 0x10).put(12, (byte) 0x08);
    assertGood(bench.run(bench.a1, Bench.hex("55 10 00 00 00 00 00 00 14 00"), list));
    for (String cdb : new String[] {"2a 00 00000000 00 0001 00", "41 00 00000000 00 0001 00"}) {
      assertSense(
          bench.run(bench.a1, cdb, filled(1, 1)),
          SenseKey.DATA_PROTECT,
          AdditionalSense.WRITE_PROTECTED);
    }
    Bench.assertAttention(
        bench.run(bench.b1, "00 00 00 00 00 00"), AdditionalSense.MODE_PARAMETERS_CHANGED);
  }

  /** The same commands on a plain array of bytes give the same data. */
  @Test
  void aModelAgrees() {
    Random random = new Random(SEED);
    byte[] model = new byte[BLOCKS * BLOCK];
    for (int i = 0; i < 20_000; i++) {
      int blocks = 1 + random.nextInt(20);
      int lba = random.nextInt(BLOCKS - blocks);
      Nexus nexus = random.nextBoolean() ? bench.a1 : bench.b2;
      switch (random.nextInt(4)) {
        case 0 -> {
          byte[] data = new byte[blocks * BLOCK];
          random.nextBytes(data);
          assertGood(bench.write(nexus, lba, data));
          System.arraycopy(data, 0, model, lba * BLOCK, data.length);
        }
        case 1 -> {
          byte[] block = filled(random.nextInt(256), 1);
          ByteBuffer cdb = Bench.hex("41 00 00000000 00 0000 00");
          cdb.putInt(2, lba).putShort(7, (short) blocks);
          assertGood(bench.run(nexus, cdb, ByteBuffer.wrap(block)));
          Arrays.fill(model, lba * BLOCK, (lba + blocks) * BLOCK, block[0]);
        }
        case 2 -> {
          ByteBuffer list = ByteBuffer.allocate(24).putShort(2, (short) 16);
          list.putLong(8, lba).putInt(16, blocks);
          assertGood(bench.run(nexus, Bench.hex("42 00 00000000 00 0018 00"), list));
          Arrays.fill(model, lba * BLOCK, (lba + blocks) * BLOCK, (byte) 0);
        }
        default ->
            assertThat(bench.read(nexus, lba, blocks))
                .as("seed %d, step %d", SEED, i)
                .isEqualTo(Arrays.copyOfRange(model, lba * BLOCK, (lba + blocks) * BLOCK));
      }
    }
    assertThat(bench.units.readStore("vol0", 0, model.length).array()).isEqualTo(model);
  }

  @Test
  void loadsAreCountedByPort() {
    bench.write(bench.a1, 0, filled(1, 8));
    bench.read(bench.a2, 0, 8);
    assertThat(bench.units.loads().get("node1.a")).isEqualTo(new PortLoad(0, 1, 4096));
    assertThat(bench.units.loads().get("node2.a")).isEqualTo(new PortLoad(1, 0, 4096));
  }

  @Test
  void theNullStoreForgets() {
    Bench empty = new Bench(RegistrationStore.NONE, new NullStore()).settled();
    assertGood(empty.write(empty.a1, 0, filled(1, 8)));
    ScsiOutcome read = empty.run(empty.a1, Cdb.Read.of(0, 8).encode(), ByteBuffer.allocate(0));
    assertThat(Bench.bytes(read)).isEqualTo(filled(0, 8));
  }
}
