package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.MAX_CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.STAT_SN;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Asynchronous Message (RFC 7143 section 11.9).
 *
 * @param lun the raw eight bytes; 0 where it does not apply
 * @param asyncEvent raw event; see {@link #event()}
 * @param asyncVCode the vendor code of event 255
 * @param parameter1 unsigned; meaning by event
 * @param parameter2 unsigned; seconds (Time2Wait) or by event
 * @param parameter3 unsigned; seconds (Time2Retain or limit) or by event
 * @param data sense data for event 0 (see {@link #senseData()}), vendor data otherwise
 */
public record AsyncMessage(
    long lun,
    int statSn,
    int expCmdSn,
    int maxCmdSn,
    int asyncEvent,
    int asyncVCode,
    int parameter1,
    int parameter2,
    int parameter3,
    ByteBuffer data)
    implements Pdu {
  private static final int ASYNC_EVENT = 36;
  private static final int ASYNC_VCODE = 37;
  private static final int PARAMETER_1 = 38;
  private static final int PARAMETER_2 = 40;
  private static final int PARAMETER_3 = 42;

  @Override
  public Opcode opcode() {
    return Opcode.ASYNC_MESSAGE;
  }

  @Override
  public int initiatorTaskTag() {
    return RESERVED_TAG;
  }

  /** The event where the RFC defines it. */
  public Optional<AsyncEvent> event() {
    return AsyncEvent.of(asyncEvent);
  }

  /**
   * The sense data of a SCSI event, behind its SenseLength (section 11.9.4); empty for another
   * event.
   *
   * @throws ProtocolException if SenseLength does not fit the data segment
   */
  public ByteBuffer senseData() throws ProtocolException {
    return asyncEvent == 0 ? SenseSegment.read("ASYNC_MESSAGE", data) : NO_DATA;
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, true);
    header.int32(INITIATOR_TASK_TAG, RESERVED_TAG);
    header.int64(LUN, lun);
    header.int32(STAT_SN, statSn);
    header.int32(EXP_CMD_SN, expCmdSn);
    header.int32(MAX_CMD_SN, maxCmdSn);
    header.int8(ASYNC_EVENT, asyncEvent);
    header.int8(ASYNC_VCODE, asyncVCode);
    header.int16(PARAMETER_1, parameter1);
    header.int16(PARAMETER_2, parameter2);
    header.int16(PARAMETER_3, parameter3);
  }

  static AsyncMessage readFrom(BasicHeaderSegment header, ByteBuffer data) {
    return new AsyncMessage(
        header.int64(LUN),
        header.int32(STAT_SN),
        header.int32(EXP_CMD_SN),
        header.int32(MAX_CMD_SN),
        header.int8(ASYNC_EVENT),
        header.int8(ASYNC_VCODE),
        header.int16(PARAMETER_1),
        header.int16(PARAMETER_2),
        header.int16(PARAMETER_3),
        data);
  }
}
