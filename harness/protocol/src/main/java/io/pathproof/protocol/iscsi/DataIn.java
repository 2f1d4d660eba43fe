package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FLAGS;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.TARGET_TRANSFER_TAG;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * SCSI Data-In (RFC 7143 section 11.7). Read data, with the status of the command where {@code
 * statusBit} is set.
 *
 * @param finalBit the F bit: last PDU of this sequence
 * @param acknowledge the A bit: a DataACK SNACK is asked for
 * @param residualOverflow the O bit; meaningful with {@code statusBit}
 * @param residualUnderflow the U bit; meaningful with {@code statusBit}
 * @param statusBit the S bit: status, StatSN and residual count are meaningful, no SCSI Response
 *     follows
 * @param status the SCSI status byte
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param targetTransferTag the tag, or {@link Pdu#RESERVED_TAG}
 * @param statSn meaningful only if the target says so (see the section)
 * @param dataSn number of this PDU within the command, R2Ts counted with it for a bidirectional one
 * @param bufferOffset offset in bytes in the whole transfer of the command
 * @param residualCount bytes
 */
public record DataIn(
    boolean finalBit,
    boolean acknowledge,
    boolean residualOverflow,
    boolean residualUnderflow,
    boolean statusBit,
    int status,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int statSn,
    int expCmdSn,
    int maxCmdSn,
    int dataSn,
    int bufferOffset,
    int residualCount,
    ByteBuffer data)
    implements Pdu {
  private static final int ACKNOWLEDGE = 0x40;
  private static final int OVERFLOW = 0x04;
  private static final int UNDERFLOW = 0x02;
  private static final int STATUS_PRESENT = 0x01;
  private static final int STATUS = 3;
  private static final int DATA_SN = 36;
  private static final int BUFFER_OFFSET = 40;
  private static final int RESIDUAL_COUNT = 44;

  @Override
  public Opcode opcode() {
    return Opcode.DATA_IN;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, finalBit);
    header.flag(ACKNOWLEDGE, acknowledge);
    header.flag(OVERFLOW, residualOverflow);
    header.flag(UNDERFLOW, residualUnderflow);
    header.flag(STATUS_PRESENT, statusBit);
    header.int8(STATUS, status);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(TARGET_TRANSFER_TAG, targetTransferTag);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
    header.int32(DATA_SN, dataSn);
    header.int32(BUFFER_OFFSET, bufferOffset);
    header.int32(RESIDUAL_COUNT, residualCount);
  }

  static DataIn readFrom(BasicHeaderSegment header, ByteBuffer data) throws ProtocolException {
    if (header.flag(OVERFLOW) && header.flag(UNDERFLOW)) {
      throw header.malformed("O and U", FLAGS, "must not both be 1");
    }
    if (header.flag(STATUS_PRESENT) && !header.flag(FINAL)) {
      throw header.malformed("S", FLAGS, "must not be 1 without F");
    }
    return new DataIn(
        header.flag(FINAL),
        header.flag(ACKNOWLEDGE),
        header.flag(OVERFLOW),
        header.flag(UNDERFLOW),
        header.flag(STATUS_PRESENT),
        header.int8(STATUS),
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(TARGET_TRANSFER_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        header.int32(DATA_SN),
        header.int32(BUFFER_OFFSET),
        header.int32(RESIDUAL_COUNT),
        data);
  }
}
