package io.pathproof.initiator.multipath;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Paths that share the I/O; one group at a time carries a device's I/O (dm-multipath). */
final class PathGroup {
  /** How good the usable paths of a group are; a better tier of any group comes first. */
  enum Tier {
    /** Nothing speaks against them. */
    FAVOURED,
    /** Held down for their errors. */
    MARGINAL,
    /** Their target ports said that they are not for I/O now. */
    BYPASSED,
    /** None is usable. */
    NONE
  }

  private static final Comparator<PathEntry> PREFERRED_FIRST =
      Comparator.comparing((PathEntry entry) -> !entry.options.preferred())
          .thenComparingInt(entry -> entry.path);

  final int priority;
  final PathSelector selector;
  private final List<PathEntry> members = new ArrayList<>();
  private Tier tier = Tier.NONE;

  PathGroup(int priority, PathSelector selector) {
    this.priority = priority;
    this.selector = selector;
  }

  Tier tier() {
    return tier;
  }

  List<PathEntry> members() {
    return members;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  void add(PathEntry entry) {
    members.add(entry);
    members.sort(PREFERRED_FIRST);
    entry.group = this;
    refresh();
  }

  void remove(PathEntry entry) {
    members.remove(entry);
    entry.slot = -1;
    refresh();
  }

  static Tier tierOf(PathEntry entry) {
    if (!entry.usable) {
      return Tier.NONE;
    }
    if (entry.bypassed) {
      return Tier.BYPASSED;
    }
    return entry.state == PathState.MARGINAL ? Tier.MARGINAL : Tier.FAVOURED;
  }

  /** Something has changed about a member: the selector is told the best that there are. */
  void refresh() {
    tier = Tier.NONE;
    for (PathEntry entry : members) {
      entry.slot = -1;
      tier = tierOf(entry).compareTo(tier) < 0 ? tierOf(entry) : tier;
    }
    List<PathEntry> best = new ArrayList<>();
    for (PathEntry entry : members) {
      if (tier != Tier.NONE && tierOf(entry) == tier) {
        entry.slot = best.size();
        best.add(entry);
      }
    }
    selector.candidates(best.toArray(new PathEntry[0]));
  }
}
