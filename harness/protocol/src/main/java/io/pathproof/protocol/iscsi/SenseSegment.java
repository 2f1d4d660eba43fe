package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;

/** SenseLength and sense data in a data segment (RFC 7143 sections 11.4.7.1 and 11.9.4). */
final class SenseSegment {
  private static final int SENSE_LENGTH = 2;

  private SenseSegment() {}

  static ByteBuffer read(String pdu, ByteBuffer data) throws ProtocolException {
    if (!data.hasRemaining()) {
      return Pdu.NO_DATA;
    }
    if (data.remaining() < SENSE_LENGTH) {
      throw new ProtocolException(
          Kind.TRUNCATED, pdu, "SenseLength", BasicHeaderSegment.LENGTH, "needs 2 bytes, has 1");
    }
    int length = data.getShort(data.position()) & 0xffff;
    if (length > data.remaining() - SENSE_LENGTH) {
      throw new ProtocolException(
          Kind.TRUNCATED,
          pdu,
          "SenseLength",
          BasicHeaderSegment.LENGTH,
          "says " + length + " of " + (data.remaining() - SENSE_LENGTH) + " bytes");
    }
    return data.slice(data.position() + SENSE_LENGTH, length);
  }

  static ByteBuffer write(ByteBuffer sense) {
    ByteBuffer data = ByteBuffer.allocate(SENSE_LENGTH + sense.remaining());
    return data.putShort((short) sense.remaining()).put(sense.duplicate()).flip();
  }
}
