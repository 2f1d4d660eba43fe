package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.targets.array.scsi.ScsiOutcome;
import java.nio.ByteBuffer;

/** Data-In and status of tasks that have ended (RFC 7143 sections 11.4 and 11.7). */
final class Answers {
  private final TargetSession session;
  private final SessionParameters parameters;
  private final TargetCore target;

  Answers(TargetSession session, SessionParameters parameters, TargetCore target) {
    this.session = session;
    this.parameters = parameters;
    this.target = target;
  }

  void outcome(TargetTask task, ScsiOutcome outcome) {
    long available = outcome.dataIn().remaining();
    if (available == 0 || !task.read || outcome.status() != ScsiStatus.GOOD) {
      status(task, outcome);
      return;
    }
    int length = (int) Math.min(available, task.expectedLength);
    if (length == 0) {
      status(task, outcome);
      return;
    }
    dataIn(task, outcome.dataIn(), length, available);
  }

  private void dataIn(TargetTask task, ByteBuffer data, int length, long available) {
    int segment = parameters.initiatorMaxRecvDataSegmentLength();
    int burst = parameters.maxBurstLength();
    int start = data.position();
    int offset = 0;
    int sequence = 0;
    int dataSn = 0;
    while (offset < length) {
      int piece = Math.min(Math.min(segment, length - offset), burst - sequence);
      boolean last = offset + piece == length;
      sequence += piece;
      boolean endOfSequence = last || sequence == burst;
      send(
          task,
          data.slice(start + offset, piece),
          offset,
          dataSn++,
          endOfSequence,
          last,
          available);
      offset += piece;
      sequence = endOfSequence ? 0 : sequence;
    }
  }

  private void send(
      TargetTask task,
      ByteBuffer piece,
      int offset,
      int dataSn,
      boolean endOfSequence,
      boolean last,
      long available) {
    long missing = task.expectedLength - available;
    boolean falsely =
        last
            && !target.defects().none()
            && target.misbehaviour().falseResidual(task.initiatorTaskTag);
    session
        .connection()
        .transmit(
            new DataIn(
                endOfSequence,
                false,
                last && missing < 0,
                last && missing > 0 || falsely,
                last,
                ScsiStatus.GOOD.code(),
                task.lun,
                task.initiatorTaskTag,
                Pdu.RESERVED_TAG,
                last ? session.nextStatSn() : 0,
                session.expCmdSn(),
                session.maxCmdSn(),
                target.defects().none()
                    ? dataSn
                    : target.misbehaviour().dataSn(dataSn, task.initiatorTaskTag),
                offset,
                falsely ? 512 : last ? (int) Math.abs(missing) : 0,
                piece));
  }

  /** A SCSI Response, with sense data if there is any. */
  void status(TargetTask task, ScsiOutcome outcome) {
    // What the device would have moved, against what the initiator said.
    long moved = task.write ? task.deviceLength : outcome.dataIn().remaining();
    boolean failed = outcome.status() != ScsiStatus.GOOD && !task.write;
    long missing = failed ? task.expectedLength : task.expectedLength - moved;
    session
        .connection()
        .transmit(
            new ScsiResponse(
                false,
                false,
                missing < 0,
                missing > 0,
                0,
                outcome.status().code(),
                task.initiatorTaskTag,
                0,
                session.nextStatSn(),
                session.expCmdSn(),
                session.maxCmdSn(),
                0,
                0,
                (int) Math.abs(missing),
                sense(outcome)));
  }

  private static ByteBuffer sense(ScsiOutcome outcome) {
    if (outcome.sense().isEmpty()) {
      return Pdu.NO_DATA;
    }
    ByteBuffer sense = outcome.sense().get().encode();
    return ByteBuffer.allocate(2 + sense.remaining())
        .putShort((short) sense.remaining())
        .put(sense)
        .flip();
  }
}
