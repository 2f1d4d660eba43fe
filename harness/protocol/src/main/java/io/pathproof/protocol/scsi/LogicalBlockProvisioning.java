package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Logical Block Provisioning page, B2h (SBC-3 clause 6.5.4), without its provisioning group
 * descriptor.
 *
 * @param peripheral byte 0: peripheral qualifier and device type
 * @param thresholdExponent 0 if thresholds are not supported
 * @param unmap the LBPU bit: UNMAP is supported
 * @param writeSame16Unmap the LBPWS bit: WRITE SAME (16) takes the UNMAP bit
 * @param writeSame10Unmap the LBPWS10 bit: WRITE SAME (10) takes the UNMAP bit
 * @param readZeros the LBPRZ field, 0 to 7: what unmapped blocks read as; 1 is zeros
 * @param anchor the ANC_SUP bit
 * @param provisioningType 0 not said, 1 resource, 2 thin
 */
public record LogicalBlockProvisioning(
    int peripheral,
    int thresholdExponent,
    boolean unmap,
    boolean writeSame16Unmap,
    boolean writeSame10Unmap,
    int readZeros,
    boolean anchor,
    int provisioningType) {
  private static final int LENGTH = 4;

  /** Refuses values that the page has no room for. */
  public LogicalBlockProvisioning {
    Fields.range("THRESHOLD EXPONENT", thresholdExponent, 0xff);
    Fields.range("LBPRZ", readZeros, 7);
    Fields.range("PROVISIONING TYPE", provisioningType, 7);
  }

  /** Reads the page. */
  public static LogicalBlockProvisioning decode(ByteBuffer bytes) throws ProtocolException {
    Fields in = VpdPage.open("VPD page B2h", VpdPage.LOGICAL_BLOCK_PROVISIONING, bytes);
    in.copy(0, VpdPage.HEADER_LENGTH + LENGTH, "PROVISIONING TYPE");
    int flags = in.int8(5, "LBPU");
    return new LogicalBlockProvisioning(
        in.int8(0, "PERIPHERAL"),
        in.int8(4, "THRESHOLD EXPONENT"),
        (flags & 0x80) != 0,
        (flags & 0x40) != 0,
        (flags & 0x20) != 0,
        flags >> 2 & 7,
        (flags & 0x02) != 0,
        in.int8(6, "PROVISIONING TYPE") & 7);
  }

  /** The page, of 8 bytes. */
  public ByteBuffer encode() {
    int flags =
        (unmap ? 0x80 : 0)
            | (writeSame16Unmap ? 0x40 : 0)
            | (writeSame10Unmap ? 0x20 : 0)
            | readZeros << 2
            | (anchor ? 0x02 : 0);
    return VpdPage.create(peripheral, VpdPage.LOGICAL_BLOCK_PROVISIONING, LENGTH)
        .put(4, (byte) thresholdExponent)
        .put(5, (byte) flags)
        .put(6, (byte) provisioningType);
  }
}
