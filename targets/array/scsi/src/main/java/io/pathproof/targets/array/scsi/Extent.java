package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;

/** The blocks that the CDB of a medium access command names, by the length of its form. */
final class Extent {
  private Extent() {}

  private static int form(ByteBuffer cdb) {
    return switch ((cdb.get(0) & 0xff) >> 5) {
      case 0 -> 6;
      case 1, 2 -> 10;
      case 5 -> 12;
      default -> 16;
    };
  }

  /** First block; negative, and so out of every range, if it has 64 bits. */
  static long lba(ByteBuffer cdb) {
    return switch (form(cdb)) {
      case 6 -> cdb.getInt(0) & 0x1fffffL;
      case 10, 12 -> cdb.getInt(2) & 0xffffffffL;
      default -> cdb.getLong(2);
    };
  }

  /** How many; 0 in the form of 6 bytes means 256 (SBC-3 clause 5.10). */
  static long blocks(ByteBuffer cdb) {
    int code = cdb.get(0) & 0xff;
    if (code == 0x89) {
      return cdb.get(13) & 0xff;
    }
    if (code == 0x9c) {
      return cdb.getShort(12) & 0xffff;
    }
    return switch (form(cdb)) {
      case 6 -> cdb.get(4) == 0 ? 256 : cdb.get(4) & 0xff;
      case 10 -> cdb.getShort(7) & 0xffff;
      case 12 -> cdb.getInt(6) & 0xffffffffL;
      default -> cdb.getInt(10) & 0xffffffffL;
    };
  }
}
