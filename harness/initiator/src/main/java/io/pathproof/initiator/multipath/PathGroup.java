package io.pathproof.initiator.multipath;

import java.util.Arrays;

/** Paths of one priority; one group at a time carries a device's I/O (dm-multipath). */
final class PathGroup {
  final int priority;
  final PathSelector selector;

  /**
   * Set when its target ports said that they are not for I/O now; used only if no other is left.
   */
  boolean bypassed;

  private int[] usable = new int[0];

  PathGroup(int priority, PathSelector selector) {
    this.priority = priority;
    this.selector = selector;
  }

  boolean hasUsable() {
    return usable.length > 0;
  }

  boolean isUsable(int path) {
    return PathSelector.contains(usable, path);
  }

  void setUsable(int path, boolean now) {
    if (now == isUsable(path)) {
      return;
    }
    if (now) {
      usable = Arrays.copyOf(usable, usable.length + 1);
      usable[usable.length - 1] = path;
      // the preferred order is the order of the numbers
      Arrays.sort(usable);
    } else {
      usable = Arrays.stream(usable).filter(other -> other != path).toArray();
    }
  }

  int next(boolean stay) {
    return selector.next(usable, stay);
  }
}
