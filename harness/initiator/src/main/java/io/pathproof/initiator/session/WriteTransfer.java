package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import java.nio.ByteBuffer;

/**
 * The data of one write on its way out (RFC 7143 sections 4.2.5.2 and 11.7): immediate data in the
 * command, unsolicited Data-Out up to FirstBurstLength, then what the target's R2Ts ask for.
 *
 * <p>MaxOutstandingR2T binds the target; on this side every R2T is answered in full as it comes.
 * DataSequenceInOrder is Yes, and at ErrorRecoveryLevel 0 no R2T asks for bytes again, so each one
 * begins where the data sent before it ends, or later: a target cannot have more sent than there
 * is.
 */
final class WriteTransfer {
  private final ByteBuffer payload;
  private final long lun;
  private final int tag;
  private final int immediate;
  private final int unsolicitedEnd;
  private int nextR2tSn;
  private int end;
  private long sent;

  WriteTransfer(ScsiTask task, int tag, SessionParameters parameters) {
    this.payload = task.payload();
    this.lun = task.lun();
    this.tag = tag;
    int length = payload.remaining();
    int firstBurst = Math.min(length, parameters.firstBurstLength());
    this.immediate =
        parameters.immediateData()
            ? Math.min(firstBurst, parameters.maxSendDataSegmentLength())
            : 0;
    this.unsolicitedEnd = parameters.initialR2t() ? immediate : firstBurst;
    this.end = unsolicitedEnd;
    this.sent = immediate;
  }

  /** The data that travels in the command; empty if none does. */
  ByteBuffer immediateData() {
    return immediate == 0 ? Pdu.NO_DATA : payload.slice(0, immediate);
  }

  /** Whether unsolicited Data-Out follows the command, which then has its F bit clear. */
  boolean unsolicitedFollows() {
    return unsolicitedEnd > immediate;
  }

  void sendUnsolicited(SessionParameters parameters, Outlet out, int expStatSn) {
    if (unsolicitedFollows()) {
      sequence(parameters, out, expStatSn, lun, Pdu.RESERVED_TAG, immediate, unsolicitedEnd);
    }
  }

  void onR2t(R2t r2t, SessionParameters parameters, Outlet out, int expStatSn)
      throws ConnectionBreach {
    long offset = Integer.toUnsignedLong(r2t.bufferOffset());
    long length = Integer.toUnsignedLong(r2t.desiredDataTransferLength());
    if (r2t.r2tSn() != nextR2tSn) {
      throw breach("R2TSN", Integer.toUnsignedString(r2t.r2tSn()) + ", expected " + nextR2tSn);
    }
    if (length == 0 || length > parameters.maxBurstLength()) {
      throw breach(
          "Desired Data Transfer Length",
          length + " bytes, MaxBurstLength is " + parameters.maxBurstLength());
    }
    if (offset + length > payload.remaining()) {
      throw breach(
          "Buffer Offset",
          "bytes " + offset + " to " + (offset + length) + " of " + payload.remaining());
    }
    if (offset < end) {
      throw breach(
          "Buffer Offset", offset + " after " + end + " bytes, DataSequenceInOrder is Yes");
    }
    nextR2tSn++;
    end = (int) (offset + length);
    sequence(parameters, out, expStatSn, r2t.lun(), r2t.targetTransferTag(), (int) offset, end);
  }

  private static ConnectionBreach breach(String field, String problem) {
    return ConnectionBreach.protocol(Opcode.R2T, field, problem);
  }

  private void sequence(
      SessionParameters parameters,
      Outlet out,
      int expStatSn,
      long toLun,
      int targetTransferTag,
      int from,
      int to) {
    int dataSn = 0;
    for (int at = from; at < to; ) {
      int length = Math.min(to - at, parameters.maxSendDataSegmentLength());
      out.send(
          new DataOut(
              at + length == to,
              toLun,
              tag,
              targetTransferTag,
              expStatSn,
              dataSn++,
              at,
              payload.slice(at, length)));
      at += length;
    }
    sent += to - from;
  }

  /** Bytes handed over so far, each counted once. */
  long sent() {
    return sent;
  }

  /** R2Ts that came. */
  int r2ts() {
    return nextR2tSn;
  }
}
