package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import java.nio.ByteBuffer;

/**
 * Puts the Data-In PDUs of one read together (RFC 7143 section 11.7). DataPDUInOrder and
 * DataSequenceInOrder are Yes, so they come without gaps.
 */
final class ReadAssembly {
  private final int expectedLength;
  private final boolean lent;

  /** Null until something has come, unless the caller gave it. */
  private ByteBuffer data;

  private int received;
  private int nextDataSn;

  /**
   * @param into takes the data, with room for all of it; empty for a buffer of its own
   * @param lent whether the data is read-only, and what one PDU brings with the status may stay
   *     where it lies; no effect with {@code into}
   */
  ReadAssembly(int expectedLength, ByteBuffer into, boolean lent) {
    this.expectedLength = expectedLength;
    this.lent = lent && !into.hasRemaining();
    this.data = into.hasRemaining() ? into : null;
  }

  void add(DataIn pdu) throws ConnectionBreach {
    long offset = Integer.toUnsignedLong(pdu.bufferOffset());
    int length = pdu.data().remaining();
    if (pdu.dataSn() != nextDataSn) {
      throw breach("DataSN", Integer.toUnsignedString(pdu.dataSn()) + ", expected " + nextDataSn);
    }
    if (length > 0 && offset != received) {
      throw breach("Buffer Offset", offset + ", expected " + received);
    }
    if (received + (long) length > expectedLength) {
      throw breach(
          "DataSegmentLength",
          "bytes " + offset + " to " + (offset + length) + " of " + expectedLength);
    }
    nextDataSn++;
    if (length == 0) {
      return;
    }
    if (lent && data == null && pdu.statusBit()) {
      data = pdu.data();
    } else {
      if (data == null) {
        data = ByteBuffer.allocate(expectedLength);
      }
      data.put(received, pdu.data(), pdu.data().position(), length);
    }
    received += length;
  }

  private static ConnectionBreach breach(String field, String problem) {
    return ConnectionBreach.protocol(Opcode.DATA_IN, field, problem);
  }

  int received() {
    return received;
  }

  /** Data-In PDUs that came. */
  int pdus() {
    return nextDataSn;
  }

  /** What has come, from the first byte on. */
  ByteBuffer data() {
    if (data == null) {
      return Pdu.NO_DATA;
    }
    ByteBuffer came = data.slice(data.position(), received);
    return lent ? came.asReadOnlyBuffer() : came;
  }
}
