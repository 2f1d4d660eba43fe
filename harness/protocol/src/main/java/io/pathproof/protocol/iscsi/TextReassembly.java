package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Joins text that the C bit splits over several login or text PDUs (RFC 7143 section 6.2), up to a
 * bound. Not thread safe: one an exchange.
 */
public final class TextReassembly {
  private final int maxLength;
  private ByteBuffer joined = ByteBuffer.allocate(0);

  /**
   * @param maxLength the bound in bytes for the whole text; 65,536 is what section 6.2 asks a
   *     sender to keep to in one negotiation sequence
   */
  public TextReassembly(int maxLength) {
    this.maxLength = maxLength;
  }

  /**
   * Takes the data segment of one PDU.
   *
   * @return the whole text when the C bit is 0, empty when more is to come
   * @throws ProtocolException if the text grows beyond the bound
   */
  public Optional<ByteBuffer> add(ByteBuffer data, boolean continueBit) throws ProtocolException {
    int length = joined.remaining() + data.remaining();
    if (length > maxLength) {
      throw new ProtocolException(
          Kind.TOO_LONG, "text", "C", -1, length + " bytes are more than " + maxLength);
    }
    if (!continueBit && !joined.hasRemaining()) {
      return Optional.of(data.duplicate());
    }
    ByteBuffer longer =
        ByteBuffer.allocate(length).put(joined.duplicate()).put(data.duplicate()).flip();
    joined = continueBit ? longer : ByteBuffer.allocate(0);
    return continueBit ? Optional.empty() : Optional.of(longer);
  }
}
