package io.pathproof.protocol;

/**
 * Bytes or a value received from the other end that its standard does not allow. The only exception
 * that a decoder of this module lets out for what it was given to decode, whatever the bytes are.
 */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * What is wrong, coarse enough to choose the reaction from (RFC 7143 sections 7.7, 7.8, 7.12).
   */
  public enum Kind {
    /** A field holds a value that the standard does not allow there. */
    FORMAT,
    /** The payload ends before a field that it must have. */
    TRUNCATED,
    /** A declared length is above the bound that the receiver set; nothing was allocated for it. */
    TOO_LONG,
    /** An opcode that RFC 7143 section 11.2.1.2 does not define. */
    UNKNOWN_OPCODE,
    /** The header digest does not match: the stream has no frame any more (section 7.8). */
    HEADER_DIGEST,
    /**
     * The data digest does not match: this PDU is lost, the next one is in its place (section 7.8).
     */
    DATA_DIGEST,
    /** A key=value pair breaks the rules of negotiation (RFC 7143 section 6.2). */
    NEGOTIATION;

    /** True when a stream decoder cannot find the start of the next PDU after such an error. */
    public boolean framingLost() {
      return this == TOO_LONG || this == HEADER_DIGEST;
    }
  }

  private final Kind kind;
  private final String where;
  private final String field;
  private final int offset;
  private final byte[] header;

  public ProtocolException(Kind kind, String where, String field, int offset, String problem) {
    this(kind, where, field, offset, problem, new byte[0]);
  }

  /**
   * @param kind what is wrong
   * @param where the PDU, CDB, page or key set, by its name in the standard
   * @param field the field by its name in the standard
   * @param offset the offset of the field in bytes from the start of {@code where}, or -1 where it
   *     has none
   * @param problem what was found and what is allowed
   * @param header the header segments of the PDU (for a Reject, RFC 7143 section 11.17), empty if
   *     not a PDU
   */
  public ProtocolException(
      Kind kind, String where, String field, int offset, String problem, byte[] header) {
    super(
        where
            + ": "
            + field
            + (offset < 0 ? "" : " at byte " + offset)
            + ": "
            + problem
            + " ["
            + kind
            + "]");
    this.kind = kind;
    this.where = where;
    this.field = field;
    this.offset = offset;
    this.header = header.clone();
  }

  public Kind kind() {
    return kind;
  }

  /** The PDU, CDB, page or key set in which the error was found. */
  public String where() {
    return where;
  }

  public String field() {
    return field;
  }

  /** Offset in bytes from the start of {@link #where()}, or -1 where there is none. */
  public int offset() {
    return offset;
  }

  /**
   * The header of the offending PDU as received (48 bytes and AHS); empty if the error is not about
   * a PDU.
   */
  public byte[] header() {
    return header.clone();
  }
}
