package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;

import io.pathproof.protocol.ProtocolException;

/**
 * Logout Response (RFC 7143 section 11.15).
 *
 * @param time2Wait seconds
 * @param time2Retain seconds
 */
public record LogoutResponse(
    LogoutResult response,
    int initiatorTaskTag,
    int statSn,
    int expCmdSn,
    int maxCmdSn,
    int time2Wait,
    int time2Retain)
    implements Pdu {
  private static final int RESPONSE = 2;
  private static final int TIME2WAIT = 40;
  private static final int TIME2RETAIN = 42;

  @Override
  public Opcode opcode() {
    return Opcode.LOGOUT_RESPONSE;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.int8(RESPONSE, response.code());
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
    header.int16(TIME2WAIT, time2Wait);
    header.int16(TIME2RETAIN, time2Retain);
  }

  static LogoutResponse readFrom(BasicHeaderSegment header) throws ProtocolException {
    return new LogoutResponse(
        header.known(
            LogoutResult.of(header.int8(RESPONSE)), "response", RESPONSE, header.int8(RESPONSE)),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        header.int16(TIME2WAIT),
        header.int16(TIME2RETAIN));
  }
}
