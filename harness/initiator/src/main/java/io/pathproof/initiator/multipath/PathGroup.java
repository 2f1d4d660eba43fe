package io.pathproof.initiator.multipath;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Paths of one priority; one group at a time carries a device's I/O (dm-multipath). */
final class PathGroup {
  final int priority;
  final PathSelector selector;

  /** Paths that may carry I/O, in preferred order. */
  private int[] usable = new int[0];

  /**
   * Of those, the ones whose target ports said that they are not for I/O now; used only if no other
   * path is left in any group.
   */
  private int[] bypassed = new int[0];

  /** The usable ones that are not bypassed; kept, as every I/O asks for them. */
  private int[] favoured = new int[0];

  PathGroup(int priority, PathSelector selector) {
    this.priority = priority;
    this.selector = selector;
  }

  boolean hasUsable() {
    return usable.length > 0;
  }

  /** Whether it has a path that no target port has spoken against. */
  boolean hasFavoured() {
    return favoured.length > 0;
  }

  boolean isUsable(int path) {
    return PathSelector.contains(usable, path);
  }

  void setUsable(int path, boolean now) {
    usable = now ? with(usable, path) : without(usable, path);
    bypassed = without(bypassed, path);
    favour();
  }

  /** Its paths are to be used only if no other path is left; one that joins later is not meant. */
  void bypass() {
    bypassed = usable;
    favour();
  }

  /** What was said against its paths no longer holds. */
  void readmit() {
    bypassed = new int[0];
    favour();
  }

  private void favour() {
    favoured =
        Arrays.stream(usable).filter(path -> !PathSelector.contains(bypassed, path)).toArray();
  }

  private static int[] with(int[] paths, int path) {
    // the preferred order is the order of the numbers
    return IntStream.concat(Arrays.stream(paths), IntStream.of(path)).distinct().sorted().toArray();
  }

  private static int[] without(int[] paths, int path) {
    return Arrays.stream(paths).filter(other -> other != path).toArray();
  }

  int next(boolean stay) {
    return selector.next(hasFavoured() ? favoured : usable, stay);
  }
}
