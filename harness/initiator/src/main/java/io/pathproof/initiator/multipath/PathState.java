package io.pathproof.initiator.multipath;

/** Whether a path is used for I/O (dm-multipath's state of a path). */
public enum PathState {
  /** It may carry I/O. */
  ACTIVE,
  /** It answers, but is held down for its errors: it carries I/O only if no other path can. */
  MARGINAL,
  /** It carries none until its checker finds it up. */
  FAILED
}
