package io.pathproof.initiator.host;

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
   */
  default void retriedUnfenced(String path, int attempt) {}

  /** The I/O ended. The last call. */
  void completed(HostIoResult result);
}
