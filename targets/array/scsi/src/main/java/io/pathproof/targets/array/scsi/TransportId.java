package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The TransportID of an iSCSI initiator port (SPC-4 clause 7.6.4.6).
 *
 * @param name iSCSI name
 * @param isid 48 bits
 * @param length bytes that it took in its list
 */
record TransportId(String name, long isid, int length) {
  private static final int ISCSI = 0x05;
  private static final int INITIATOR_PORT = 0x40;
  private static final String SEPARATOR = ",i,0x";
  private static final int MIN_ADDITIONAL = 20;

  static byte[] encode(String name, long isid) {
    byte[] text = (name + SEPARATOR + "%012x".formatted(isid)).getBytes(StandardCharsets.UTF_8);
    int additional = Math.max(MIN_ADDITIONAL, (text.length + 4) / 4 * 4);
    return ByteBuffer.allocate(4 + additional)
        .put(0, (byte) (INITIATOR_PORT | ISCSI))
        .putShort(2, (short) additional)
        .put(4, text)
        .array();
  }

  /** Reads one with an ISID; one that names the initiator alone is refused. */
  static TransportId decode(ByteBuffer list, int at) throws Refusal {
    if (at + 4 > list.limit()) {
      throw Refusal.parameterLength();
    }
    int additional = list.getShort(at + 2) & 0xffff;
    if (at + 4 + additional > list.limit()) {
      throw Refusal.parameterLength();
    }
    if ((list.get(at) & 0xff) != (INITIATOR_PORT | ISCSI) || additional < MIN_ADDITIONAL) {
      throw Refusal.invalidParameter();
    }
    byte[] bytes = new byte[additional];
    list.get(at + 4, bytes);
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    int separator = text.indexOf(SEPARATOR);
    if (end < 0 || separator <= 0 || separator > end) {
      throw Refusal.invalidParameter();
    }
    String digits = text.substring(separator + SEPARATOR.length(), end);
    if (!digits.matches("[0-9a-fA-F]{1,12}")) {
      throw Refusal.invalidParameter();
    }
    return new TransportId(
        text.substring(0, separator), Long.parseLong(digits, 16), 4 + additional);
  }
}
