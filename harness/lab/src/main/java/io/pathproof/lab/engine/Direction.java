package io.pathproof.lab.engine;

/** Of a link: which way the bytes flow. */
public enum Direction {
  /** From the host to the array. */
  TO_ARRAY,
  /** From the array to the host. */
  TO_HOST,
  /** Both ways. */
  BOTH
}
