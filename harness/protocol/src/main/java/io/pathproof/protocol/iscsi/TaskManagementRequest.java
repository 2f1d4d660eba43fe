package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FLAGS;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;

import io.pathproof.protocol.ProtocolException;

/**
 * Task Management Function Request (RFC 7143 section 11.5).
 *
 * @param immediate the I bit: not part of the ordered command stream
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param referencedTaskTag tag of the task to abort or reassign, else {@link Pdu#RESERVED_TAG}
 * @param refCmdSn CmdSN of the task to abort
 * @param expDataSn for TASK REASSIGN
 */
public record TaskManagementRequest(
    boolean immediate,
    TaskManagementFunction function,
    long lun,
    int initiatorTaskTag,
    int referencedTaskTag,
    int cmdSn,
    int expStatSn,
    int refCmdSn,
    int expDataSn)
    implements Pdu {
  private static final int REFERENCED_TASK_TAG = 20;
  private static final int REF_CMD_SN = 32;
  private static final int EXP_DATA_SN = 36;

  @Override
  public Opcode opcode() {
    return Opcode.TASK_MANAGEMENT_REQUEST;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.flag(function.code(), true);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(REFERENCED_TASK_TAG, referencedTaskTag);
    header.int32(CMD_SN, cmdSn);
    header.int32(EXP_STAT_SN, expStatSn);
    header.int32(REF_CMD_SN, refCmdSn);
    header.int32(EXP_DATA_SN, expDataSn);
  }

  static TaskManagementRequest readFrom(BasicHeaderSegment header) throws ProtocolException {
    return new TaskManagementRequest(
        header.immediate(),
        header.known(
            TaskManagementFunction.of(header.int8(FLAGS) & 0x7f),
            "function",
            FLAGS,
            header.int8(FLAGS) & 0x7f),
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(REFERENCED_TASK_TAG),
        header.int32(CMD_SN),
        header.int32(EXP_STAT_SN),
        header.int32(REF_CMD_SN),
        header.int32(EXP_DATA_SN));
  }
}
