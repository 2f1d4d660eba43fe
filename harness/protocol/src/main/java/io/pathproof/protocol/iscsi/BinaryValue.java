package io.pathproof.protocol.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Binary values of text keys: {@code 0x} and hex digits, or {@code 0b} and base64 (RFC 7143 section
 * 6.1).
 */
public final class BinaryValue {
  private static final int PREFIX = 2;

  private BinaryValue() {}

  /** True if the value begins as a hex or base64 constant does. */
  public static boolean isEncoded(String value) {
    return hex(value) || base64(value);
  }

  private static boolean hex(String value) {
    return value.startsWith("0x") || value.startsWith("0X");
  }

  private static boolean base64(String value) {
    return value.startsWith("0b") || value.startsWith("0B");
  }

  public static String encodeHex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  public static String encodeBase64(byte[] bytes) {
    return "0b" + Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Decodes a binary value.
   *
   * @param key the key, for the message
   * @param maxLength the bound for the decoded bytes (1,024 for CHAP, RFC 7143 section 12.1.3)
   * @throws ProtocolException if it is neither hex of whole bytes nor base64, is empty, or is too
   *     long
   */
  public static byte[] decode(String key, String value, int maxLength) throws ProtocolException {
    // Base64 and hex both need more characters than bytes, so this bounds the work before any is
    // done.
    if (value.length() > PREFIX + 2 * maxLength) {
      throw new ProtocolException(
          Kind.TOO_LONG, "text", key, -1, value.length() + " characters for a binary value");
    }
    byte[] bytes;
    try {
      if (hex(value)) {
        bytes = HexFormat.of().parseHex(value, PREFIX, value.length());
      } else if (base64(value)) {
        bytes = Base64.getDecoder().decode(value.substring(PREFIX));
      } else {
        throw new ProtocolException(
            Kind.FORMAT, "text", key, -1, "a binary value begins with 0x or 0b");
      }
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(Kind.FORMAT, "text", key, -1, "malformed binary value");
    }
    if (bytes.length == 0 || bytes.length > maxLength) {
      throw new ProtocolException(
          Kind.TOO_LONG, "text", key, -1, bytes.length + " bytes, not 1 to " + maxLength);
    }
    return bytes;
  }
}
