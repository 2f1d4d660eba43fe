package io.pathproof.initiator.multipath;

/**
 * What multipathing has to know of an I/O.
 *
 * @param write whether it changes the medium
 * @param idempotent whether doing it twice has the effect of doing it once; false for COMPARE AND
 *     WRITE, reservations and the like, which are never replayed once they may have been done
 * @param bytes its payload, for byte limits; 0 for none
 */
public record IoTraits(boolean write, boolean idempotent, long bytes) {
  /** A read of that many bytes. */
  public static IoTraits read(long bytes) {
    return new IoTraits(false, true, bytes);
  }

  /** A plain write of that many bytes. */
  public static IoTraits write(long bytes) {
    return new IoTraits(true, true, bytes);
  }
}
