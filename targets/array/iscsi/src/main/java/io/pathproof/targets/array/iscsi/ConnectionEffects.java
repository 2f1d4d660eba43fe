package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Pdu;

/** What a connection's core does to its transport. Calls return at once. */
public interface ConnectionEffects {
  /** Sends a PDU after those sent before. */
  void send(Pdu pdu);

  /** From the next PDU on, in both directions, digests are so. */
  void digests(Digests digests);

  /** The longest data segment that is accepted from now on, in bytes. */
  void maxDataSegmentLength(int bytes);

  /** Who is at the other end, {@code address:port}. */
  default String peer() {
    return "nowhere";
  }

  /** False while this end is silent itself: that nothing comes is not the other's fault. */
  default boolean reading() {
    return true;
  }

  /** Closes once all that was sent has gone out. */
  void close();
}
