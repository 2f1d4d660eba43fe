package io.pathproof.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.lab.history.Event.BlockFound;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlockStampTest {
  private static final long RUN = BlockStamp.runId("run/1/scenario");

  private static ByteBuffer block(long lba, long generation, long run) {
    ByteBuffer bytes = ByteBuffer.allocate(BlockStamp.BYTES);
    new BlockStamp(lba, generation, run, "host1", "nic0:node1.a", 2).encode(bytes);
    assertThat(bytes.remaining()).isZero();
    return bytes.flip();
  }

  private static String defect(ByteBuffer block) {
    return BlockStamp.decode(block, 7, RUN).defect();
  }

  @Test
  void aSoundBlockIsRead() {
    assertThat(BlockStamp.decode(block(7, 99, RUN), 7, RUN))
        .isEqualTo(new BlockFound(7, 99, "nic0:node1.a", ""));
  }

  @Test
  void zeroAndOtherRunsAreWhatWasThereBefore() {
    BlockFound before = new BlockFound(7, 0, "", "");
    assertThat(BlockStamp.decode(ByteBuffer.allocate(BlockStamp.BYTES), 7, RUN)).isEqualTo(before);
    long other = BlockStamp.runId("run/2/scenario");
    assertThat(other).isNotEqualTo(RUN);
    assertThat(BlockStamp.decode(block(7, 99, other), 7, RUN)).isEqualTo(before);
  }

  @Test
  void everySingleFlippedBitIsFound() {
    ByteBuffer sound = block(7, 99, RUN);
    for (int bit = 0; bit < BlockStamp.BYTES * 8; bit += 5) {
      ByteBuffer bent = ByteBuffer.allocate(BlockStamp.BYTES).put(sound.duplicate()).flip();
      bent.put(bit / 8, (byte) (bent.get(bit / 8) ^ 1 << bit % 8));
      assertThat(defect(bent)).as("bit %d", bit).isNotEmpty();
    }
  }

  @Test
  void aTornBlockIsToldFromWhere() {
    ByteBuffer torn = block(7, 99, RUN);
    torn.put(2048, block(7, 98, RUN), 2048, 2048);
    assertThat(defect(torn))
        .isEqualTo("torn: checksum wrong, from byte 2048 on it is something else");
    ByteBuffer half = block(7, 99, RUN);
    half.put(512, new byte[3584]);
    assertThat(defect(half)).contains("from byte 512 on");
    ByteBuffer head = block(7, 99, RUN);
    head.put(50, (byte) 'X');
    assertThat(defect(head)).contains("damage in the first 168 bytes");
  }

  @Test
  void aBlockOfAnotherPlaceIsMisdirected() {
    assertThat(defect(block(8, 99, RUN))).isEqualTo("misdirected: holds the stamp of block 8");
  }

  /** What an array broke under an earlier scenario is not held against it in this one. */
  @Test
  void whatAnotherRunLeftBehindIsWhatWasThereBefore() {
    BlockFound before = new BlockFound(7, 0, "", "");
    assertThat(BlockStamp.decode(block(8, 99, 5), 7, RUN)).isEqualTo(before);
    for (int sector = 512; sector < BlockStamp.BYTES; sector += 512) {
      ByteBuffer torn = block(7, 99, 5);
      torn.put(sector, new byte[BlockStamp.BYTES - sector]);
      assertThat(BlockStamp.decode(torn, 7, RUN)).as("%d", sector).isEqualTo(before);
      ByteBuffer ours = block(7, 99, RUN);
      ours.put(sector, block(7, 98, 5), sector, BlockStamp.BYTES - sector);
      assertThat(defect(ours)).contains("torn: checksum wrong, from byte " + sector);
    }
    ByteBuffer elsewhere = block(7, 99, 5);
    elsewhere.put(2056, new byte[2040]);
    assertThat(defect(elsewhere)).contains("from byte 2056 on");
    ByteBuffer head = block(7, 99, 5);
    head.put(50, (byte) 'X');
    assertThat(defect(head)).contains("damage in the first 168 bytes");
  }

  @Test
  void foreignAndShortContentIsToldApart() {
    ByteBuffer foreign = ByteBuffer.allocate(BlockStamp.BYTES);
    foreign.put(4000, (byte) 1);
    assertThat(defect(foreign))
        .isEqualTo("no stamp: neither zero nor written by us, first at byte 4000");
    assertThat(defect(ByteBuffer.allocate(100))).isEqualTo("short: 100 of 4096 bytes");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      byte[] noise = new byte[BlockStamp.BYTES];
      random.nextBytes(noise);
      // with our magic in front, so that every field behind it is read
      System.arraycopy(block(7, 1, RUN).array(), 0, noise, 0, 8);
      assertThat(defect(ByteBuffer.wrap(noise))).isNotEmpty();
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    BlockStamp stamp = new BlockStamp(1, 1, 1, "h".repeat(48), "p", 1);
    assertThatThrownBy(() -> stamp.encode(ByteBuffer.allocate(BlockStamp.BYTES)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
