package io.pathproof.initiator.session;

/** Where the data of a command goes. */
public enum DataDirection {
  NONE,
  /** From the target. */
  READ,
  /** To the target. */
  WRITE
}
