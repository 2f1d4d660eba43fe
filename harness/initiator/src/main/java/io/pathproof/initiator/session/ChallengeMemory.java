package io.pathproof.initiator.session;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The challenges that this session posed, over all its connections: a target that sends one of them
 * back wants our answer to it in order to give that as its own (RFC 7143 section 9.2.1).
 */
final class ChallengeMemory {
  /** Enough for every login that can be under way at once, and many that were. */
  private static final int CAPACITY = 64;

  private final ArrayDeque<byte[]> posed = new ArrayDeque<>();

  void remember(byte[] challenge) {
    if (posed.size() == CAPACITY) {
      posed.remove();
    }
    posed.add(challenge);
  }

  boolean posed(byte[] challenge) {
    return posed.stream().anyMatch(own -> Arrays.equals(own, challenge));
  }
}
