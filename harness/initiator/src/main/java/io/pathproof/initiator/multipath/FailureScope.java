package io.pathproof.initiator.multipath;

/** How much a failure took with it. */
public enum FailureScope {
  /** One task; the nexus lives. */
  TASK,
  /** A connection and every task on it. */
  CONNECTION,
  /** The session, with all its connections. */
  SESSION
}
