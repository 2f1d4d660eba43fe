package io.pathproof.initiator.multipath;

/**
 * What multipathing has to know of an I/O.
 *
 * @param write whether it changes the medium
 * @param idempotent whether doing it twice has the effect of doing it once; false for COMPARE AND
 *     WRITE, reservations and the like, which are never replayed once they may have been done
 * @param bytes its payload, for byte limits; 0 for none
 * @param blocks what it changes; a write to them waits while an older one that was left behind on a
 *     lost nexus may still land there
 */
public record IoTraits(boolean write, boolean idempotent, long bytes, BlockRange blocks) {
  /** An I/O that may change any block, if it is a write. */
  public IoTraits(boolean write, boolean idempotent, long bytes) {
    this(write, idempotent, bytes, write ? BlockRange.ALL : BlockRange.NONE);
  }

  /** A read of that many bytes. */
  public static IoTraits read(long bytes) {
    return new IoTraits(false, true, bytes);
  }

  /** A plain write of that many bytes, to whichever blocks. */
  public static IoTraits write(long bytes) {
    return new IoTraits(true, true, bytes);
  }

  /** A plain write of that many bytes to these blocks. */
  public static IoTraits write(long bytes, BlockRange blocks) {
    return new IoTraits(true, true, bytes, blocks);
  }
}
