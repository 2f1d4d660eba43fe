package io.pathproof.initiator.multipath;

/** When a preferred path or group is taken again (multipath.conf(5) {@code failback}). */
public enum Failback {
  /** As soon as its checker finds it up. */
  IMMEDIATE,
  /** Once it has been up for {@link MultipathSettings#failbackDelayMs} (there a number). */
  DEFERRED,
  /**
   * When the first path of its group comes up, or when the array tells that ranks have changed (by
   * another host's doing, or its own); not because a further path of the group is back.
   */
  FOLLOWOVER,
  /** Not until what is in use fails. */
  MANUAL
}
