package io.pathproof.initiator.multipath;

/** When a preferred path or group is taken again (multipath.conf(5) {@code failback}). */
public enum Failback {
  /** As soon as its checker finds it up. */
  IMMEDIATE,
  /** Not until what is in use fails. */
  MANUAL
}
