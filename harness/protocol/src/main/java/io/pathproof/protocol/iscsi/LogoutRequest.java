package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FLAGS;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;

import io.pathproof.protocol.ProtocolException;

/**
 * Logout Request (RFC 7143 section 11.14).
 *
 * @param immediate the I bit: not part of the ordered command stream
 * @param cid the connection that is meant; ignored for CLOSE_SESSION
 */
public record LogoutRequest(
    boolean immediate, LogoutReason reason, int initiatorTaskTag, int cid, int cmdSn, int expStatSn)
    implements Pdu {
  private static final int CID = 20;

  @Override
  public Opcode opcode() {
    return Opcode.LOGOUT_REQUEST;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.flag(reason.code(), true);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int16(CID, cid);
    header.int32(CMD_SN, cmdSn);
    header.int32(EXP_STAT_SN, expStatSn);
  }

  static LogoutRequest readFrom(BasicHeaderSegment header) throws ProtocolException {
    return new LogoutRequest(
        header.immediate(),
        header.known(
            LogoutReason.of(header.int8(FLAGS) & 0x7f), "reason", FLAGS, header.int8(FLAGS) & 0x7f),
        header.int32(INITIATOR_TASK_TAG),
        header.int16(CID),
        header.int32(CMD_SN),
        header.int32(EXP_STAT_SN));
  }
}
