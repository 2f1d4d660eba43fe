package io.pathproof.engine.embedded.relay;

import io.pathproof.protocol.iscsi.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads from the array's side of a login which digests were agreed on, so that boundaries are known
 * afterwards as well. Stops looking once the login is over.
 */
final class LoginWatcher {
  private static final int LOGIN_RESPONSE = 0x23;
  private static final int HEADER = 48;
  private static final int LONGEST = 16 * 1024;

  /** T bit, and NSG of full feature phase (RFC 7143 section 11.13). */
  private static final int LAST = 0x83;

  private final ByteBuffer pdu = ByteBuffer.allocate(LONGEST);
  private boolean headerDigest;
  private boolean dataDigest;
  private boolean over;

  /** Whether nothing is looked for any more. */
  boolean over() {
    return over;
  }

  /** Takes bytes of the PDU that is going by. */
  void add(ByteBuffer bytes) {
    if (over) {
      return;
    }
    if (bytes.remaining() > pdu.remaining()) {
      over = true;
      return;
    }
    pdu.put(bytes.duplicate());
  }

  /**
   * The PDU has ended.
   *
   * @return true if it was the login's last response, and {@link #digests} hold from here on
   */
  boolean ended() {
    if (over || pdu.position() < HEADER) {
      pdu.clear();
      return false;
    }
    boolean login = (pdu.get(0) & 0x3f) == LOGIN_RESPONSE;
    if (!login) {
      over = true;
      return false;
    }
    String text =
        new String(pdu.array(), HEADER, pdu.position() - HEADER, StandardCharsets.ISO_8859_1);
    headerDigest |= text.contains("HeaderDigest=CRC32C");
    dataDigest |= text.contains("DataDigest=CRC32C");
    boolean last = (pdu.get(1) & LAST) == LAST && pdu.get(36) == 0;
    pdu.clear();
    over = last;
    return last;
  }

  Digests digests() {
    return new Digests(headerDigest, dataDigest);
  }
}
