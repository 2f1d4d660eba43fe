package io.pathproof.initiator.multipath;

/** Ranks paths; those of one rank form a {@link PathGroup} (multipath.conf(5) {@code prio}). */
@FunctionalInterface
public interface Prioritizer {
  /** All paths alike: one group (the {@code const} prioritizer). */
  Prioritizer CONSTANT = path -> 1;

  /**
   * The rank of a path; the greatest is preferred. Asked when the path is added and each time that
   * it is reinstated.
   */
  int priority(int path);
}
