package io.pathproof.initiator.multipath;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A device's path groups, the preferred first, and which of them carries its I/O. */
final class PathGroups {
  static final int NO_PATH = -1;

  private final Supplier<PathSelector> selectors;
  private final Failback failback;
  private final List<PathGroup> groups = new ArrayList<>();
  private final Map<Integer, PathGroup> groupOf = new HashMap<>();
  private PathGroup current;

  /** Set once an I/O has gone out or a path was lost: before that there is nothing to stay with. */
  private boolean settled;

  PathGroups(Supplier<PathSelector> selectors, Failback failback) {
    this.selectors = selectors;
    this.failback = failback;
  }

  /**
   * Puts a path into the group of that priority; it leaves the one that it was in. What the array
   * says of the path replaces what its target port said before.
   */
  void place(int path, int priority) {
    PathGroup before = groupOf.get(path);
    boolean usable = before != null && before.isUsable(path);
    if (before != null) {
      before.setUsable(path, false);
    }
    PathGroup group = groupWith(priority);
    groupOf.put(path, group);
    if (usable) {
      group.setUsable(path, true);
    }
  }

  private PathGroup groupWith(int priority) {
    for (PathGroup group : groups) {
      if (group.priority == priority) {
        return group;
      }
    }
    PathGroup group = new PathGroup(priority, selectors.get());
    groups.add(group);
    groups.sort(Comparator.comparingInt((PathGroup each) -> each.priority).reversed());
    return group;
  }

  void setUsable(int path, boolean usable) {
    PathGroup group = groupOf.get(path);
    settled |= !usable && group.isUsable(path);
    group.setUsable(path, usable);
    if (usable) {
      group.readmit();
    }
  }

  boolean isUsable(int path) {
    return groupOf.get(path).isUsable(path);
  }

  /** Uses the paths that share this one's group now only if no other is usable. */
  void bypass(int path) {
    groupOf.get(path).bypass();
  }

  boolean hasUsable() {
    return groups.stream().anyMatch(PathGroup::hasUsable);
  }

  /** The path that the next I/O goes down, or {@link #NO_PATH}. */
  int next() {
    choose();
    return current == null ? NO_PATH : current.next(stays());
  }

  /** Accounts for an I/O that goes down the path that {@link #next} named. */
  void charge(long bytes) {
    settled = true;
    current.selector.charge(bytes);
  }

  private boolean stays() {
    return settled && failback == Failback.MANUAL;
  }

  private void choose() {
    boolean sound = current != null && current.hasFavoured();
    if (sound && stays()) {
      return;
    }
    PathGroup lastResort = null;
    for (PathGroup group : groups) {
      if (!group.hasUsable()) {
        continue;
      }
      if (group.hasFavoured()) {
        current = group;
        return;
      }
      if (lastResort == null) {
        lastResort = group;
      }
    }
    current = lastResort;
  }
}
