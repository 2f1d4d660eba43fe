package io.pathproof.lab.engine;

import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * A disk as a host sees it. Called only on its host's scheduler, which also runs every callback; a
 * callback may issue further I/O.
 */
public interface BlockDevice {
  /** The host's name for it, such as {@code sda} or {@code mpatha}. */
  String name();

  /** The volume's name in the topology. */
  String volume();

  /** The volume's identity as the array reports it (VPD page 83). */
  String identity();

  /** Bytes a block. */
  int blockSize();

  /** Blocks on the device. */
  long blockCount();

  /** The paths behind it, in the order in which they were found; at least one. */
  List<PathInfo> paths();

  /**
   * What each path has carried since it joined, by its id, in the order of {@link #paths}; empty
   * where the host does not count.
   */
  default Map<String, PathShare> loads() {
    return Map.of();
  }

  /**
   * Reads blocks.
   *
   * @param lba first block
   * @param blocks how many, from 1
   */
  void read(long lba, int blocks, IoListener listener);

  /**
   * Writes blocks.
   *
   * @param lba first block
   * @param blocks how many, from 1
   * @param content asked for the bytes each time that the write is sent down a path
   */
  void write(long lba, int blocks, WriteContent content, IoListener listener);

  /** Flushes the volume's write cache (SYNCHRONIZE CACHE). */
  void flush(IoListener listener);

  /**
   * The bytes of a write; may differ from path to path, so that it shows which one reached the
   * store.
   */
  @FunctionalInterface
  interface WriteContent {
    /**
     * @param path the id of the path it is about to be sent down
     * @param attempt from 1
     * @return the bytes, from position to limit; not changed afterwards by either side
     */
    ByteBuffer bytes(String path, int attempt);
  }
}
