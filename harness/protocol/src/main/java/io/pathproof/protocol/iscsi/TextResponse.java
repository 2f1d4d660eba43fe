package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CONTINUE;
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
 * Text Response (RFC 7143 section 11.11).
 *
 * @param finalBit the F bit
 * @param continueBit the C bit: the key=value text goes on in the next PDU
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param targetTransferTag the tag, or {@link Pdu#RESERVED_TAG}
 * @param data key=value text; see {@link KeyValues}
 */
public record TextResponse(
    boolean finalBit,
    boolean continueBit,
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
    return Opcode.TEXT_RESPONSE;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, finalBit);
    header.flag(CONTINUE, continueBit);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(TARGET_TRANSFER_TAG, targetTransferTag);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
  }

  static TextResponse readFrom(BasicHeaderSegment header, ByteBuffer data)
      throws ProtocolException {
    if (header.flag(FINAL) && header.flag(CONTINUE)) {
      throw header.malformed("C", FLAGS, "must be 0 when F is 1");
    }
    return new TextResponse(
        header.flag(FINAL),
        header.flag(CONTINUE),
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(TARGET_TRANSFER_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        data);
  }
}
