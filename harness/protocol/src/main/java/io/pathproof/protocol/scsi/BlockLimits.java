package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Block Limits page, B0h (SBC-3 clause 6.5.3). Lengths and counts are in logical blocks, 0 where
 * there is no limit; what a shorter page of SBC-2 leaves out is 0.
 *
 * @param peripheral byte 0: peripheral qualifier and device type
 * @param writeSameNonZero the WSNZ bit
 * @param maxCompareAndWriteLength 0 to 255, 0 if COMPARE AND WRITE is not supported
 * @param maxUnmapLbaCount 0 if UNMAP is not supported
 * @param unmapGranularityAlignment present (UGAVALID) if not negative
 */
public record BlockLimits(
    int peripheral,
    boolean writeSameNonZero,
    int maxCompareAndWriteLength,
    int optimalTransferLengthGranularity,
    long maxTransferLength,
    long optimalTransferLength,
    long maxPrefetchLength,
    long maxUnmapLbaCount,
    long maxUnmapBlockDescriptorCount,
    long optimalUnmapGranularity,
    long unmapGranularityAlignment,
    long maxWriteSameLength) {
  private static final int LENGTH = 64;
  private static final int MIN_LENGTH = 16;
  private static final int UGAVALID = 0x80000000;

  public static BlockLimits decode(ByteBuffer bytes) throws ProtocolException {
    Fields page = VpdPage.open("VPD page B0h", VpdPage.BLOCK_LIMITS, bytes);
    page.copy(0, MIN_LENGTH, "OPTIMAL TRANSFER LENGTH");
    ByteBuffer whole = ByteBuffer.allocate(LENGTH);
    int length = Math.min(LENGTH, page.length());
    whole.put(page.copy(0, length, "page")).rewind();
    Fields in = new Fields("VPD page B0h", whole);
    int alignment = in.int32(32, "UNMAP GRANULARITY ALIGNMENT");
    long same = in.int64(36, "MAXIMUM WRITE SAME LENGTH");
    if (same < 0) {
      throw in.malformed("MAXIMUM WRITE SAME LENGTH", 36, "0x%x".formatted(same));
    }
    return new BlockLimits(
        in.int8(0, "PERIPHERAL"),
        in.bit(4, 0, "WSNZ"),
        in.int8(5, "MAXIMUM COMPARE AND WRITE LENGTH"),
        in.int16(6, "OPTIMAL TRANSFER LENGTH GRANULARITY"),
        in.uint32(8, "MAXIMUM TRANSFER LENGTH"),
        in.uint32(12, "OPTIMAL TRANSFER LENGTH"),
        in.uint32(16, "MAXIMUM PREFETCH LENGTH"),
        in.uint32(20, "MAXIMUM UNMAP LBA COUNT"),
        in.uint32(24, "MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT"),
        in.uint32(28, "OPTIMAL UNMAP GRANULARITY"),
        alignment < 0 ? alignment & ~UGAVALID : -1,
        same);
  }

  /** The page in its length of 64 bytes (SBC-3). */
  public ByteBuffer encode() {
    return VpdPage.create(peripheral, VpdPage.BLOCK_LIMITS, LENGTH - VpdPage.HEADER_LENGTH)
        .put(4, (byte) (writeSameNonZero ? 1 : 0))
        .put(5, (byte) maxCompareAndWriteLength)
        .putShort(6, (short) optimalTransferLengthGranularity)
        .putInt(8, (int) maxTransferLength)
        .putInt(12, (int) optimalTransferLength)
        .putInt(16, (int) maxPrefetchLength)
        .putInt(20, (int) maxUnmapLbaCount)
        .putInt(24, (int) maxUnmapBlockDescriptorCount)
        .putInt(28, (int) optimalUnmapGranularity)
        .putInt(32, unmapGranularityAlignment < 0 ? 0 : UGAVALID | (int) unmapGranularityAlignment)
        .putLong(36, maxWriteSameLength);
  }
}
