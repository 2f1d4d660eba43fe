package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CONTINUE;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FLAGS;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Login Request (RFC 7143 section 11.12). Always immediate.
 *
 * @param transit the T bit: ready to go on to {@code nextStage}
 * @param continueBit the C bit: the key=value text goes on in the next PDU
 * @param nextStage meaningful only with {@code transit}
 * @param tsih 0 for a new session (or its reinstatement)
 * @param data key=value text; see {@link KeyValues}
 */
public record LoginRequest(
    boolean transit,
    boolean continueBit,
    LoginStage currentStage,
    LoginStage nextStage,
    int versionMax,
    int versionMin,
    Isid isid,
    int tsih,
    int initiatorTaskTag,
    int cid,
    int cmdSn,
    int expStatSn,
    ByteBuffer data)
    implements Pdu {
  private static final int VERSION_MAX = 2;
  private static final int VERSION_MIN = 3;
  private static final int ISID = 8;
  private static final int TSIH = 14;
  private static final int CID = 20;

  @Override
  public Opcode opcode() {
    return Opcode.LOGIN_REQUEST;
  }

  @Override
  public boolean immediate() {
    return true;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, transit);
    header.flag(CONTINUE, continueBit);
    header.flag(currentStage.code() << 2 | nextStage.code(), true);
    header.int8(VERSION_MAX, versionMax);
    header.int8(VERSION_MIN, versionMin);
    header.int32(ISID, (int) (isid.value() >>> 16));
    header.int16(ISID + 4, (int) isid.value());
    header.int16(TSIH, tsih);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int16(CID, cid);
    header.int32(CMD_SN, cmdSn);
    header.int32(EXP_STAT_SN, expStatSn);
  }

  static LoginRequest readFrom(BasicHeaderSegment header, ByteBuffer data)
      throws ProtocolException {
    if (header.flag(FINAL) && header.flag(CONTINUE)) {
      throw header.malformed("C", FLAGS, "must be 0 when T is 1");
    }
    int flags = header.int8(FLAGS);
    if (header.flag(FINAL)) {
      header.known(LoginStage.of(flags & 3), "NSG", FLAGS, flags & 3);
    }
    return new LoginRequest(
        header.flag(FINAL),
        header.flag(CONTINUE),
        header.known(LoginStage.of(flags >> 2 & 3), "CSG", FLAGS, flags >> 2 & 3),
        LoginStage.of(flags & 3).orElse(LoginStage.SECURITY_NEGOTIATION),
        header.int8(VERSION_MAX),
        header.int8(VERSION_MIN),
        new Isid(header.int64(ISID) >>> 16),
        header.int16(TSIH),
        header.int32(INITIATOR_TASK_TAG),
        header.int16(CID),
        header.int32(CMD_SN),
        header.int32(EXP_STAT_SN),
        data);
  }
}
