package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;

/**
 * The header that all vital product data pages begin with (SPC-4 clause 7.8), and the codes of
 * those known here.
 */
public final class VpdPage {
  public static final int SUPPORTED_VPD_PAGES = 0x00;
  public static final int UNIT_SERIAL_NUMBER = 0x80;
  public static final int DEVICE_IDENTIFICATION = 0x83;
  public static final int BLOCK_LIMITS = 0xb0;
  public static final int LOGICAL_BLOCK_PROVISIONING = 0xb2;

  static final int HEADER_LENGTH = 4;
  private static final int MAX_PAGE_LENGTH = 0xffff;

  private VpdPage() {}

  /**
   * The length of a whole page by its own header, for a second INQUIRY where the first was cut off.
   *
   * @return bytes, header included
   */
  public static int length(ByteBuffer bytes) throws ProtocolException {
    return HEADER_LENGTH + new Fields("VPD page", bytes).int16(2, "PAGE LENGTH");
  }

  /** The fields of a whole page of the given code. */
  static Fields open(String name, int code, ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields(name, bytes);
    in.expect(1, code, "PAGE CODE");
    int length = HEADER_LENGTH + in.int16(2, "PAGE LENGTH");
    if (length > in.length()) {
      throw new ProtocolException(
          Kind.TRUNCATED, name, "PAGE LENGTH", 2, length + " bytes of " + in.length());
    }
    return new Fields(name, bytes.slice(bytes.position(), length));
  }

  /** A page of zeros behind its header. */
  static ByteBuffer create(int peripheral, int code, int length) {
    Fields.range("PAGE LENGTH", length, MAX_PAGE_LENGTH);
    return ByteBuffer.allocate(HEADER_LENGTH + length)
        .put(0, (byte) peripheral)
        .put(1, (byte) code)
        .putShort(2, (short) length);
  }
}
