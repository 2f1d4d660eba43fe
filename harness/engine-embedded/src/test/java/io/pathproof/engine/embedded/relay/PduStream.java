package io.pathproof.engine.embedded.relay;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Opcode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A stream of PDUs made by hand (RFC 7143 section 11.2.1), and where its parts are. */
final class PduStream {
  /**
   * A PDU of it.
   *
   * @param at the index of its first byte
   * @param header bytes of header segments and header digest
   * @param data bytes of data, without padding
   * @param total bytes of all
   */
  record Part(int opcode, int at, int header, int data, int total) {}

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Part> parts = new ArrayList<>();
  private final SplittableRandom random;
  private Digests digests = Digests.NONE;

  PduStream(long seed) {
    random = new SplittableRandom(seed);
  }

  PduStream digests(Digests next) {
    digests = next;
    return this;
  }

  PduStream pdu(Opcode opcode, int additionalWords, int dataLength) {
    byte[] data = new byte[dataLength];
    random.nextBytes(data);
    return pdu(opcode.code() | random.nextInt(2) << 6, additionalWords, data, -1);
  }

  /** A response in a login; full feature phase follows if it is the last one. */
  PduStream loginResponse(boolean last, int statusClass, String keys) {
    byte[] text = keys.replace(';', '\0').getBytes(StandardCharsets.US_ASCII);
    int flags = last ? 0x87 : 0x04;
    return pdu(Opcode.LOGIN_RESPONSE.code(), 0, text, flags << 8 | statusClass);
  }

  private PduStream pdu(int first, int additionalWords, byte[] data, int login) {
    byte[] header = new byte[48 + additionalWords * 4];
    random.nextBytes(header);
    header[0] = (byte) first;
    header[4] = (byte) additionalWords;
    header[5] = (byte) (data.length >> 16);
    header[6] = (byte) (data.length >> 8);
    header[7] = (byte) data.length;
    if (login >= 0) {
      header[1] = (byte) (login >> 8);
      header[36] = (byte) login;
    }
    int at = bytes.size();
    bytes.writeBytes(header);
    noise(digests.header() ? 4 : 0);
    int headerLength = bytes.size() - at;
    bytes.writeBytes(data);
    noise(-data.length & 3);
    noise(digests.data() && data.length > 0 ? 4 : 0);
    parts.add(new Part(first & 0x3f, at, headerLength, data.length, bytes.size() - at));
    return this;
  }

  private void noise(int length) {
    byte[] some = new byte[length];
    random.nextBytes(some);
    bytes.writeBytes(some);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  List<Part> parts() {
    return parts;
  }

  int length() {
    return bytes.size();
  }

  /** With every kind of PDU that is laid out in a way of its own. */
  static PduStream mixed(long seed, Digests digests) {
    return new PduStream(seed)
        .digests(digests)
        .pdu(Opcode.SCSI_COMMAND, 0, 0)
        .pdu(Opcode.DATA_OUT, 0, 7)
        .pdu(Opcode.SCSI_COMMAND, 3, 0)
        .pdu(Opcode.DATA_OUT, 0, 4)
        .pdu(Opcode.SCSI_COMMAND, 2, 13)
        .pdu(Opcode.DATA_OUT, 1, 0)
        .pdu(Opcode.NOP_OUT, 0, 1);
  }
}
