package io.pathproof.initiator.multipath;

/**
 * Chooses, within a group, the path for the next I/O (dm-multipath {@code path_selector}). Holds
 * the turn it is at; one thread.
 */
interface PathSelector {
  /**
   * The path that the next I/O goes down. Asking again without {@link #charge} gives the same.
   *
   * @param usable the usable paths in preferred order, at least one
   * @param stay whether the path in use is kept although a preferred one is usable
   */
  int next(int[] usable, boolean stay);

  /** An I/O of that many bytes goes down the path that {@link #next} named. */
  void charge(long bytes);

  /** Whether {@code path} is among {@code usable}. */
  static boolean contains(int[] usable, int path) {
    for (int candidate : usable) {
      if (candidate == path) {
        return true;
      }
    }
    return false;
  }
}
