package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;

/**
 * The 48-byte basic header segment (RFC 7143 section 11.2.1) and the additional ones behind it, as
 * a view of bytes. The offsets that several PDUs share stand here; a record names its own.
 */
public final class BasicHeaderSegment {
  /** Length in bytes of the basic header segment. */
  public static final int LENGTH = 48;

  /** The greatest length in bytes of all additional header segments of one PDU: 255 words. */
  public static final int MAX_AHS_LENGTH = 255 * 4;

  static final int OPCODE = 0;
  static final int FLAGS = 1;
  static final int TOTAL_AHS_LENGTH = 4;
  static final int DATA_SEGMENT_LENGTH = 5;
  static final int LUN = 8;
  static final int INITIATOR_TASK_TAG = 16;
  static final int TARGET_TRANSFER_TAG = 20;
  static final int CMD_SN = 24;
  static final int EXP_STAT_SN = 28;
  static final int STAT_SN = 24;
  static final int EXP_CMD_SN = 28;
  static final int MAX_CMD_SN = 32;

  /** Bit 0 of byte 1: F (final), or T (transit) in login PDUs. */
  static final int FINAL = 0x80;

  /** Bit 1 of byte 1: C (continue) in text and login PDUs. */
  static final int CONTINUE = 0x40;

  private static final int IMMEDIATE = 0x40;
  private static final int OPCODE_MASK = 0x3f;

  private final ByteBuffer bytes;

  /** A view of {@code bytes} from index 0; big endian. */
  BasicHeaderSegment(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  int opcodeValue() {
    return bytes.get(OPCODE) & OPCODE_MASK;
  }

  boolean immediate() {
    return (bytes.get(OPCODE) & IMMEDIATE) != 0;
  }

  void opcode(Opcode opcode, boolean immediate) {
    bytes.put(OPCODE, (byte) (opcode.code() | (immediate ? IMMEDIATE : 0)));
  }

  /** Length in bytes of the additional header segments. */
  int totalAhsLength() {
    return int8(TOTAL_AHS_LENGTH) * 4;
  }

  /** Length in bytes of the data segment, without padding. */
  int dataSegmentLength() {
    return bytes.getInt(TOTAL_AHS_LENGTH) & 0xffffff;
  }

  void lengths(int ahsLength, int dataSegmentLength) {
    bytes.putInt(TOTAL_AHS_LENGTH, (ahsLength / 4) << 24 | dataSegmentLength);
  }

  boolean flag(int mask) {
    return (bytes.get(FLAGS) & mask) != 0;
  }

  void flag(int mask, boolean value) {
    if (value) {
      bytes.put(FLAGS, (byte) (bytes.get(FLAGS) | mask));
    }
  }

  int int8(int at) {
    return bytes.get(at) & 0xff;
  }

  int int16(int at) {
    return bytes.getShort(at) & 0xffff;
  }

  int int32(int at) {
    return bytes.getInt(at);
  }

  long int64(int at) {
    return bytes.getLong(at);
  }

  void int8(int at, int value) {
    bytes.put(at, (byte) value);
  }

  void int16(int at, int value) {
    bytes.putShort(at, (short) value);
  }

  void int32(int at, int value) {
    bytes.putInt(at, value);
  }

  void int64(int at, long value) {
    bytes.putLong(at, value);
  }

  void bytes(int at, ByteBuffer source, int from, int length) {
    bytes.put(at, source, from, length);
  }

  /** A copy of a part of the header segments. */
  ByteBuffer copy(int at, int length) {
    byte[] part = new byte[length];
    bytes.get(at, part);
    return ByteBuffer.wrap(part);
  }

  ProtocolException malformed(String field, int offset, String problem) {
    String name = Opcode.of(opcodeValue()).map(Enum::name).orElse("opcode " + opcodeValue());
    return malformed(Kind.FORMAT, name, field, offset, problem);
  }

  ProtocolException malformed(Kind kind, String pdu, String field, int offset, String problem) {
    byte[] header = new byte[Math.min(bytes.limit(), LENGTH + totalAhsLength())];
    bytes.get(0, header);
    return new ProtocolException(kind, pdu, field, offset, problem, header);
  }

  /** Unwraps the meaning of a code, or tells which field holds a code that has none. */
  <T> T known(java.util.Optional<T> meaning, String field, int offset, int code)
      throws ProtocolException {
    if (meaning.isEmpty()) {
      throw malformed(field, offset, "0x%02x is not defined by RFC 7143".formatted(code));
    }
    return meaning.get();
  }
}
