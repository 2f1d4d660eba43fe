package io.pathproof.targets.array.scsi;

/**
 * A volume, to be a logical unit.
 *
 * @param lun its number, 0 to 16383
 * @param sizeBytes a multiple of {@code blockLength}, at least one block
 * @param blockLength bytes, 512 or 4096
 * @param ownerNode the node whose port groups are preferred; empty if all are equal
 */
public record Volume(
    String name, int lun, long sizeBytes, int blockLength, String ownerNode, BlockStore store) {
  public Volume {
    if (blockLength != 512 && blockLength != 4096) {
      throw new IllegalArgumentException("blocks have 512 or 4096 bytes, not " + blockLength);
    }
    if (sizeBytes < blockLength || sizeBytes % blockLength != 0) {
      throw new IllegalArgumentException(
          "volume " + name + " of " + sizeBytes + " bytes is not made of blocks");
    }
  }

  /** A volume in memory, of blocks of 512 bytes. */
  public static Volume inMemory(String name, int lun, long sizeBytes, String ownerNode) {
    return new Volume(name, lun, sizeBytes, 512, ownerNode, new MemoryStore(sizeBytes));
  }

  /** How many blocks it has. */
  public long blocks() {
    return sizeBytes / blockLength;
  }
}
