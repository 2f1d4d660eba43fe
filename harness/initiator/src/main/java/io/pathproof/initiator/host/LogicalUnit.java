package io.pathproof.initiator.host;

/**
 * What a path probe found behind a LUN.
 *
 * @param identity the name by which its paths are grouped (VPD page 83h, else 80h)
 * @param vendor T10 vendor identification
 * @param product product identification
 * @param serialNumber VPD page 80h, or empty
 * @param blockSize bytes a block
 * @param blockCount blocks
 * @param maxTransferBlocks the most blocks of one READ or WRITE (VPD page B0h), 0 for no limit
 * @param commands what it takes with other commands
 */
public record LogicalUnit(
    String identity,
    String vendor,
    String product,
    String serialNumber,
    int blockSize,
    long blockCount,
    long maxTransferBlocks,
    CommandLimits commands) {
  /**
   * Whether its size is not known: a target port in standby does not tell it (SPC-4 clause
   * 5.15.2.4.4).
   */
  boolean isUnsized() {
    return blockCount == 0;
  }
}
