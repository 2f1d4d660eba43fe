package io.pathproof.initiator.multipath;

/**
 * Blocks of a logical unit that an I/O changes.
 *
 * @param first the first block
 * @param count how many, 0 for none
 */
public record BlockRange(long first, long count) {
  /** No block. */
  public static final BlockRange NONE = new BlockRange(0, 0);

  /** Every block: what is not known to be less. */
  public static final BlockRange ALL = new BlockRange(0, Long.MAX_VALUE);

  /** Refuses negative values. */
  public BlockRange {
    if (first < 0 || count < 0) {
      throw new IllegalArgumentException(count + " blocks from " + first);
    }
  }

  /** Whether a block is in both. */
  public boolean overlaps(BlockRange other) {
    return count > 0
        && other.count > 0
        && first - other.first < other.count
        && other.first - first < count;
  }
}
