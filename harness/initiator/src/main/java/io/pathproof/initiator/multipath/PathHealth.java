package io.pathproof.initiator.multipath;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state of each path: what fails it, what its checker finds, and what takes it into use again.
 * Belongs to a {@link MultipathCore}; tells its effects, and knows nothing of I/Os.
 */
final class PathHealth {
  private static final long HAS_PATH = Long.MIN_VALUE;

  private final MultipathSettings settings;
  private final Prioritizer prioritizer;
  private final MultipathEffects<?> effects;
  private final PathGroups groups;
  private final Map<Integer, PathEntry> paths = new TreeMap<>();
  private boolean closed;

  /** Since when no path is usable. */
  private long noPathSinceNs = HAS_PATH;

  PathHealth(
      MultipathSettings settings,
      Prioritizer prioritizer,
      MultipathEffects<?> effects,
      PathGroups groups) {
    this.settings = settings;
    this.prioritizer = prioritizer;
    this.effects = effects;
    this.groups = groups;
  }

  PathEntry entry(int path) {
    PathEntry entry = paths.get(path);
    if (entry == null) {
      throw new IllegalArgumentException("no path " + path);
    }
    return entry;
  }

  Collection<PathEntry> entries() {
    return paths.values();
  }

  boolean isSinglePath() {
    // its only path is where every I/O is tried, whatever was seen of it before
    return settings.policy() == MultipathSettings.Policy.NONE;
  }

  /** No path is checked any more. */
  void close() {
    closed = true;
  }

  void join(int path, boolean up, long nowNs) {
    PathEntry entry = new PathEntry(path);
    if (paths.putIfAbsent(path, entry) != null) {
      throw new IllegalArgumentException("path " + path + " is there already");
    }
    groups.place(path, prioritizer.priority(path));
    groups.setUsable(path, isSinglePath());
    if (up) {
      activate(entry, "found", nowNs);
      return;
    }
    noteWhetherAnyIsLeft(nowNs);
    startCheck(entry);
  }

  void fail(PathEntry entry, FailureScope scope, CheckerState found, String cause, long nowNs) {
    if (entry.state == PathState.FAILED) {
      return;
    }
    entry.state = PathState.FAILED;
    entry.checker = found;
    entry.nextCheckNs = nowNs + settings.checkerIntervalNs();
    groups.setUsable(entry.path, isSinglePath());
    noteWhetherAnyIsLeft(nowNs);
    effects.pathChanged(entry.path, PathState.FAILED, found, scope, cause);
    int successor = groups.next();
    if (!isSinglePath() && successor != PathGroups.NO_PATH) {
      effects.pathSwitched(entry.path, successor, cause);
    }
  }

  private void noteWhetherAnyIsLeft(long nowNs) {
    if (groups.hasUsable()) {
      noPathSinceNs = HAS_PATH;
    } else if (noPathSinceNs == HAS_PATH) {
      noPathSinceNs = nowNs;
    }
  }

  /** Until when an I/O may wait for a path, without end while there is one. */
  long noPathEndNs() {
    return noPathSinceNs == HAS_PATH
        ? MultipathCore.NO_DEADLINE
        : noPathSinceNs + settings.noPathRetryNs();
  }

  private void activate(PathEntry entry, String cause, long nowNs) {
    int before = groups.next();
    entry.state = PathState.ACTIVE;
    entry.checker = CheckerState.UP;
    entry.nextCheckNs = MultipathCore.NO_DEADLINE;
    groups.place(entry.path, prioritizer.priority(entry.path));
    groups.setUsable(entry.path, true);
    noteWhetherAnyIsLeft(nowNs);
    effects.pathChanged(entry.path, PathState.ACTIVE, CheckerState.UP, FailureScope.TASK, cause);
    int after = groups.next();
    if (before != PathGroups.NO_PATH && after != before) {
      effects.pathSwitched(before, after, "failback");
    }
  }

  void reprioritize(PathEntry entry) {
    int before = groups.next();
    groups.place(entry.path, prioritizer.priority(entry.path));
    int after = groups.next();
    if (before != PathGroups.NO_PATH && after != PathGroups.NO_PATH && after != before) {
      effects.pathSwitched(before, after, "access states changed");
    }
  }

  private void startCheck(PathEntry entry) {
    entry.nextCheckNs = MultipathCore.NO_DEADLINE;
    entry.checking = true;
    entry.checkAgain = false;
    effects.check(entry.path);
  }

  void checkSoon(PathEntry entry) {
    if (closed || entry.state == PathState.ACTIVE) {
      return;
    }
    if (entry.checking) {
      entry.checkAgain = true;
    } else {
      startCheck(entry);
    }
  }

  void checked(PathEntry entry, AttemptResult answer, long nowNs) {
    if (!entry.checking) {
      throw new IllegalStateException("path " + entry.path + " was not being checked");
    }
    entry.checking = false;
    CheckerState found = PathChecker.judge(answer);
    if (closed || entry.state == PathState.ACTIVE) {
      return;
    }
    boolean attention = found == CheckerState.PENDING;
    if (found != CheckerState.UP && entry.checkAgain) {
      startCheck(entry);
      return;
    }
    if (attention && entry.attentions++ < settings.taskRetries()) {
      startCheck(entry);
      return;
    }
    entry.attentions = 0;
    if (found == CheckerState.UP) {
      activate(entry, "reinstated by its checker", nowNs);
      return;
    }
    entry.checker = attention ? CheckerState.DOWN : found;
    entry.nextCheckNs = nowNs + settings.checkerIntervalNs();
  }

  long nextDeadlineNs() {
    long next = MultipathCore.NO_DEADLINE;
    if (!closed) {
      for (PathEntry entry : paths.values()) {
        next = Math.min(next, entry.nextCheckNs);
      }
    }
    return next;
  }

  void onDeadline(long nowNs) {
    if (closed) {
      return;
    }
    for (PathEntry entry : paths.values()) {
      if (entry.nextCheckNs <= nowNs) {
        startCheck(entry);
      }
    }
  }
}
