package io.pathproof.protocol.iscsi;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Which digests a connection carries (RFC 7143 section 13.1), each a CRC32C. None until the full
 * feature phase.
 *
 * @param header true for HeaderDigest=CRC32C
 * @param data true for DataDigest=CRC32C
 */
public record Digests(boolean header, boolean data) {
  public static final Digests NONE = new Digests(false, false);

  /** Length in bytes of one digest. */
  public static final int LENGTH = 4;

  /**
   * The CRC32C of the given bytes as the big-endian integer that goes on the wire: the reflected
   * CRC is sent least significant byte first (RFC 7143 section 13.1, examples in RFC 3720 appendix
   * B.4).
   */
  public static int crc32c(ByteBuffer... parts) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : parts) {
      crc.update(part.duplicate());
    }
    return Integer.reverseBytes((int) crc.getValue());
  }
}
