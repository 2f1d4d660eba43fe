package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CONTINUE;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FLAGS;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Login Response (RFC 7143 section 11.13). The sequence numbers are valid only in a response of
 * status class 0.
 *
 * @param transit the T bit: ready to go on to {@code nextStage}
 * @param continueBit the C bit: the key=value text goes on in the next PDU
 * @param nextStage meaningful only with {@code transit}
 * @param tsih the session handle, set in the last response of the login
 * @param statusClass 0 success, 1 redirection, 2 initiator error, 3 target error
 * @param data key=value text; see {@link KeyValues}
 */
public record LoginResponse(
    boolean transit,
    boolean continueBit,
    LoginStage currentStage,
    LoginStage nextStage,
    int versionMax,
    int versionActive,
    Isid isid,
    int tsih,
    int initiatorTaskTag,
    int statSn,
    int expCmdSn,
    int maxCmdSn,
    int statusClass,
    int statusDetail,
    ByteBuffer data)
    implements Pdu {
  private static final int VERSION_MAX = 2;
  private static final int VERSION_ACTIVE = 3;
  private static final int ISID = 8;
  private static final int TSIH = 14;
  private static final int STATUS_CLASS = 36;
  private static final int STATUS_DETAIL = 37;

  @Override
  public Opcode opcode() {
    return Opcode.LOGIN_RESPONSE;
  }

  /**
   * The status where the RFC defines it; a detail that is unknown is to be read by its class alone.
   */
  public Optional<LoginStatus> status() {
    return LoginStatus.of(statusClass << 8 | statusDetail);
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, transit);
    header.flag(CONTINUE, continueBit);
    header.flag(currentStage.code() << 2 | nextStage.code(), true);
    header.int8(VERSION_MAX, versionMax);
    header.int8(VERSION_ACTIVE, versionActive);
    header.int32(ISID, (int) (isid.value() >>> 16));
    header.int16(ISID + 4, (int) isid.value());
    header.int16(TSIH, tsih);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
    header.int8(STATUS_CLASS, statusClass);
    header.int8(STATUS_DETAIL, statusDetail);
  }

  static LoginResponse readFrom(BasicHeaderSegment header, ByteBuffer data)
      throws ProtocolException {
    if (header.flag(FINAL) && header.flag(CONTINUE)) {
      throw header.malformed("C", FLAGS, "must be 0 when T is 1");
    }
    int flags = header.int8(FLAGS);
    if (header.flag(FINAL)) {
      header.known(LoginStage.of(flags & 3), "NSG", FLAGS, flags & 3);
    }
    return new LoginResponse(
        header.flag(FINAL),
        header.flag(CONTINUE),
        header.known(LoginStage.of(flags >> 2 & 3), "CSG", FLAGS, flags >> 2 & 3),
        LoginStage.of(flags & 3).orElse(LoginStage.SECURITY_NEGOTIATION),
        header.int8(VERSION_MAX),
        header.int8(VERSION_ACTIVE),
        new Isid(header.int64(ISID) >>> 16),
        header.int16(TSIH),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        header.int8(STATUS_CLASS),
        header.int8(STATUS_DETAIL),
        data);
  }
}
