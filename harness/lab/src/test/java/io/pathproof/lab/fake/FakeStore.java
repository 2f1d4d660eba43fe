package io.pathproof.lab.fake;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The blocks of a volume, 4096 bytes each, with what may go wrong with them. */
final class FakeStore {
  private static final int BLOCK = 4096;

  private final Map<Long, byte[]> blocks = new HashMap<>();
  private final Set<Defect> defects;
  private final VirtualScheduler scheduler;
  private int writes;

  FakeStore(Set<Defect> defects, VirtualScheduler scheduler) {
    this.defects = defects;
    this.scheduler = scheduler;
  }

  void write(long offset, ByteBuffer bytes) {
    boolean seventh = ++writes % 7 == 0;
    if (seventh && defects.contains(Defect.LOSES_WRITES)) {
      return;
    }
    long shift = seventh && defects.contains(Defect.MISDIRECTS_WRITES) ? BLOCK : 0;
    ByteBuffer from = bytes.duplicate();
    for (long at = offset; from.remaining() >= BLOCK; at += BLOCK) {
      byte[] block = new byte[BLOCK];
      from.get(block);
      if (seventh && defects.contains(Defect.TEARS_WRITES)) {
        byte[] old = blocks.getOrDefault(at / BLOCK, new byte[BLOCK]);
        System.arraycopy(old, BLOCK / 2, block, BLOCK / 2, BLOCK / 2);
      }
      blocks.put((at + shift) / BLOCK, block);
    }
  }

  /** What a dead path still held reaches the store late. */
  void writeLate(long offset, ByteBuffer bytes) {
    scheduler.at(scheduler.nowNs() + 1000 * FakeDriver.MS, () -> write(offset, bytes));
  }

  ByteBuffer read(long offset, int length) {
    ByteBuffer to = ByteBuffer.allocate(length);
    for (long at = offset; at < offset + length; at += BLOCK) {
      to.put(blocks.getOrDefault(at / BLOCK, new byte[BLOCK]));
    }
    return to.flip();
  }
}
