package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;

/**
 * Finds the PDUs in a byte stream, for either end of a connection. Not thread safe: one decoder a
 * connection, driven by that connection's event loop:
 *
 * <pre>{@code
 * for (Pdu pdu = decoder.decode(in); pdu != null; pdu = decoder.decode(in)) {
 *   session.onPdu(pdu, nowNs);
 * }
 * }</pre>
 *
 * <p>Memory is bounded: 1,072 bytes for the header segments, and one buffer of the declared data
 * segment length, which is made (or {@link #wanted} of the caller) only after that length has
 * passed the bound (and the header digest, if there is one).
 *
 * <p>After an error whose {@link Kind#framingLost()} is true the decoder throws that error again
 * for whatever comes; after another, the faulty PDU has been consumed and {@link #decode} can go on
 * with the next.
 */
public final class PduDecoder {
  /** Who owns the bytes of the data segments that come out. */
  public enum Retention {
    /** Data segments are copies of their own: the input may be reused at once. */
    COPY,
    /**
     * A data segment that lies whole in one input is a slice of it, valid no longer than that
     * input; others are copies.
     */
    SLICE,
    /**
     * Every data segment is a slice of the input. One that does not lie whole in an input stays
     * there, unread: the caller comes again with all of it, {@link PduDecoder#wanted} bytes.
     */
    WHOLE
  }

  private final Retention retention;
  private final ByteBuffer header =
      ByteBuffer.allocate(
          BasicHeaderSegment.LENGTH + BasicHeaderSegment.MAX_AHS_LENGTH + Digests.LENGTH);
  private final ByteBuffer trailer = ByteBuffer.allocate(3 + Digests.LENGTH);
  private int maxDataSegmentLength;
  private Digests digests = Digests.NONE;

  /** The header is complete; the data segment of that length follows. */
  private boolean headerDone;

  private int dataLength;

  /** The data segment being filled, null while it is not known where to. */
  private ByteBuffer data;

  private ProtocolException fatal;

  /** A decoder that copies, see {@link Retention#COPY}. */
  public PduDecoder(int maxDataSegmentLength) {
    this(maxDataSegmentLength, Retention.COPY);
  }

  /**
   * @param maxDataSegmentLength the bound in bytes: MaxRecvDataSegmentLength as declared by this
   *     end, 8192 in a login before it is declared (RFC 7143 section 13.12)
   */
  public PduDecoder(int maxDataSegmentLength, Retention retention) {
    this.retention = retention;
    maxDataSegmentLength(maxDataSegmentLength);
    header.limit(BasicHeaderSegment.LENGTH);
  }

  /** Changes the bound for PDUs whose header is not complete yet. */
  public void maxDataSegmentLength(int bytes) {
    if (bytes < 0 || bytes > PduEncoder.MAX_DATA_SEGMENT_LENGTH) {
      throw new IllegalArgumentException("maxDataSegmentLength " + bytes);
    }
    maxDataSegmentLength = bytes;
  }

  /**
   * Switches digests on or off, from the next PDU on. To be called between two PDUs, which is where
   * a call of {@link #decode} ends that returned the last login response.
   *
   * @throws IllegalStateException in the middle of a PDU
   */
  public void digests(Digests next) {
    if (inPdu()) {
      throw new IllegalStateException("digests can change between PDUs only");
    }
    digests = next;
  }

  /**
   * True when a part of a PDU has come and the rest is awaited: an end of stream here would cut a
   * PDU.
   */
  public boolean inPdu() {
    return header.position() > 0;
  }

  /**
   * With {@link Retention#WHOLE}, how many bytes the input has to begin with for the next call of
   * {@link #decode} to go on: data segment, padding and digest. 0 while any number will do.
   */
  public int wanted() {
    return headerDone && retention == Retention.WHOLE ? dataLength + trailer.limit() : 0;
  }

  /**
   * Takes bytes from {@code in} until a PDU is complete.
   *
   * @param in the bytes received; its position is moved past what was used
   * @return the PDU, or null when {@code in} is used up and more is needed
   * @throws ProtocolException as the class says
   */
  public Pdu decode(ByteBuffer in) throws ProtocolException {
    if (fatal != null) {
      throw fatal;
    }
    try {
      if (!headerDone && !headerComplete(in)) {
        return null;
      }
      if (data == null && !dataBegins(in) || !dataComplete(in)) {
        return null;
      }
    } catch (ProtocolException e) {
      fatal = e;
      throw e;
    }
    try {
      return pdu();
    } finally {
      data = null;
      headerDone = false;
      header.clear().limit(BasicHeaderSegment.LENGTH);
    }
  }

  private boolean headerComplete(ByteBuffer in) throws ProtocolException {
    if (!fill(header, in)) {
      return false;
    }
    BasicHeaderSegment bhs = new BasicHeaderSegment(header);
    int segments = BasicHeaderSegment.LENGTH + bhs.totalAhsLength();
    header.limit(segments + (digests.header() ? Digests.LENGTH : 0));
    if (!fill(header, in)) {
      return false;
    }
    if (digests.header()) {
      check(Kind.HEADER_DIGEST, segments, header.getInt(segments), header.slice(0, segments));
    }
    int length = bhs.dataSegmentLength();
    if (length > maxDataSegmentLength) {
      throw bhs.malformed(
          Kind.TOO_LONG,
          name(bhs),
          "DataSegmentLength",
          BasicHeaderSegment.DATA_SEGMENT_LENGTH,
          length + " bytes are more than the " + maxDataSegmentLength + " that were declared");
    }
    int padding = PduEncoder.padding(length);
    trailer.clear().limit(length == 0 ? 0 : padding + (digests.data() ? Digests.LENGTH : 0));
    dataLength = length;
    headerDone = true;
    return true;
  }

  /** Finds a place for the data segment; false where it has to come whole and has not yet. */
  private boolean dataBegins(ByteBuffer in) {
    if (dataLength == 0) {
      data = Pdu.NO_DATA;
    } else if (retention != Retention.COPY && in.remaining() >= dataLength + trailer.limit()) {
      // with what follows it: the input may be gone before another one brings the digest
      data = in.slice(in.position(), dataLength);
      in.position(in.position() + dataLength);
      data.position(dataLength);
    } else if (retention == Retention.WHOLE) {
      return false;
    } else {
      data = ByteBuffer.allocate(dataLength);
    }
    return true;
  }

  private boolean dataComplete(ByteBuffer in) {
    return fill(data, in) && fill(trailer, in);
  }

  private static boolean fill(ByteBuffer target, ByteBuffer in) {
    int count = Math.min(target.remaining(), in.remaining());
    if (count > 0) {
      target.put(target.position(), in, in.position(), count);
      target.position(target.position() + count);
      in.position(in.position() + count);
    }
    return !target.hasRemaining();
  }

  private void check(Kind kind, int offset, int received, ByteBuffer... covered)
      throws ProtocolException {
    int computed = Digests.crc32c(covered);
    if (computed != received) {
      BasicHeaderSegment bhs = new BasicHeaderSegment(header);
      throw bhs.malformed(
          kind,
          name(bhs),
          kind == Kind.HEADER_DIGEST ? "Header-Digest" : "Data-Digest",
          offset,
          "is 0x%08x, computed 0x%08x".formatted(received, computed));
    }
  }

  private static String name(BasicHeaderSegment bhs) {
    return Opcode.of(bhs.opcodeValue())
        .map(Enum::name)
        .orElseGet(() -> "opcode 0x%02x".formatted(bhs.opcodeValue()));
  }

  private Pdu pdu() throws ProtocolException {
    data.flip();
    BasicHeaderSegment bhs = new BasicHeaderSegment(header);
    int padding = PduEncoder.padding(data.remaining());
    if (digests.data() && data.hasRemaining()) {
      check(
          Kind.DATA_DIGEST,
          header.limit() + data.remaining() + padding,
          trailer.getInt(padding),
          data,
          trailer.slice(0, padding));
    }
    Opcode opcode = Opcode.of(bhs.opcodeValue()).orElse(null);
    if (opcode == null) {
      throw bhs.malformed(
          Kind.UNKNOWN_OPCODE, name(bhs), "opcode", 0, "is not defined by RFC 7143");
    }
    if (opcode != Opcode.SCSI_COMMAND && bhs.totalAhsLength() != 0) {
      throw bhs.malformed(
          "TotalAHSLength", BasicHeaderSegment.TOTAL_AHS_LENGTH, "is for SCSI Commands only");
    }
    return read(opcode, bhs);
  }

  private Pdu read(Opcode opcode, BasicHeaderSegment bhs) throws ProtocolException {
    return switch (opcode) {
      case NOP_OUT -> NopOut.readFrom(bhs, data);
      case SCSI_COMMAND -> ScsiCommand.readFrom(bhs, data);
      case LOGIN_REQUEST -> LoginRequest.readFrom(bhs, data);
      case TEXT_REQUEST -> TextRequest.readFrom(bhs, data);
      case DATA_OUT -> DataOut.readFrom(bhs, data);
      case NOP_IN -> NopIn.readFrom(bhs, data);
      case SCSI_RESPONSE -> ScsiResponse.readFrom(bhs, data);
      case LOGIN_RESPONSE -> LoginResponse.readFrom(bhs, data);
      case TEXT_RESPONSE -> TextResponse.readFrom(bhs, data);
      case DATA_IN -> DataIn.readFrom(bhs, data);
      case ASYNC_MESSAGE -> AsyncMessage.readFrom(bhs, data);
      case REJECT -> Reject.readFrom(bhs, data);
      case TASK_MANAGEMENT_REQUEST -> TaskManagementRequest.readFrom(dataless(bhs));
      case LOGOUT_REQUEST -> LogoutRequest.readFrom(dataless(bhs));
      case SNACK_REQUEST -> SnackRequest.readFrom(dataless(bhs));
      case TASK_MANAGEMENT_RESPONSE -> TaskManagementResponse.readFrom(dataless(bhs));
      case LOGOUT_RESPONSE -> LogoutResponse.readFrom(dataless(bhs));
      case R2T -> R2t.readFrom(dataless(bhs));
    };
  }

  private static BasicHeaderSegment dataless(BasicHeaderSegment bhs) throws ProtocolException {
    if (bhs.dataSegmentLength() != 0) {
      throw bhs.malformed(
          "DataSegmentLength", BasicHeaderSegment.DATA_SEGMENT_LENGTH, "must be 0 in this PDU");
    }
    return bhs;
  }
}
