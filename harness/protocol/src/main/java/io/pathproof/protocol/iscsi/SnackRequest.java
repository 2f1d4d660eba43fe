package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FLAGS;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.TARGET_TRANSFER_TAG;

import io.pathproof.protocol.ProtocolException;

/**
 * SNACK Request (RFC 7143 section 11.16).
 *
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param targetTransferTag the Target Transfer Tag, or the SNACK Tag of an R-Data SNACK, or {@link
 *     Pdu#RESERVED_TAG}
 * @param begRun the first number that is missing
 * @param runLength how many are missing; 0 for all from {@code begRun}
 */
public record SnackRequest(
    SnackType type,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int expStatSn,
    int begRun,
    int runLength)
    implements Pdu {
  private static final int BEG_RUN = 40;
  private static final int RUN_LENGTH = 44;

  @Override
  public Opcode opcode() {
    return Opcode.SNACK_REQUEST;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.flag(type.code(), true);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(TARGET_TRANSFER_TAG, targetTransferTag);
    header.int32(EXP_STAT_SN, expStatSn);
    header.int32(BEG_RUN, begRun);
    header.int32(RUN_LENGTH, runLength);
  }

  static SnackRequest readFrom(BasicHeaderSegment header) throws ProtocolException {
    return new SnackRequest(
        header.known(
            SnackType.of(header.int8(FLAGS) & 0x0f), "type", FLAGS, header.int8(FLAGS) & 0x0f),
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(TARGET_TRANSFER_TAG),
        header.int32(EXP_STAT_SN),
        header.int32(BEG_RUN),
        header.int32(RUN_LENGTH));
  }
}
