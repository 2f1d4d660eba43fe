package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;

/** A store for benchmarks: writes vanish, reads give zeros. */
public final class NullStore implements BlockStore {
  private static final byte[] ZEROS = new byte[1 << 16];

  @Override
  public void read(long offset, ByteBuffer into) {
    while (into.hasRemaining()) {
      into.put(ZEROS, 0, Math.min(ZEROS.length, into.remaining()));
    }
  }

  @Override
  public void write(long offset, ByteBuffer from) {
    from.position(from.limit());
  }

  @Override
  public void deallocate(long offset, long length) {}

  @Override
  public long extent(long offset, long length) {
    return length;
  }
}
