package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.TARGET_TRANSFER_TAG;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * NOP-Out (RFC 7143 section 11.18). A ping, or the answer to a target's ping.
 *
 * @param immediate the I bit: not part of the ordered command stream
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param targetTransferTag the tag, or {@link Pdu#RESERVED_TAG}
 * @param data ping data
 */
public record NopOut(
    boolean immediate,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int cmdSn,
    int expStatSn,
    ByteBuffer data)
    implements Pdu {

  @Override
  public Opcode opcode() {
    return Opcode.NOP_OUT;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(TARGET_TRANSFER_TAG, targetTransferTag);
    header.int32(CMD_SN, cmdSn);
    header.int32(EXP_STAT_SN, expStatSn);
  }

  static NopOut readFrom(BasicHeaderSegment header, ByteBuffer data) throws ProtocolException {
    if (header.int32(INITIATOR_TASK_TAG) == RESERVED_TAG && !header.immediate()) {
      throw header.malformed("I", 0, "must be 1 when the Initiator Task Tag is 0xffffffff");
    }
    return new NopOut(
        header.immediate(),
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(TARGET_TRANSFER_TAG),
        header.int32(CMD_SN),
        header.int32(EXP_STAT_SN),
        data);
  }
}
