package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;

/** Reading, writing and comparing (SBC-3 clause 5), without protection information. */
final class MediumAccess {
  private static final int FUA_NV_OR_PROTECT = 0xe0;
  private static final int PIECE = 1 << 20;
  static final int MAX_COMPARE_AND_WRITE = 255;

  private MediumAccess() {}

  /** The first block, after all that is checked of a range. */
  static long range(Request request, long blocks) throws Refusal {
    long lba = Extent.lba(request.cdb);
    long last = request.unit.volume.blocks();
    if (lba < 0 || lba > last || blocks > last - lba) {
      throw Refusal.illegal(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
    }
    return lba;
  }

  private static void protect(Request request) throws Refusal {
    if (request.int8(0) >> 5 != 0 && (request.int8(1) & FUA_NV_OR_PROTECT) != 0) {
      throw Refusal.invalidCdb();
    }
  }

  static void writable(Request request) throws Refusal {
    if (request.unit.modes.writeProtected()) {
      throw Refusal.check(SenseKey.DATA_PROTECT, AdditionalSense.WRITE_PROTECTED);
    }
  }

  /** Checks of everything that moves blocks; gives the number of bytes. */
  private static int transfer(Request request, long blocks) throws Refusal {
    protect(request);
    range(request, blocks);
    long bytes = blocks * request.unit.volume.blockLength();
    if (bytes > LogicalUnits.MAX_TRANSFER) {
      throw Refusal.invalidCdb();
    }
    return (int) bytes;
  }

  private static long offset(Request request) {
    return Extent.lba(request.cdb) * request.unit.volume.blockLength();
  }

  static ScsiOutcome read(Request request) throws Refusal {
    int bytes = transfer(request, Extent.blocks(request.cdb));
    ByteBuffer data = ByteBuffer.allocate(bytes);
    request.unit.store.read(request.nexus.nexus, offset(request), data);
    request.nexus.port.reads++;
    request.nexus.port.bytes += bytes;
    return ScsiOutcome.good(data.flip());
  }

  /** What came, if the initiator announced less than the CDB says: whole blocks of it. */
  private static ByteBuffer data(Request request, int bytes) {
    int there = Math.min(bytes, request.dataOut.remaining());
    there -= there % request.unit.volume.blockLength();
    return request.dataOut.slice(request.dataOut.position(), there);
  }

  private static void put(Request request, long offset, ByteBuffer data) {
    int bytes = data.remaining();
    request.unit.store.write(request.nexus.nexus, offset, data, request.nowNs);
    request.nexus.port.writes++;
    request.nexus.port.bytes += bytes;
  }

  static ScsiOutcome write(Request request) throws Refusal {
    int bytes = transfer(request, Extent.blocks(request.cdb));
    writable(request);
    put(request, offset(request), data(request, bytes));
    return ScsiOutcome.GOOD;
  }

  static ScsiOutcome writeAtomic(Request request) throws Refusal {
    if (request.int16(10) != 0) {
      throw Refusal.invalidCdb(); // ATOMIC BOUNDARY, which block limits say is not supported
    }
    int bytes = transfer(request, Extent.blocks(request.cdb));
    writable(request);
    if (request.dataOut.remaining() < bytes) {
      throw Refusal.invalidCdb(); // a part of it would not be atomic
    }
    put(request, offset(request), data(request, bytes));
    return ScsiOutcome.GOOD;
  }

  static ScsiOutcome writeAndVerify(Request request) throws Refusal {
    if ((request.int8(1) >> 1 & 3) > 1) {
      throw Refusal.invalidCdb(); // BYTCHK 10b and 11b are reserved here
    }
    return write(request);
  }

  static ScsiOutcome verify(Request request) throws Refusal {
    int check = request.int8(1) >> 1 & 3;
    long blocks = Extent.blocks(request.cdb);
    if (check == 2) {
      throw Refusal.invalidCdb();
    }
    if (check == 0) {
      protect(request);
      range(request, blocks);
      return ScsiOutcome.GOOD;
    }
    int bytes = check == 1 ? transfer(request, blocks) : oneBlock(request, blocks);
    ByteBuffer given = data(request, bytes);
    if (given.remaining() < bytes) {
      throw Refusal.invalidCdb();
    }
    int step = check == 1 ? bytes : request.unit.volume.blockLength();
    long total = blocks * request.unit.volume.blockLength();
    for (long at = 0; at < total; at += step) {
      compare(request, offset(request) + at, given);
    }
    return ScsiOutcome.GOOD;
  }

  private static int oneBlock(Request request, long blocks) throws Refusal {
    protect(request);
    range(request, blocks);
    if (blocks * request.unit.volume.blockLength() > LogicalUnits.MAX_TRANSFER) {
      throw Refusal.invalidCdb();
    }
    return blocks == 0 ? 0 : request.unit.volume.blockLength();
  }

  private static void compare(Request request, long offset, ByteBuffer given) throws Refusal {
    byte[] piece = new byte[Math.min(PIECE, given.remaining())];
    for (int at = 0; at < given.remaining(); at += piece.length) {
      int length = Math.min(piece.length, given.remaining() - at);
      ByteBuffer found = ByteBuffer.wrap(piece, 0, length);
      request.unit.store.read(request.nexus.nexus, offset + at, found);
      int mismatch = found.flip().mismatch(given.slice(at, length));
      if (mismatch >= 0) {
        throw Refusal.miscompare(at + mismatch);
      }
    }
  }

  /** COMPARE AND WRITE (SBC-3 clause 5.2): on one thread, so nothing comes between. */
  static ScsiOutcome compareAndWrite(Request request) throws Refusal {
    int bytes = transfer(request, Extent.blocks(request.cdb));
    writable(request);
    if (request.dataOut.remaining() != 2 * bytes) {
      throw Refusal.invalidCdb();
    }
    if (bytes == 0) {
      return ScsiOutcome.GOOD;
    }
    int start = request.dataOut.position();
    compare(request, offset(request), request.dataOut.slice(start, bytes));
    put(request, offset(request), request.dataOut.slice(start + bytes, bytes));
    return ScsiOutcome.GOOD;
  }

  static ScsiOutcome orWrite(Request request) throws Refusal {
    int bytes = transfer(request, Extent.blocks(request.cdb));
    writable(request);
    ByteBuffer given = data(request, bytes);
    ByteBuffer sum = ByteBuffer.allocate(given.remaining());
    request.unit.store.read(request.nexus.nexus, offset(request), sum);
    sum.flip();
    for (int i = 0; i < sum.limit(); i++) {
      sum.put(i, (byte) (sum.get(i) | given.get(i)));
    }
    put(request, offset(request), sum);
    return ScsiOutcome.GOOD;
  }

  static ScsiOutcome preFetch(Request request) throws Refusal {
    range(request, Extent.blocks(request.cdb));
    return ScsiOutcome.GOOD;
  }

  static ScsiOutcome synchronize(Request request) throws Refusal {
    range(request, Extent.blocks(request.cdb));
    request.unit.store.shared().flush();
    return ScsiOutcome.GOOD;
  }
}
