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
 * @param maxTransferBlocks the most blocks of one command (VPD page B0h), 0 for no limit
 */
public record LogicalUnit(
    String identity,
    String vendor,
    String product,
    String serialNumber,
    int blockSize,
    long blockCount,
    long maxTransferBlocks) {}
