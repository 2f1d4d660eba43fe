package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.TARGET_TRANSFER_TAG;

import java.nio.ByteBuffer;

/**
 * NOP-In (RFC 7143 section 11.19). The answer to a ping, or a target's ping (then {@code
 * targetTransferTag} is set).
 *
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param targetTransferTag the tag, or {@link Pdu#RESERVED_TAG}
 * @param data ping data, echoed or new
 */
public record NopIn(
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int statSn,
    int expCmdSn,
    int maxCmdSn,
    ByteBuffer data)
    implements Pdu {

  @Override
  public Opcode opcode() {
    return Opcode.NOP_IN;
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
  }

  static NopIn readFrom(BasicHeaderSegment header, ByteBuffer data) {
    return new NopIn(
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(TARGET_TRANSFER_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        data);
  }
}
