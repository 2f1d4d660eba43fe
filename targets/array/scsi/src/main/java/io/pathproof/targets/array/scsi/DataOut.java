package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;

/** How much data a command takes from the initiator, by its CDB. */
final class DataOut {
  private static final int MAX = 16 << 20;

  private DataOut() {}

  static long length(ByteBuffer cdb, int blockLength) {
    int code = cdb.get(0) & 0xff;
    long length =
        switch (code) {
          case 0x0a, 0x2a, 0x2e, 0x8a, 0x8b, 0x8e, 0x9c, 0xaa, 0xae ->
              Extent.blocks(cdb) * blockLength;
          case 0x2f, 0x8f, 0xaf -> compared(cdb) * blockLength;
          case 0x41 -> blockLength;
          case 0x93 -> (cdb.get(1) & 1) != 0 ? 0 : blockLength;
          case 0x89 -> 2 * Extent.blocks(cdb) * blockLength;
          case 0x15 -> cdb.get(4) & 0xff;
          case 0x42, 0x55 -> cdb.getShort(7) & 0xffff;
          case 0x5f -> cdb.getInt(5) & 0xffffffffL;
          case 0xa4 -> (cdb.get(1) & 0x1f) == 0x0a ? cdb.getInt(6) & 0xffffffffL : 0;
          default -> 0;
        };
    return length > MAX ? 0 : length;
  }

  /** Blocks that VERIFY compares with data: all with BYTCHK 01b, one with 11b. */
  private static long compared(ByteBuffer cdb) {
    long blocks = Extent.blocks(cdb);
    return switch (cdb.get(1) >> 1 & 3) {
      case 1 -> blocks;
      case 3 -> Math.min(1, blocks);
      default -> 0;
    };
  }
}
