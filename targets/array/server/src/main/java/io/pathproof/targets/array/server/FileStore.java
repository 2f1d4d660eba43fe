package io.pathproof.targets.array.server;

import io.pathproof.targets.array.scsi.BlockStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * A volume in a sparse file. What is mapped is known by chunks of 64 KiB; a file that was there
 * before counts as mapped wherever it is not zero.
 */
final class FileStore implements BlockStore, AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final FileChannel file;
  private final BitSet mapped = new BitSet();

  /**
   * Opens or creates the file.
   *
   * @throws ArrayException when the file cannot be had, or has another size
   */
  FileStore(Path path, long sizeBytes) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
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
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
    for (long offset = 0; offset < sizeBytes; offset += CHUNK) {
      chunk.clear().limit((int) Math.min(CHUNK, sizeBytes - offset));
      fill(offset, chunk);
      chunk.flip();
      if (chunk.mismatch(zeros.clear().limit(chunk.limit())) >= 0) {
        mapped.set((int) (offset / CHUNK));
      }
    }
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
    mapped.set((int) (offset / CHUNK), (int) ((offset + from.remaining() - 1) / CHUNK) + 1);
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
      int chunk = (int) (at / CHUNK);
      int part = (int) (Math.min((chunk + 1L) * CHUNK, end) - at);
      if (mapped.get(chunk)) {
        put(at, ByteBuffer.allocate(part));
        if (part == CHUNK) {
          mapped.clear(chunk);
        }
      }
      at += part;
    }
  }

  @Override
  public long extent(long offset, long length) {
    int chunk = (int) (offset / CHUNK);
    boolean here = mapped.get(chunk);
    int next = here ? mapped.nextClearBit(chunk) : mapped.nextSetBit(chunk);
    long end = next < 0 ? offset + length : Math.min((long) next * CHUNK, offset + length);
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
