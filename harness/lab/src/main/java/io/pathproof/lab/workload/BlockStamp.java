package io.pathproof.lab.workload;

import io.pathproof.lab.history.Event.BlockFound;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The content of a written block: who wrote it, where to, and a checksum over all of it, so that a
 * reader can tell a lost, old, torn or misdirected block from a sound one.
 *
 * <pre>
 *   0  magic "PATHPRF1"        24  generation (8)
 *   8  CRC32C of the block     32  run (8)
 *      with this field 0 (4)   40  host: length (1), UTF-8 (47)
 *  12  attempt (4)             88  path: length (1), UTF-8 (79)
 *  16  LBA (8)                168  filler from (run, LBA, generation)
 * </pre>
 *
 * All numbers big-endian. The filler is the same for every path and attempt of one generation.
 *
 * @param lba the block, in units of {@value #BYTES} bytes from the volume's start
 * @param generation the write; from 1
 * @param run the run; see {@link #runId}
 * @param host who wrote it
 * @param path the path it was sent down
 * @param attempt from 1
 */
public record BlockStamp(
    long lba, long generation, long run, String host, String path, int attempt) {
  /** Bytes of a stamped block. */
  public static final int BYTES = 4096;

  private static final long MAGIC = 0x5041_5448_5052_4631L;

  /** The least that an array writes as one; no disk here has smaller blocks. */
  private static final int SECTOR = 512;

  private static final int CRC_AT = 8;
  private static final int HOST_AT = 40;
  private static final int PATH_AT = 88;
  private static final int FILLER_AT = 168;

  /** Bytes of a path's name (UTF-8), at most. */
  public static final int PATH_LIMIT = FILLER_AT - PATH_AT - 1;

  /** A run's 64-bit id from its name: FNV-1a, never 0. */
  public static long runId(String runName) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : runName.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    return hash == 0 ? 1 : hash;
  }

  /** Writes the block at the buffer's position, which moves on by {@value #BYTES}. */
  public void encode(ByteBuffer to) {
    int start = to.position();
    ByteBuffer block = to.slice(start, BYTES).order(ByteOrder.BIG_ENDIAN);
    block.putLong(MAGIC).putInt(0).putInt(attempt).putLong(lba).putLong(generation).putLong(run);
    putText(block, HOST_AT, PATH_AT - HOST_AT, host);
    putText(block, PATH_AT, FILLER_AT - PATH_AT, path);
    Filler filler = new Filler(run, lba, generation);
    for (int at = FILLER_AT; at < BYTES; at += Long.BYTES) {
      block.putLong(at, filler.next());
    }
    block.putInt(CRC_AT, checksum(block));
    to.position(start + BYTES);
  }

  /**
   * Says what a block holds. What another run wrote is what was there before this one, also where
   * the array put it in the wrong place, or tore it at a sector's edge: a write of this run that is
   * torn has this run's head, unless its head alone is missing, and then an acknowledged write is
   * missed there.
   *
   * @param block {@value #BYTES} bytes from the buffer's position, which does not move
   * @param lba where it was read
   * @param run the run that asks
   */
  public static BlockFound decode(ByteBuffer block, long lba, long run) {
    if (block.remaining() < BYTES) {
      return new BlockFound(lba, 0, "", "short: " + block.remaining() + " of " + BYTES + " bytes");
    }
    ByteBuffer bytes = block.slice(block.position(), BYTES).order(ByteOrder.BIG_ENDIAN);
    if (bytes.getLong(0) != MAGIC) {
      return withoutMagic(bytes, lba);
    }
    long stampLba = bytes.getLong(16);
    long generation = bytes.getLong(24);
    long stampRun = bytes.getLong(32);
    String path = text(bytes, PATH_AT, FILLER_AT - PATH_AT);
    BlockFound before = new BlockFound(lba, 0, "", "");
    if (bytes.getInt(CRC_AT) != checksum(bytes)) {
      int whole = wholeUntil(bytes, new Filler(stampRun, stampLba, generation));
      boolean tornAtSector = whole < BYTES && whole % SECTOR == 0;
      return stampRun != run && tornAtSector
          ? before
          : new BlockFound(lba, generation, path, tear(whole));
    }
    if (stampRun != run) {
      return before;
    }
    return stampLba == lba
        ? new BlockFound(lba, generation, path, "")
        : new BlockFound(
            lba, generation, path, "misdirected: holds the stamp of block " + stampLba);
  }

  private static BlockFound withoutMagic(ByteBuffer bytes, long lba) {
    for (int at = 0; at < BYTES; at += Long.BYTES) {
      if (bytes.getLong(at) != 0) {
        return new BlockFound(
            lba, 0, "", "no stamp: neither zero nor written by us, first at byte " + at);
      }
    }
    return new BlockFound(lba, 0, "", "");
  }

  /** Where a block stops being what its head says; its whole length: not behind the head. */
  private static int wholeUntil(ByteBuffer bytes, Filler filler) {
    for (int at = FILLER_AT; at < BYTES; at += Long.BYTES) {
      if (bytes.getLong(at) != filler.next()) {
        return at;
      }
    }
    return BYTES;
  }

  private static String tear(int whole) {
    return "torn: checksum wrong, "
        + (whole < BYTES
            ? "from byte " + whole + " on it is something else"
            : "damage in the first " + FILLER_AT + " bytes");
  }

  private static int checksum(ByteBuffer block) {
    CRC32C crc = new CRC32C();
    crc.update(block.slice(0, CRC_AT));
    crc.update(new byte[Integer.BYTES]);
    crc.update(block.slice(CRC_AT + Integer.BYTES, BYTES - CRC_AT - Integer.BYTES));
    return (int) crc.getValue();
  }

  private static void putText(ByteBuffer block, int at, int size, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > size - 1) {
      throw new IllegalArgumentException(text + " is longer than " + (size - 1) + " bytes");
    }
    block.put(at, (byte) utf8.length);
    block.put(at + 1, utf8);
    for (int i = at + 1 + utf8.length; i < at + size; i++) {
      block.put(i, (byte) 0);
    }
  }

  private static String text(ByteBuffer block, int at, int size) {
    byte[] utf8 = new byte[Math.min(block.get(at) & 0xFF, size - 1)];
    block.get(at + 1, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** SplitMix64 (Steele, Lea, Flood 2014). */
  private static final class Filler {
    private long state;

    Filler(long run, long lba, long generation) {
      state = run ^ lba * 0x9E3779B97F4A7C15L ^ Long.rotateLeft(generation, 32);
    }

    long next() {
      state += 0x9E3779B97F4A7C15L;
      long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
      z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
      return z ^ z >>> 31;
    }
  }
}
