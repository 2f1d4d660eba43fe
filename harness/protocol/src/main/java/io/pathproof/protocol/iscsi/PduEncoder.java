package io.pathproof.protocol.iscsi;

import java.nio.ByteBuffer;

/**
 * Puts PDUs on the wire (RFC 7143 section 11.2): header segments, header digest, data segment,
 * padding, data digest. Immutable; safe for use by several threads. It does not check field values
 * (see {@link Pdu}), only that the data segment can be described at all.
 *
 * <p>To gather without copying the data segment, write {@link #encodeHeader}, then the data segment
 * itself, then {@link #encodeTrailer}; {@link #gather} does just that with heap buffers, {@link
 * #encode} copies all into one.
 */
public final class PduEncoder {
  /** The longest data segment that the 24-bit DataSegmentLength can say, in bytes. */
  public static final int MAX_DATA_SEGMENT_LENGTH = 0xffffff;

  private final Digests digests;

  public PduEncoder(Digests digests) {
    this.digests = digests;
  }

  public Digests digests() {
    return digests;
  }

  /** Bytes that pad a segment of the given length to a whole number of four-byte words: 0 to 3. */
  public static int padding(int length) {
    return -length & 3;
  }

  /** Length in bytes of what {@link #encodeHeader} writes. */
  public int headerLength(Pdu pdu) {
    return BasicHeaderSegment.LENGTH + pdu.ahsLength() + (digests.header() ? Digests.LENGTH : 0);
  }

  /** Length in bytes of what {@link #encodeTrailer} writes; 0 for an empty data segment. */
  public int trailerLength(Pdu pdu) {
    int length = pdu.data().remaining();
    return length == 0 ? 0 : padding(length) + (digests.data() ? Digests.LENGTH : 0);
  }

  /** Length in bytes of the whole PDU on the wire. */
  public int length(Pdu pdu) {
    return headerLength(pdu) + pdu.data().remaining() + trailerLength(pdu);
  }

  /**
   * Writes header segments and header digest at the position of {@code out} and moves it on.
   *
   * @throws java.nio.BufferOverflowException if {@code out} has not {@link #headerLength} bytes
   *     left
   * @throws IllegalArgumentException if the data segment is longer than {@link
   *     #MAX_DATA_SEGMENT_LENGTH}
   */
  public void encodeHeader(Pdu pdu, ByteBuffer out) {
    int length = pdu.data().remaining();
    if (length > MAX_DATA_SEGMENT_LENGTH) {
      throw new IllegalArgumentException("data segment of " + length + " bytes");
    }
    int segments = BasicHeaderSegment.LENGTH + pdu.ahsLength();
    int start = out.position();
    // Header segments are whole words. Zeros by words, without an array of them.
    for (int word = 0; word < segments; word += Integer.BYTES) {
      out.putInt(0);
    }
    ByteBuffer bytes = out.slice(start, segments);
    BasicHeaderSegment header = new BasicHeaderSegment(bytes);
    header.opcode(pdu.opcode(), pdu.immediate());
    header.lengths(pdu.ahsLength(), length);
    pdu.writeTo(header);
    if (digests.header()) {
      putDigest(out, Digests.crc32c(bytes));
    }
  }

  /**
   * Writes padding and data digest, which follow the data segment, at the position of {@code out}.
   */
  public void encodeTrailer(Pdu pdu, ByteBuffer out) {
    ByteBuffer data = pdu.data();
    if (!data.hasRemaining()) {
      return;
    }
    ByteBuffer pad = ByteBuffer.allocate(padding(data.remaining()));
    out.put(pad.duplicate());
    if (digests.data()) {
      putDigest(out, Digests.crc32c(data, pad));
    }
  }

  private static void putDigest(ByteBuffer out, int digest) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.put((byte) (digest >>> shift));
    }
  }

  /** The PDU as buffers for a gathering write, the data segment uncopied among them. */
  public ByteBuffer[] gather(Pdu pdu) {
    ByteBuffer header = ByteBuffer.allocate(headerLength(pdu));
    encodeHeader(pdu, header);
    header.flip();
    if (!pdu.data().hasRemaining()) {
      return new ByteBuffer[] {header};
    }
    ByteBuffer trailer = ByteBuffer.allocate(trailerLength(pdu));
    encodeTrailer(pdu, trailer);
    trailer.flip();
    ByteBuffer data = pdu.data().duplicate();
    return trailer.hasRemaining()
        ? new ByteBuffer[] {header, data, trailer}
        : new ByteBuffer[] {header, data};
  }

  /**
   * Writes the whole PDU at the position of {@code out}, which needs {@link #length} bytes left.
   */
  public void encode(Pdu pdu, ByteBuffer out) {
    encodeHeader(pdu, out);
    out.put(pdu.data().duplicate());
    encodeTrailer(pdu, out);
  }

  /** The whole PDU in a new buffer, ready to be read. */
  public ByteBuffer encode(Pdu pdu) {
    ByteBuffer out = ByteBuffer.allocate(length(pdu));
    encode(pdu, out);
    return out.flip();
  }
}
