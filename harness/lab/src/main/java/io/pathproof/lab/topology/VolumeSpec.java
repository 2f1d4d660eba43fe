package io.pathproof.lab.topology;

import java.util.Optional;

/**
 * A volume on the shared store.
 *
 * @param name its name in the file
 * @param lun its logical unit number, from 1
 * @param sizeBytes its size in bytes, a multiple of 4096
 * @param owner the node that owns it, where access is asymmetric; empty: the first
 * @param blockSize bytes a logical block, 512 or 4096; targets that know 512 alone refuse another
 */
public record VolumeSpec(
    String name, int lun, long sizeBytes, Optional<String> owner, int blockSize) {
  /** A volume without an owner, of blocks of 512 bytes. */
  public VolumeSpec(String name, int lun, long sizeBytes) {
    this(name, lun, sizeBytes, Optional.empty(), 512);
  }
}
