package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import java.nio.ByteBuffer;

/**
 * The data of one write on its way out (RFC 7143 sections 4.2.5.2 and 11.7): immediate data in the
 * command, unsolicited Data-Out up to FirstBurstLength, then what the target's R2Ts ask for.
 *
 * <p>MaxOutstandingR2T binds the target; on this side every R2T is answered in full as it comes.
 */
final class WriteTransfer {
  private final ByteBuffer payload;
  private final long lun;
  private final int tag;
  private final SessionParameters parameters;
  private final int immediate;
  private final int unsolicitedEnd;
  private int nextR2tSn;
  private int lastOffset;
  private long sent;

  WriteTransfer(ScsiTask task, int tag, SessionParameters parameters) {
    this.payload = task.payload();
    this.lun = task.lun();
    this.tag = tag;
    this.parameters = parameters;
    int length = payload.remaining();
    int firstBurst = Math.min(length, parameters.firstBurstLength());
    this.immediate =
        parameters.immediateData()
            ? Math.min(firstBurst, parameters.maxSendDataSegmentLength())
            : 0;
    this.unsolicitedEnd = parameters.initialR2t() ? immediate : firstBurst;
    this.lastOffset = unsolicitedEnd;
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

  void sendUnsolicited(Outlet out, int expStatSn) {
    if (unsolicitedFollows()) {
      sequence(out, expStatSn, lun, Pdu.RESERVED_TAG, immediate, unsolicitedEnd);
    }
  }

  void onR2t(R2t r2t, Outlet out, int expStatSn) throws ConnectionBreach {
    long offset = Integer.toUnsignedLong(r2t.bufferOffset());
    long length = Integer.toUnsignedLong(r2t.desiredDataTransferLength());
    if (r2t.r2tSn() != nextR2tSn) {
      throw ConnectionBreach.protocol("R2TSN " + r2t.r2tSn() + ", expected " + nextR2tSn);
    }
    if (length == 0 || length > parameters.maxBurstLength()) {
      throw ConnectionBreach.protocol(
          "R2T for " + length + " bytes, MaxBurstLength is " + parameters.maxBurstLength());
    }
    if (offset + length > payload.remaining()) {
      throw ConnectionBreach.protocol(
          "R2T for bytes " + offset + "+" + length + " of " + payload.remaining());
    }
    if (offset < lastOffset) {
      throw ConnectionBreach.protocol(
          "R2T at " + offset + " after " + lastOffset + ", DataSequenceInOrder is Yes");
    }
    nextR2tSn++;
    lastOffset = (int) offset;
    sequence(
        out, expStatSn, r2t.lun(), r2t.targetTransferTag(), (int) offset, (int) (offset + length));
  }

  private void sequence(
      Outlet out, int expStatSn, long toLun, int targetTransferTag, int from, int to) {
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

  /** Bytes handed over so far. */
  long sent() {
    return sent;
  }
}
