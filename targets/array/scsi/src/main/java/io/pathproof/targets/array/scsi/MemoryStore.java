package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;

/** A sparse store in memory: chunks come with the first write to them, and go when deallocated. */
public final class MemoryStore implements BlockStore {
  private static final int SHIFT = 16;
  private static final int CHUNK = 1 << SHIFT;
  private static final int MASK = CHUNK - 1;
  private static final byte[] ZEROS = new byte[CHUNK];

  private final byte[][] chunks;

  /**
   * @param sizeBytes at most 64 TiB
   */
  public MemoryStore(long sizeBytes) {
    chunks = new byte[Math.toIntExact((sizeBytes + MASK) >> SHIFT)][];
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
      at += length;
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
      if (part == CHUNK) {
        chunks[index] = null;
      } else if (chunks[index] != null) {
        java.util.Arrays.fill(chunks[index], start, start + part, (byte) 0);
      }
      at += part;
    }
  }

  @Override
  public long extent(long offset, long length) {
    long at = offset;
    long end = offset + length;
    boolean mapped = chunks[(int) (at >> SHIFT)] != null;
    while (at < end && chunks[(int) (at >> SHIFT)] != null == mapped) {
      at = (at | MASK) + 1;
    }
    long run = Math.min(at, end) - offset;
    return mapped ? run : -run;
  }
}
