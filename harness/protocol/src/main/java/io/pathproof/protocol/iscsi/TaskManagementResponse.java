package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;

import io.pathproof.protocol.ProtocolException;

/** Task Management Function Response (RFC 7143 section 11.6). */
public record TaskManagementResponse(
    TaskManagementResult response, int initiatorTaskTag, int statSn, int expCmdSn, int maxCmdSn)
    implements Pdu {
  private static final int RESPONSE = 2;

  @Override
  public Opcode opcode() {
    return Opcode.TASK_MANAGEMENT_RESPONSE;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.int8(RESPONSE, response.code());
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
  }

  static TaskManagementResponse readFrom(BasicHeaderSegment header) throws ProtocolException {
    return new TaskManagementResponse(
        header.known(
            TaskManagementResult.of(header.int8(RESPONSE)),
            "response",
            RESPONSE,
            header.int8(RESPONSE)),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN));
  }
}
