package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * READ CAPACITY (10) and (16) parameter data (SBC-3 clauses 5.15.2, 5.16.2). The form of 10 has the
 * first two values alone; the others are then 0 or false.
 *
 * @param lastLogicalBlockAddress the address of the last block; not negative
 * @param blockLength bytes, greater than 0
 * @param protectionType P_TYPE, 0 to 7; valid if {@code protectionEnabled}
 * @param protectionEnabled the PROT_EN bit
 * @param protectionIntervalsExponent 0 to 15
 * @param logicalBlocksPerPhysicalBlockExponent 0 to 15
 * @param provisioningManagement the LBPME bit: thin provisioned
 * @param provisioningReadZeros the LBPRZ bit
 * @param lowestAlignedLogicalBlockAddress 0 to 3FFFh
 */
public record Capacity(
    long lastLogicalBlockAddress,
    int blockLength,
    int protectionType,
    boolean protectionEnabled,
    int protectionIntervalsExponent,
    int logicalBlocksPerPhysicalBlockExponent,
    boolean provisioningManagement,
    boolean provisioningReadZeros,
    int lowestAlignedLogicalBlockAddress) {
  private static final long TOO_LARGE_FOR_10 = 0xffffffffL;
  private static final int LENGTH_16 = 32;

  public static Capacity of(long lastLogicalBlockAddress, int blockLength) {
    return new Capacity(lastLogicalBlockAddress, blockLength, 0, false, 0, 0, false, false, 0);
  }

  /** The medium's size in bytes. */
  public long sizeBytes() {
    return (lastLogicalBlockAddress + 1) * blockLength;
  }

  /** True if the form of 10 cannot say the size, and gives FFFFFFFFh instead. */
  public boolean needsReadCapacity16() {
    return lastLogicalBlockAddress >= TOO_LARGE_FOR_10;
  }

  public static Capacity decode10(ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields("READ CAPACITY (10) data", bytes);
    return checked(in, Capacity.of(in.uint32(0, "LBA"), in.int32(4, "BLOCK LENGTH")), 4);
  }

  public static Capacity decode16(ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields("READ CAPACITY (16) data", bytes);
    int protection = in.int8(12, "PROT_EN");
    int exponents = in.int8(13, "EXPONENTS");
    int aligned = in.int16(14, "LOWEST ALIGNED LBA");
    Capacity capacity =
        new Capacity(
            in.int64(0, "LBA"),
            in.int32(8, "BLOCK LENGTH"),
            protection >> 1 & 7,
            (protection & 1) != 0,
            exponents >> 4,
            exponents & 0xf,
            (aligned & 0x8000) != 0,
            (aligned & 0x4000) != 0,
            aligned & 0x3fff);
    return checked(in, capacity, 8);
  }

  private static Capacity checked(Fields in, Capacity capacity, int blockLengthAt)
      throws ProtocolException {
    if (capacity.blockLength <= 0) {
      throw in.malformed("BLOCK LENGTH", blockLengthAt, "is " + capacity.blockLength);
    }
    // The size in bytes has to fit a long as well, or every offset computed from it is wrong.
    long last = capacity.lastLogicalBlockAddress;
    if (last < 0 || last >= Long.MAX_VALUE / capacity.blockLength) {
      throw in.malformed("LBA", 0, "0x%x is beyond any medium".formatted(last));
    }
    return capacity;
  }

  /** Eight bytes; FFFFFFFFh where the address does not fit. */
  public ByteBuffer encode10() {
    return ByteBuffer.allocate(8)
        .putInt((int) Math.min(lastLogicalBlockAddress, TOO_LARGE_FOR_10))
        .putInt(blockLength)
        .flip();
  }

  /** Thirty-two bytes, to be cut to the allocation length by the caller. */
  public ByteBuffer encode16() {
    int provisioning = (provisioningManagement ? 0x8000 : 0) | (provisioningReadZeros ? 0x4000 : 0);
    return ByteBuffer.allocate(LENGTH_16)
        .putLong(0, lastLogicalBlockAddress)
        .putInt(8, blockLength)
        .put(12, (byte) (protectionType << 1 | (protectionEnabled ? 1 : 0)))
        .put(13, (byte) (protectionIntervalsExponent << 4 | logicalBlocksPerPhysicalBlockExponent))
        .putShort(14, (short) (provisioning | lowestAlignedLogicalBlockAddress));
  }
}
