package io.pathproof.lab.engine;

import io.pathproof.lab.observed.IoResult;

/** Told what becomes of one I/O. All calls come on the host's scheduler, in the order of events. */
public interface IoListener {
  /**
   * The I/O was sent down a path.
   *
   * @param path the path's id
   * @param attempt from 1
   */
  void sent(String path, int attempt);

  /**
   * An attempt ended without success.
   *
   * @param retried whether the device will try again (or waits for a path) rather than give up
   */
  void attemptEnded(String path, int attempt, IoResult result, boolean retried);

  /**
   * A write is about to be sent down this path although an earlier attempt may still be carried out
   * by a dead nexus (rule 10 of the design). Comes before the {@link #sent} of that attempt.
   *
   * @param heldNs how long it was held before
   */
  default void retriedUnfenced(String path, int attempt, long heldNs) {}

  /**
   * A write is about to be sent down this path of which an older copy, or an older write to the
   * same blocks, was left behind that can take no effect any more.
   *
   * @param means how that is known, a word of {@code Event.WriteFenced}
   * @param over the path over which the old session was ended, or empty
   * @param heldNs how long it waited for that
   */
  default void writeFenced(String path, int attempt, String means, String over, long heldNs) {}

  /** The I/O ended. The last call. */
  void completed(IoResult result);
}
