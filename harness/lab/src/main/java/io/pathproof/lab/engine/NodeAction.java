package io.pathproof.lab.engine;

/** What can be done to a node of the array. */
public enum NodeAction {
  /** Frozen: its connections stay open and nothing moves. Healed by going on. */
  PAUSE,
  /** Shut down in order: the target closes its connections. */
  STOP,
  /** Ended at once: the kernel closes its connections. */
  KILL
}
