package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.TARGET_TRANSFER_TAG;

import java.nio.ByteBuffer;

/**
 * SCSI Data-Out (RFC 7143 section 11.7). Write data, unsolicited or asked for by an R2T.
 *
 * @param finalBit the F bit: last PDU of this sequence
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param targetTransferTag the tag, or {@link Pdu#RESERVED_TAG}
 * @param dataSn number of this PDU within its sequence
 * @param bufferOffset offset in bytes in the whole transfer of the command
 */
public record DataOut(
    boolean finalBit,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int expStatSn,
    int dataSn,
    int bufferOffset,
    ByteBuffer data)
    implements Pdu {
  private static final int DATA_SN = 36;
  private static final int BUFFER_OFFSET = 40;

  @Override
  public Opcode opcode() {
    return Opcode.DATA_OUT;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, finalBit);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(TARGET_TRANSFER_TAG, targetTransferTag);
    header.int32(EXP_STAT_SN, expStatSn);
    header.int32(DATA_SN, dataSn);
    header.int32(BUFFER_OFFSET, bufferOffset);
  }

  static DataOut readFrom(BasicHeaderSegment header, ByteBuffer data) {
    return new DataOut(
        header.flag(FINAL),
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(TARGET_TRANSFER_TAG),
        header.int32(EXP_STAT_SN),
        header.int32(DATA_SN),
        header.int32(BUFFER_OFFSET),
        data);
  }
}
