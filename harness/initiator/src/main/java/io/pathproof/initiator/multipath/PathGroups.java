package io.pathproof.initiator.multipath;

import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.multipath.PathGroup.Tier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** A device's path groups, the preferred first, and which of them carries its I/O. */
final class PathGroups {
  /**
   * The least rank by ALUA of a port that serves I/O (logical block dependent). A designated path
   * below it carries no I/O while another path ranks higher.
   */
  private static final int SERVES_IO = 5;

  private static final Comparator<PathGroup> ORDER =
      Comparator.comparingInt((PathGroup group) -> group.priority)
          .reversed()
          .thenComparingInt(group -> group.members().get(0).path);

  private final Supplier<PathSelector> selectors;
  private final PathGrouping grouping;
  private final Failback failback;
  private final long failbackDelayNs;
  private final boolean fixed;
  private final List<PathGroup> groups = new ArrayList<>();
  private PathGroup current;

  /** The group that would be chosen now; null while it has to be found out. */
  private PathGroup best;

  private int usable;

  /** Set once an I/O has gone out or a path was lost: before that there is nothing to stay with. */
  private boolean settled;

  /** With failback FOLLOWOVER: whether there is something to follow. */
  private boolean follow;

  /** With failback DEFERRED: when the better group or path is taken. */
  private long failbackAtNs = MultipathCore.NO_DEADLINE;

  PathGroups(MultipathSettings settings) {
    this(
        () -> selector(settings),
        settings.grouping(),
        failback(settings),
        settings.failbackDelayNs(),
        settings.policy() == Policy.FIXED);
  }

  private static PathSelector selector(MultipathSettings settings) {
    return switch (settings.policy()) {
      case NONE, FAILOVER, FIXED, MOST_RECENTLY_USED -> new PreferredOrder();
      case ROUND_ROBIN -> new RoundRobin(settings.ios(), settings.bytes());
      case QUEUE_LENGTH -> new QueueLength();
      case SERVICE_TIME -> new ServiceTime();
      case LATENCY -> new LatencyShares(settings.latencyIntervalNs(), settings.latencyProbes());
    };
  }

  private static Failback failback(MultipathSettings settings) {
    return switch (settings.policy()) {
      case FIXED -> Failback.IMMEDIATE;
      case MOST_RECENTLY_USED -> Failback.MANUAL;
      default -> settings.failback();
    };
  }

  PathGroups(
      Supplier<PathSelector> selectors,
      PathGrouping grouping,
      Failback failback,
      long failbackDelayNs,
      boolean fixed) {
    this.selectors = selectors;
    this.grouping = grouping;
    this.failback = failback;
    this.failbackDelayNs = failbackDelayNs;
    this.fixed = fixed;
  }

  /**
   * Gives a path its rank; it may come into another group. What the array says of the path replaces
   * what its target port said before.
   */
  void place(PathEntry entry, int priority) {
    entry.bypassed = false;
    follow |= entry.group != null && entry.priority != priority;
    entry.priority = priority;
    PathGroup before = entry.group;
    PathGroup group = groupFor(entry);
    if (before == group) {
      group.refresh();
    } else {
      if (before != null) {
        before.remove(entry);
        if (before.isEmpty()) {
          groups.remove(before);
        }
      }
      group.add(entry);
      if (!groups.contains(group)) {
        groups.add(group);
      }
    }
    groups.sort(ORDER);
    best = null;
  }

  private PathGroup groupFor(PathEntry entry) {
    for (PathGroup group : groups) {
      boolean mine =
          switch (grouping) {
            case BY_PRIORITY -> group.priority == entry.priority;
            case FAILOVER -> group == entry.group && group.priority == entry.priority;
            case MULTIBUS -> true;
          };
      if (mine) {
        return group;
      }
    }
    return new PathGroup(entry.priority, selectors.get());
  }

  void setUsable(PathEntry entry, boolean now) {
    settled |= !now && entry.usable;
    follow |= now && !entry.usable && entry.group.tier() == Tier.NONE;
    usable += (now ? 1 : 0) - (entry.usable ? 1 : 0);
    entry.usable = now;
    entry.bypassed = false;
    if (now) {
      bypassRank(entry, false);
    } else {
      entry.group.refresh();
      best = null;
    }
  }

  boolean isUsable(PathEntry entry) {
    return entry.usable;
  }

  /**
   * A path's target port said that it is not for I/O now: the usable paths of its rank are to be
   * used only if no other is left; one that joins later is not meant.
   */
  void bypass(PathEntry entry) {
    bypassRank(entry, true);
  }

  private void bypassRank(PathEntry entry, boolean bypassed) {
    for (PathGroup group : groups) {
      for (PathEntry each : group.members()) {
        each.bypassed = each.priority == entry.priority ? bypassed && each.usable : each.bypassed;
      }
      group.refresh();
    }
    best = null;
  }

  boolean hasUsable() {
    return usable > 0;
  }

  /** The path that the next I/O, of that many bytes, goes down, or null. */
  PathEntry next(long bytes, long nowNs) {
    boolean stay = choose(nowNs);
    return current == null ? null : current.selector.next(stay, bytes);
  }

  /** The group that carries the I/O, as {@link #next} found last; null where no path is usable. */
  PathGroup current() {
    return current;
  }

  /** The path that carried the I/O until now, whatever {@link #next} would say; null for none. */
  PathEntry inUse() {
    return current == null || current.tier() == Tier.NONE ? null : current.selector.next(true, 0);
  }

  /** Accounts for an I/O that goes down the path that {@link #next} named. */
  void charge(PathEntry entry, long bytes, long nowNs) {
    settled = true;
    entry.group.selector.charge(entry, bytes, nowNs);
  }

  /** When {@link #next} may give another answer although nothing has happened. */
  long nextDeadlineNs() {
    return failbackAtNs;
  }

  /** Settles which group carries the I/O; gives whether its path in use is to be kept. */
  private boolean choose(long nowNs) {
    PathGroup wanted = best();
    boolean stays = settled && current != null && current.tier() == Tier.FAVOURED;
    if (stays && failback == Failback.MANUAL) {
      return true;
    }
    if (stays && failback == Failback.DEFERRED && isPutOff(wanted, nowNs)) {
      return true;
    }
    if (stays && failback == Failback.FOLLOWOVER && (!follow || wanted == current)) {
      return true;
    }
    follow = false;
    failbackAtNs = MultipathCore.NO_DEADLINE;
    current = wanted;
    return false;
  }

  private boolean isPutOff(PathGroup wanted, long nowNs) {
    if (wanted == current && !current.selector.hasBetter()) {
      failbackAtNs = MultipathCore.NO_DEADLINE;
      return true;
    }
    if (failbackAtNs == MultipathCore.NO_DEADLINE) {
      failbackAtNs = nowNs + failbackDelayNs;
    }
    return nowNs < failbackAtNs;
  }

  private PathGroup best() {
    if (best != null || usable == 0) {
      return best;
    }
    for (PathGroup group : groups) {
      boolean better = best == null || group.tier().compareTo(best.tier()) < 0;
      best = better && group.tier() != Tier.NONE ? group : best;
    }
    if (fixed) {
      best = groupOfDesignated(best);
    }
    return best;
  }

  /** The group of a path that is designated and can carry I/O; else the one given. */
  private PathGroup groupOfDesignated(PathGroup otherwise) {
    for (PathGroup group : groups) {
      for (PathEntry entry : group.members()) {
        if (entry.options.preferred()
            && PathGroup.tierOf(entry) == Tier.FAVOURED
            && entry.priority >= Math.min(otherwise.priority, SERVES_IO)) {
          return group;
        }
      }
    }
    return otherwise;
  }
}
