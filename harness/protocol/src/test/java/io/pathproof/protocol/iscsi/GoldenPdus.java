package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.GoldenBytes;
import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** The way from a golden file to a PDU. */
final class GoldenPdus {
  private GoldenPdus() {}

  static Digests digests(GoldenBytes golden) {
    return new Digests(golden.digest("header"), golden.digest("data"));
  }

  static Pdu decode(GoldenBytes golden) throws ProtocolException {
    PduDecoder decoder = new PduDecoder(65536);
    decoder.digests(digests(golden));
    ByteBuffer in = golden.buffer();
    Pdu pdu = decoder.decode(in);
    if (in.hasRemaining()) {
      throw new AssertionError(golden.name() + ": " + in.remaining() + " bytes were left over");
    }
    return pdu;
  }

  static <T extends Pdu> T load(Class<T> type, String name) throws ProtocolException {
    return type.cast(decode(GoldenBytes.load("pdu", name)));
  }
}
