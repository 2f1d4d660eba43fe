package io.pathproof.engine.embedded.relay;

import io.pathproof.protocol.iscsi.Digests;
import java.nio.ByteBuffer;

/**
 * Follows the PDU boundaries of one direction of a connection (RFC 7143 section 11.2.1) without
 * keeping the PDUs. Bytes may come in any pieces. No I/O; one thread.
 */
final class StreamScanner {
  private static final int HEADER = 48;

  /** Bytes of a header after which the PDU's length is known. */
  private static final int LENGTHS_KNOWN = 8;

  private static final int OPCODE_MASK = 0x3f;

  /** Told of PDUs as they go by. */
  interface Watcher {
    /**
     * A PDU begins.
     *
     * @param opcode its opcode
     * @param at the index of its first byte in the piece that is being scanned
     */
    void begins(int opcode, int at);

    /**
     * Its lengths are known.
     *
     * @param headerLength header segments and header digest, in bytes
     * @param dataLength data segment without padding
     * @param totalLength all of it
     * @param at the index that its first byte has, or would have, in this piece; may be negative
     */
    void measured(int headerLength, int dataLength, int totalLength, int at);

    /**
     * Its last byte has gone by.
     *
     * @param next the index of the byte after it
     */
    void ended(int next);
  }

  private final Watcher watcher;
  private Digests digests = Digests.NONE;

  /** Bytes of the current PDU that have gone by; 0 between two. */
  private int seen;

  private int total;
  private int additional;
  private int length;

  StreamScanner(Watcher watcher) {
    this.watcher = watcher;
  }

  /** From the next PDU on. */
  void digests(Digests next) {
    digests = next;
  }

  /** Whether the last byte scanned was the last one of a PDU. */
  boolean betweenPdus() {
    return seen == 0;
  }

  /** Scans from the buffer's position to its limit, and moves neither. */
  void scan(ByteBuffer bytes) {
    int index = bytes.position();
    int end = bytes.limit();
    while (index < end) {
      if (seen >= LENGTHS_KNOWN) {
        int skip = Math.min(total - seen, end - index);
        seen += skip;
        index += skip;
        if (seen == total) {
          seen = 0;
          watcher.ended(index);
        }
      } else if (seen == 0 && end - index >= LENGTHS_KNOWN) {
        watcher.begins(bytes.get(index) & OPCODE_MASK, index);
        measure(bytes.get(index + 4) & 0xff, bytes.getInt(index + 4) & 0xffffff, index);
        seen = LENGTHS_KNOWN;
        index += LENGTHS_KNOWN;
      } else {
        one(bytes.get(index) & 0xff, index);
        index++;
      }
    }
  }

  private void one(int octet, int index) {
    switch (seen) {
      case 0 -> watcher.begins(octet & OPCODE_MASK, index);
      case 4 -> additional = octet;
      case 5 -> length = octet << 16;
      case 6 -> length |= octet << 8;
      case 7 -> measure(additional, length | octet, index - 7);
      default -> {
        // Flags and reserved bytes tell nothing of where it ends.
      }
    }
    seen++;
  }

  private void measure(int additionalWords, int dataLength, int at) {
    int header = HEADER + additionalWords * 4 + (digests.header() ? Digests.LENGTH : 0);
    int data = dataLength == 0 ? 0 : (dataLength + 3 & ~3) + (digests.data() ? Digests.LENGTH : 0);
    total = header + data;
    watcher.measured(header, dataLength, total, at);
  }
}
