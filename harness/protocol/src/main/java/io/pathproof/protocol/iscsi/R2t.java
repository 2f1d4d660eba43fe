package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.TARGET_TRANSFER_TAG;

import io.pathproof.protocol.ProtocolException;

/**
 * Ready To Transfer (RFC 7143 section 11.8). Asks for a part of the write data of a command.
 *
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param targetTransferTag the tag, or {@link Pdu#RESERVED_TAG}
 * @param statSn the next StatSN, which this PDU does not use up
 * @param r2tSn number of this R2T within the command
 * @param bufferOffset bytes
 * @param desiredDataTransferLength bytes, not 0
 */
public record R2t(
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int statSn,
    int expCmdSn,
    int maxCmdSn,
    int r2tSn,
    int bufferOffset,
    int desiredDataTransferLength)
    implements Pdu {
  private static final int R2T_SN = 36;
  private static final int BUFFER_OFFSET = 40;
  private static final int DESIRED_DATA_TRANSFER_LENGTH = 44;

  @Override
  public Opcode opcode() {
    return Opcode.R2T;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(TARGET_TRANSFER_TAG, targetTransferTag);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
    header.int32(R2T_SN, r2tSn);
    header.int32(BUFFER_OFFSET, bufferOffset);
    header.int32(DESIRED_DATA_TRANSFER_LENGTH, desiredDataTransferLength);
  }

  static R2t readFrom(BasicHeaderSegment header) throws ProtocolException {
    if (header.int32(DESIRED_DATA_TRANSFER_LENGTH) == 0) {
      throw header.malformed(
          "Desired Data Transfer Length", DESIRED_DATA_TRANSFER_LENGTH, "must not be 0");
    }
    if (header.int32(TARGET_TRANSFER_TAG) == RESERVED_TAG) {
      throw header.malformed("Target Transfer Tag", TARGET_TRANSFER_TAG, "must not be 0xffffffff");
    }
    return new R2t(
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(TARGET_TRANSFER_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        header.int32(R2T_SN),
        header.int32(BUFFER_OFFSET),
        header.int32(DESIRED_DATA_TRANSFER_LENGTH));
  }
}
