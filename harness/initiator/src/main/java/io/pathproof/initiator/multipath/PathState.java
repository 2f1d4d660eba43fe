package io.pathproof.initiator.multipath;

/** Whether a path is used for I/O (dm-multipath's state of a path). */
public enum PathState {
  /** It may carry I/O. */
  ACTIVE,
  /** It carries none until its checker finds it up. */
  FAILED
}
