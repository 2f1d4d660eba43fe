package io.pathproof.initiator.multipath;

/** What the path checker last found (multipathd's state of a path). */
public enum CheckerState {
  /** Never checked. */
  UNCHECKED,
  /** A check is under way. */
  PENDING,
  /** The logical unit answered that it is ready. */
  UP,
  /** It answered through a standby target port (04/0B): alive, but not for I/O. */
  GHOST,
  /** No answer, or one that says not ready. */
  DOWN,
  /**
   * It said that the logical unit is not there, or beyond repair. Stays until the array says
   * otherwise: a path that has gone silent since proves nothing.
   */
  LOST
}
