package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Bounded, absolute, big-endian reading of one CDB, page or parameter list; its name goes into the
 * errors.
 */
final class Fields {
  private final String where;
  private final ByteBuffer bytes;

  Fields(String where, ByteBuffer bytes) {
    this.where = where;
    this.bytes = bytes.slice();
  }

  int length() {
    return bytes.limit();
  }

  private void need(int at, int length, String field) throws ProtocolException {
    if (length < 0 || at > bytes.limit() - length) {
      throw new ProtocolException(
          Kind.TRUNCATED, where, field, at, "needs " + length + " bytes of " + bytes.limit());
    }
  }

  int int8(int at, String field) throws ProtocolException {
    need(at, 1, field);
    return bytes.get(at) & 0xff;
  }

  int int16(int at, String field) throws ProtocolException {
    need(at, 2, field);
    return bytes.getShort(at) & 0xffff;
  }

  int int32(int at, String field) throws ProtocolException {
    need(at, 4, field);
    return bytes.getInt(at);
  }

  long uint32(int at, String field) throws ProtocolException {
    return int32(at, field) & 0xffffffffL;
  }

  long int64(int at, String field) throws ProtocolException {
    need(at, 8, field);
    return bytes.getLong(at);
  }

  boolean bit(int at, int bit, String field) throws ProtocolException {
    return (int8(at, field) >> bit & 1) != 0;
  }

  /** A copy, so that a record outlives the buffer that it came from. */
  ByteBuffer copy(int at, int length, String field) throws ProtocolException {
    need(at, length, field);
    byte[] part = new byte[length];
    bytes.get(at, part);
    return ByteBuffer.wrap(part);
  }

  /**
   * Left-aligned ASCII without the spaces that fill it up; Latin-1 keeps what is not ASCII
   * distinct.
   */
  String ascii(int at, int length, String field) throws ProtocolException {
    return StandardCharsets.ISO_8859_1.decode(copy(at, length, field)).toString().stripTrailing();
  }

  void expect(int at, int value, String field) throws ProtocolException {
    if (int8(at, field) != value) {
      throw malformed(field, at, "is 0x%02x, not 0x%02x".formatted(int8(at, field), value));
    }
  }

  ProtocolException malformed(String field, int at, String problem) {
    return new ProtocolException(Kind.FORMAT, where, field, at, problem);
  }

  static byte[] padded(String text, int length) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length > length) {
      throw new IllegalArgumentException("\"" + text + "\" is longer than " + length + " bytes");
    }
    byte[] padded = new byte[length];
    java.util.Arrays.fill(padded, (byte) ' ');
    System.arraycopy(bytes, 0, padded, 0, bytes.length);
    return padded;
  }

  static void range(String field, long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(field + " is " + value + ", not 0 to " + max);
    }
  }
}
