package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A sparse store in memory: chunks of 64 KiB come with the first write to them, and go when
 * deallocated as a whole. Which parts are mapped is known by pieces of 512 bytes.
 */
public final class MemoryStore implements BlockStore {
  private static final int SHIFT = 16;
  private static final int CHUNK = 1 << SHIFT;
  private static final int MASK = CHUNK - 1;
  private static final int PIECE_SHIFT = 9;
  private static final byte[] ZEROS = new byte[CHUNK];

  private final byte[][] chunks;

  /** Two words for each chunk, one bit for each piece. */
  private final long[] mapped;

  /**
   * @param sizeBytes at most 64 TiB
   */
  public MemoryStore(long sizeBytes) {
    int count = Math.toIntExact((sizeBytes + MASK) >> SHIFT);
    chunks = new byte[count][];
    mapped = new long[2 * count];
  }

  @Override
  public void read(long offset, ByteBuffer into) {
    long at = offset;
    while (into.hasRemaining()) {
      int start = (int) at & MASK;
      int length = Math.min(CHUNK - start, into.remaining());
      byte[] chunk = chunks[(int) (at >> SHIFT)];
      into.put(chunk == null ? ZEROS : chunk, start, length);
      at += length;
    }
  }

  @Override
  public void write(long offset, ByteBuffer from) {
    long at = offset;
    while (from.hasRemaining()) {
      int index = (int) (at >> SHIFT);
      int start = (int) at & MASK;
      int length = Math.min(CHUNK - start, from.remaining());
      byte[] chunk = chunks[index];
      if (chunk == null) {
        chunk = new byte[CHUNK];
        chunks[index] = chunk;
      }
      from.get(chunk, start, length);
      mark(index, start >> PIECE_SHIFT, (start + length - 1) >> PIECE_SHIFT, true);
      at += length;
    }
  }

  private void mark(int chunk, int first, int last, boolean on) {
    for (int word = first >> 6; word <= last >> 6; word++) {
      long bits = -1L;
      if (word == first >> 6) {
        bits &= -1L << first;
      }
      if (word == last >> 6) {
        bits &= -1L >>> (63 - (last & 63));
      }
      int at = 2 * chunk + word;
      mapped[at] = on ? mapped[at] | bits : mapped[at] & ~bits;
    }
  }

  @Override
  public void deallocate(long offset, long length) {
    long at = offset;
    long end = offset + length;
    while (at < end) {
      int index = (int) (at >> SHIFT);
      int start = (int) at & MASK;
      int part = (int) Math.min(CHUNK - start, end - at);
      if (chunks[index] != null) {
        Arrays.fill(chunks[index], start, start + part, (byte) 0);
        mark(index, start >> PIECE_SHIFT, (start + part - 1) >> PIECE_SHIFT, false);
        if (mapped[2 * index] == 0 && mapped[2 * index + 1] == 0) {
          chunks[index] = null;
        }
      }
      at += part;
    }
  }

  @Override
  public long extent(long offset, long length) {
    long at = offset;
    long end = offset + length;
    boolean first = mapped(at);
    while (at < end && mapped(at) == first) {
      at =
          !first && chunks[(int) (at >> SHIFT)] == null
              ? (at | MASK) + 1
              : (at >> PIECE_SHIFT) + 1 << PIECE_SHIFT;
    }
    long run = Math.min(at, end) - offset;
    return first ? run : -run;
  }

  private boolean mapped(long at) {
    int piece = ((int) at & MASK) >> PIECE_SHIFT;
    return (mapped[2 * (int) (at >> SHIFT) + (piece >> 6)] >>> piece & 1) != 0;
  }
}
