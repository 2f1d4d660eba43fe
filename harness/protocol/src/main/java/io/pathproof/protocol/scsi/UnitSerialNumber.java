package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Unit Serial Number page, 80h (SPC-4 clause 7.8.18).
 *
 * @param peripheral byte 0: peripheral qualifier and device type
 * @param raw the field as on the wire, with the spaces that some targets put before or behind the
 *     number
 */
public record UnitSerialNumber(int peripheral, String raw) {
  /** The number without surrounding spaces; empty if the target gives none. */
  public String serialNumber() {
    return raw.strip();
  }

  public static UnitSerialNumber decode(ByteBuffer bytes) throws ProtocolException {
    String field = "PRODUCT SERIAL NUMBER";
    Fields in = VpdPage.open("VPD page 80h", VpdPage.UNIT_SERIAL_NUMBER, bytes);
    int length = in.length() - VpdPage.HEADER_LENGTH;
    ByteBuffer raw = in.copy(VpdPage.HEADER_LENGTH, length, field);
    return new UnitSerialNumber(
        in.int8(0, "PERIPHERAL"), StandardCharsets.ISO_8859_1.decode(raw).toString());
  }

  public ByteBuffer encode() {
    byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    return VpdPage.create(peripheral, VpdPage.UNIT_SERIAL_NUMBER, bytes.length)
        .put(VpdPage.HEADER_LENGTH, bytes);
  }
}
