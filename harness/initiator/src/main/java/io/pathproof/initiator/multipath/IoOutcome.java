package io.pathproof.initiator.multipath;

/** How an I/O, or one attempt at it, ended. */
public enum IoOutcome {
  /** Done and acknowledged. */
  OK,
  /** Not done: the array said so, or it was never sent; or a read whose answer is lost. */
  FAILED,
  /** A write that may be on the medium, now or later, or not. */
  INDETERMINATE
}
