package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AdditionalSense;
import java.nio.ByteBuffer;

/** Logical block provisioning (SBC-3 clause 4.7): WRITE SAME, UNMAP, GET LBA STATUS. */
final class Provisioning {
  /** Blocks of one UNMAP. */
  static final long MAX_BLOCKS = 1 << 20;

  /** Blocks of one WRITE SAME. */
  static final long MAX_SAME = 1 << 15;

  static final int MAX_DESCRIPTORS = 256;
  private static final int PIECE = 1 << 20;
  private static final int MAX_STATUS_DESCRIPTORS = 128;
  private static final int DEALLOCATED = 1;

  private Provisioning() {}

  static ScsiOutcome writeSame(Request request) throws Refusal {
    boolean sixteen = request.operation == Operation.WRITE_SAME_16;
    int flags = request.int8(1);
    boolean unmap = (flags & 0x08) != 0;
    boolean noData = sixteen && (flags & 0x01) != 0;
    if ((flags & 0xf6) != 0) { // WRPROTECT, ANCHOR and obsolete bits
      throw Refusal.invalidCdb();
    }
    long blocks = Extent.blocks(request.cdb);
    long lba = MediumAccess.range(request, blocks);
    if (blocks == 0 || blocks > MAX_SAME) {
      throw Refusal.invalidCdb(); // WSNZ
    }
    MediumAccess.writable(request);
    int length = request.unit.volume.blockLength();
    if (!noData && request.dataOut.remaining() != length) {
      throw Refusal.invalidCdb();
    }
    ByteBuffer block = noData ? ByteBuffer.allocate(length) : request.dataOut.slice();
    if (unmap && zeros(block)) {
      deallocate(request, lba, blocks);
    } else {
      fill(request, lba * length, blocks * length, block);
    }
    return ScsiOutcome.GOOD;
  }

  private static boolean zeros(ByteBuffer block) {
    for (int i = 0; i < block.limit(); i++) {
      if (block.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static void fill(Request request, long offset, long bytes, ByteBuffer block) {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, bytes));
    while (piece.hasRemaining()) {
      piece.put(block.duplicate());
    }
    for (long at = 0; at < bytes; at += piece.capacity()) {
      piece.clear().limit((int) Math.min(piece.capacity(), bytes - at));
      request.unit.store.write(request.nexus.nexus, offset + at, piece, request.nowNs);
    }
    request.nexus.port.writes++;
  }

  private static void deallocate(Request request, long lba, long blocks) {
    int length = request.unit.volume.blockLength();
    request.unit.store.deallocate(
        request.nexus.nexus, lba * length, blocks * length, request.nowNs);
  }

  /** UNMAP: the whole list is checked before any of it is done. */
  static ScsiOutcome unmap(Request request) throws Refusal {
    if (request.bit(1, 0)) {
      throw Refusal.invalidCdb(); // ANCHOR
    }
    MediumAccess.writable(request);
    if (request.int16(7) == 0) {
      return ScsiOutcome.GOOD;
    }
    ByteBuffer list = request.parameters(8);
    int length = list.getShort(2) & 0xffff;
    int count = Math.min(length, list.remaining() - 8) / 16;
    if (count > MAX_DESCRIPTORS) {
      throw Refusal.invalidParameter();
    }
    long size = request.unit.volume.blocks();
    long total = 0;
    for (int i = 0; i < count; i++) {
      long lba = list.getLong(8 + 16 * i);
      long blocks = list.getInt(16 + 16 * i) & 0xffffffffL;
      if (lba < 0 || lba > size || blocks > size - lba) {
        throw Refusal.illegal(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
      }
      total += blocks;
    }
    if (total > MAX_BLOCKS) {
      throw Refusal.invalidParameter();
    }
    for (int i = 0; i < count; i++) {
      long blocks = list.getInt(16 + 16 * i) & 0xffffffffL;
      if (blocks > 0) {
        deallocate(request, list.getLong(8 + 16 * i), blocks);
      }
    }
    return ScsiOutcome.GOOD;
  }

  static ScsiOutcome status(Request request) throws Refusal {
    long lba = request.cdb.getLong(2);
    Volume volume = request.unit.volume;
    if (lba < 0 || lba >= volume.blocks()) {
      throw Refusal.illegal(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    }
    long allocation = request.uint32(10);
    int room = (int) Math.min(MAX_STATUS_DESCRIPTORS, Math.max(1, (allocation - 8) / 16));
    ByteBuffer out = ByteBuffer.allocate(8 + 16 * room).position(8);
    int length = volume.blockLength();
    for (long at = lba; at < volume.blocks() && out.hasRemaining(); ) {
      long most = Math.min(volume.blocks() - at, 0xffffffffL);
      long run = request.unit.store.shared().extent(at * length, most * length);
      long blocks = Math.max(1, Math.abs(run) / length);
      out.putLong(at).putInt((int) blocks).put((byte) (run < 0 ? DEALLOCATED : 0));
      out.put(new byte[3]);
      at += blocks;
    }
    out.putInt(0, out.position() - 4);
    return Request.cut(out.flip(), allocation);
  }
}
