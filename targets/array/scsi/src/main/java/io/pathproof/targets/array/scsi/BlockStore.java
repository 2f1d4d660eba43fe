package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;

/**
 * The bytes of one volume. Ranges are within the volume; the device server has checked them. What
 * was never written, or was deallocated, reads as zeros. An implementation may throw {@link
 * java.io.UncheckedIOException}, which ends the command with MEDIUM ERROR.
 */
public interface BlockStore {
  /** Fills {@code into} from its position to its limit, and leaves the position at the limit. */
  void read(long offset, ByteBuffer into);

  /** Writes what {@code from} has between position and limit, and leaves the position there. */
  void write(long offset, ByteBuffer from);

  /** Makes a range read as zeros, and gives up its space where the store can. */
  void deallocate(long offset, long length);

  /**
   * The length of the run from {@code offset} that is all mapped or all not.
   *
   * @return bytes, positive if mapped, negative if deallocated; at most {@code length}, never 0
   */
  long extent(long offset, long length);

  /** Makes everything that was written durable. */
  default void flush() {}
}
