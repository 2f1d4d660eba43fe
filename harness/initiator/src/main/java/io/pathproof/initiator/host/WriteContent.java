package io.pathproof.initiator.host;

import java.nio.ByteBuffer;

/** The bytes of a write; they may differ from path to path. */
@FunctionalInterface
public interface WriteContent {
  /**
   * Asked each time that the write is sent down a path.
   *
   * @param path the id of that path
   * @param attempt from 1
   * @return the bytes from position to limit, as many as the write has; not changed afterwards
   */
  ByteBuffer bytes(String path, int attempt);
}
