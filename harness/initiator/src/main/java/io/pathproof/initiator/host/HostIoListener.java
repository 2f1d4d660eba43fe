package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Fence;

/**
 * Told what becomes of one I/O, on the host's event loop, in the order of events. Must not throw or
 * block; may issue further I/O.
 */
public interface HostIoListener {
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
   * @param retried whether another attempt follows or the I/O waits for a path
   */
  void attemptEnded(String path, int attempt, HostIoResult result, boolean retried);

  /**
   * A write is about to be sent down this path although an earlier attempt may still be carried out
   * by a dead nexus. Comes before the {@link #sent} of that attempt, or, where the path's session
   * kept the attempt while it was down, once it is logged in and its login has fenced nothing.
   *
   * @param heldNs how long the write was held before
   */
  default void retriedUnfenced(String path, int attempt, long heldNs) {}

  /**
   * A write is about to be sent down this path of which an older copy, or an older write to the
   * same blocks, cannot take effect any more. Comes before the {@link #sent} of that attempt.
   *
   * @param fence what makes sure of that
   * @param heldNs how long the write waited for that
   */
  default void sentFenced(String path, int attempt, Fence fence, long heldNs) {}

  /**
   * The I/O ended. The last call.
   *
   * @param result with the data that was read, which is the listener's to keep, unless it is lent
   *     ({@link HostDevice#readLent}): then it is there until this call returns
   */
  void completed(HostIoResult result);
}
