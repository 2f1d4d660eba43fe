package io.pathproof.initiator.multipath;

/**
 * Chooses, within a group, the path for the next I/O (dm-multipath {@code path_selector}). Holds
 * the turn it is at; one thread. Asked for every I/O, so it neither allocates nor walks all paths.
 */
interface PathSelector {
  /**
   * Which paths it may choose from now; told each time that they change.
   *
   * @param paths in preferred order; each knows its place there ({@link PathEntry#slot}). The
   *     selector keeps the array and does not change it.
   */
  void candidates(PathEntry[] paths);

  /**
   * The path that the next I/O goes down. Asking again without {@link #charge} gives the same.
   *
   * @param stay whether the path in use is kept although a preferred one is usable
   * @param bytes of that I/O
   */
  PathEntry next(boolean stay, long bytes);

  /** An I/O of that many bytes goes down the path that {@link #next} named. */
  void charge(PathEntry path, long bytes, long nowNs);

  /** What is in flight on the path has changed. */
  default void loadChanged(PathEntry path) {}

  /**
   * An I/O has come back well from the path.
   *
   * @param latencyNs since it was sent
   */
  default void answered(PathEntry path, long latencyNs, long nowNs) {}

  /** Whether one path carries everything, so that a change of the path is worth telling. */
  default boolean isExclusive() {
    return false;
  }

  /** Whether, with {@code stay}, it keeps a path although a preferred one is usable. */
  default boolean hasBetter() {
    return false;
  }

  /** Whether {@code path} is among {@code paths}. */
  static boolean contains(PathEntry[] paths, PathEntry path) {
    return path != null && path.slot >= 0 && path.slot < paths.length && paths[path.slot] == path;
  }
}
