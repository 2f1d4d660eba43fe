package io.pathproof.targets.array.iscsi;

import java.nio.ByteBuffer;

/** Data segments that have to outlive the PDU they came in. */
final class Segments {
  private Segments() {}

  /** A copy of at most so many bytes. */
  static ByteBuffer copy(ByteBuffer data, int limit) {
    int length = Math.min(data.remaining(), limit);
    return ByteBuffer.allocate(length).put(data.slice(data.position(), length)).flip();
  }
}
