package io.pathproof.protocol.iscsi;

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
 * SCSI Response (RFC 7143 section 11.4).
 *
 * @param bidirectionalReadOverflow the o bit
 * @param bidirectionalReadUnderflow the u bit
 * @param residualOverflow the O bit
 * @param residualUnderflow the U bit
 * @param response iSCSI service response, raw; see {@link #responseCode()}
 * @param status SCSI status byte, meaningful only if {@code response} is 0
 * @param snackTag tag of a resegmented answer, else 0
 * @param expDataSn number of Data-In and R2T PDUs sent for the command
 * @param bidirectionalReadResidualCount bytes
 * @param residualCount bytes
 * @param data SenseLength, sense data and response data; see {@link #senseData()}
 */
public record ScsiResponse(
    boolean bidirectionalReadOverflow,
    boolean bidirectionalReadUnderflow,
    boolean residualOverflow,
    boolean residualUnderflow,
    int response,
    int status,
    int initiatorTaskTag,
    int snackTag,
    int statSn,
    int expCmdSn,
    int maxCmdSn,
    int expDataSn,
    int bidirectionalReadResidualCount,
    int residualCount,
    ByteBuffer data)
    implements Pdu {
  private static final int BIDI_OVERFLOW = 0x10;
  private static final int BIDI_UNDERFLOW = 0x08;
  private static final int OVERFLOW = 0x04;
  private static final int UNDERFLOW = 0x02;
  private static final int RESPONSE = 2;
  private static final int STATUS = 3;
  private static final int SNACK_TAG = 20;
  private static final int EXP_DATA_SN = 36;
  private static final int BIDI_RESIDUAL_COUNT = 40;
  private static final int RESIDUAL_COUNT = 44;

  @Override
  public Opcode opcode() {
    return Opcode.SCSI_RESPONSE;
  }

  /** The service response where the RFC defines it; 0x80 to 0xff belong to vendors. */
  public Optional<IscsiResponseCode> responseCode() {
    return IscsiResponseCode.of(response);
  }

  /**
   * The sense data behind its SenseLength (section 11.4.7), empty if there is none.
   *
   * @throws ProtocolException if SenseLength does not fit the data segment
   */
  public ByteBuffer senseData() throws ProtocolException {
    return SenseSegment.read("SCSI_RESPONSE", data);
  }

  /** A data segment for the given sense data: SenseLength and the bytes themselves. */
  public static ByteBuffer senseSegment(ByteBuffer sense) {
    return SenseSegment.write(sense);
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.flag(BIDI_OVERFLOW, bidirectionalReadOverflow);
    header.flag(BIDI_UNDERFLOW, bidirectionalReadUnderflow);
    header.flag(OVERFLOW, residualOverflow);
    header.flag(UNDERFLOW, residualUnderflow);
    header.int8(RESPONSE, response);
    header.int8(STATUS, status);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(SNACK_TAG, snackTag);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
    header.int32(EXP_DATA_SN, expDataSn);
    header.int32(BIDI_RESIDUAL_COUNT, bidirectionalReadResidualCount);
    header.int32(RESIDUAL_COUNT, residualCount);
  }

  static ScsiResponse readFrom(BasicHeaderSegment header, ByteBuffer data)
      throws ProtocolException {
    if (header.flag(OVERFLOW) && header.flag(UNDERFLOW)) {
      throw header.malformed("O and U", FLAGS, "must not both be 1");
    }
    if (header.flag(BIDI_OVERFLOW) && header.flag(BIDI_UNDERFLOW)) {
      throw header.malformed("o and u", FLAGS, "must not both be 1");
    }
    return new ScsiResponse(
        header.flag(BIDI_OVERFLOW),
        header.flag(BIDI_UNDERFLOW),
        header.flag(OVERFLOW),
        header.flag(UNDERFLOW),
        header.int8(RESPONSE),
        header.int8(STATUS),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(SNACK_TAG),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        header.int32(EXP_DATA_SN),
        header.int32(BIDI_RESIDUAL_COUNT),
        header.int32(RESIDUAL_COUNT),
        data);
  }
}
