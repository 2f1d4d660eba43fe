package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reject (RFC 7143 section 11.17).
 *
 * @param reason raw reason; see {@link #reasonCode()}
 * @param dataSn DataSN or R2TSN of a rejected DataACK SNACK, else 0
 * @param data the header of the rejected PDU as the target received it
 */
public record Reject(
    int reason, int statSn, int expCmdSn, int maxCmdSn, int dataSn, ByteBuffer data)
    implements Pdu {
  private static final int REASON = 2;
  private static final int DATA_SN = 36;

  @Override
  public Opcode opcode() {
    return Opcode.REJECT;
  }

  @Override
  public int initiatorTaskTag() {
    return RESERVED_TAG;
  }

  /** The reason where the RFC defines it. */
  public Optional<RejectReason> reasonCode() {
    return RejectReason.of(reason);
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.int32(INITIATOR_TASK_TAG, RESERVED_TAG);
    header.int8(REASON, reason);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
    header.int32(DATA_SN, dataSn);
  }

  static Reject readFrom(BasicHeaderSegment header, ByteBuffer data) {
    return new Reject(
        header.int8(REASON),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        header.int32(DATA_SN),
        data);
  }
}
