package io.pathproof.targets.array.server;

import io.pathproof.targets.array.scsi.BlockStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * A volume in a sparse file. What is mapped is known by pieces of 4 KiB; of a file that was there
 * before, by runs of 64 KiB that are not zero.
 */
final class FileStore implements BlockStore, AutoCloseable {
  private static final int PIECE = 1 << 12;
  private static final int SCAN = 1 << 16;

  /** What a bit set can count. */
  private static final long LIMIT = (long) Integer.MAX_VALUE * PIECE;

  private final FileChannel file;
  private final BitSet mapped = new BitSet();

  /**
   * Opens or creates the file.
   *
   * @throws ArrayException when the file cannot be had, or has another size
   */
  FileStore(Path path, long sizeBytes) {
    if (sizeBytes > LIMIT) {
      throw new ArrayException(path + ": volumes in files have at most " + LIMIT + " bytes");
    }
    try {
      file =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.SPARSE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (file.size() != 0 && file.size() != sizeBytes) {
        long size = file.size();
        file.close();
        throw new ArrayException(
            path + " holds a volume of " + size + " bytes, not " + sizeBytes + "; remove it");
      }
      if (file.size() == 0) {
        file.write(ByteBuffer.allocate(1), sizeBytes - 1);
      } else {
        findMapped(sizeBytes);
      }
    } catch (IOException e) {
      throw new ArrayException("volume file " + path + " cannot be used: " + e, e);
    }
  }

  private void findMapped(long sizeBytes) throws IOException {
    ByteBuffer run = ByteBuffer.allocate(SCAN);
    ByteBuffer zeros = ByteBuffer.allocate(SCAN);
    for (long offset = 0; offset < sizeBytes; offset += SCAN) {
      run.clear().limit((int) Math.min(SCAN, sizeBytes - offset));
      fill(offset, run);
      run.flip();
      if (run.mismatch(zeros.clear().limit(run.limit())) >= 0) {
        map(offset, run.limit());
      }
    }
  }

  private void map(long offset, int length) {
    mapped.set((int) (offset / PIECE), (int) ((offset + length - 1) / PIECE) + 1);
  }

  @Override
  public void read(long offset, ByteBuffer into) {
    try {
      fill(offset, into);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fill(long offset, ByteBuffer into) throws IOException {
    long at = offset;
    while (into.hasRemaining()) {
      int count = file.read(into, at);
      if (count < 0) {
        throw new IOException("the file has become shorter than the volume");
      }
      at += count;
    }
  }

  @Override
  public void write(long offset, ByteBuffer from) {
    if (!from.hasRemaining()) {
      return;
    }
    map(offset, from.remaining());
    put(offset, from);
  }

  private void put(long offset, ByteBuffer from) {
    long at = offset;
    try {
      while (from.hasRemaining()) {
        at += file.write(from, at);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void deallocate(long offset, long length) {
    long at = offset;
    long end = offset + length;
    while (at < end) {
      int piece = (int) (at / PIECE);
      int part = (int) (Math.min((piece + 1L) * PIECE, end) - at);
      if (mapped.get(piece)) {
        put(at, ByteBuffer.allocate(part));
        if (part == PIECE) {
          mapped.clear(piece);
        }
      }
      at += part;
    }
  }

  @Override
  public long extent(long offset, long length) {
    int piece = (int) (offset / PIECE);
    boolean here = mapped.get(piece);
    int next = here ? mapped.nextClearBit(piece) : mapped.nextSetBit(piece);
    long end = next < 0 ? offset + length : Math.min((long) next * PIECE, offset + length);
    return here ? end - offset : offset - end;
  }

  @Override
  public void flush() {
    try {
      file.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
