package io.pathproof.initiator.multipath;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

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

  /** When the next check is due; to be found anew if {@link #nextCheckStale}. */
  private long nextCheckNs = MultipathCore.NO_DEADLINE;

  private boolean nextCheckStale;

  /** How often a path has failed. */
  private long failures;

  /** Since when no path is usable. */
  private long noPathSinceNs = HAS_PATH;

  private DeviceState deviceState = DeviceState.AVAILABLE;

  /** Since when it is lost for good; meaningful if so. */
  private long lostSinceNs;

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

  void join(PathEntry entry, boolean up, long nowNs) {
    if (paths.putIfAbsent(entry.path, entry) != null) {
      throw new IllegalArgumentException("path " + entry.path + " is there already");
    }
    HoldDown rules = isSinglePath() ? HoldDown.OFF : settings.holdDown();
    entry.record = new PathRecord(rules, settings.checkerIntervalNs());
    groups.place(entry, prioritizer.priority(entry.path));
    groups.setUsable(entry, isSinglePath());
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
    failures++;
    entry.record.failed(nowNs);
    entry.state = PathState.FAILED;
    entry.checker = found;
    entry.checkIsStale = entry.checking;
    checkAt(entry, nowNs + settings.checkerIntervalNs());
    groups.setUsable(entry, isSinglePath());
    noteWhetherAnyIsLeft(nowNs);
    effects.pathChanged(entry.path, PathState.FAILED, found, scope, cause);
    PathEntry successor = groups.next(0, nowNs);
    if (!isSinglePath() && successor != null) {
      effects.pathSwitched(entry.path, successor.path, cause);
    }
    noteDevice(cause, nowNs);
  }

  long failures() {
    return failures;
  }

  DeviceState deviceState() {
    return deviceState;
  }

  private void noteDevice(String cause, long nowNs) {
    DeviceState now = DeviceState.AVAILABLE;
    if (paths.values().stream().allMatch(entry -> entry.state == PathState.FAILED)) {
      boolean gone = paths.values().stream().allMatch(e -> e.checker == CheckerState.LOST);
      now = gone ? DeviceState.PERMANENT_LOSS : DeviceState.ALL_PATHS_DOWN;
    }
    if (now == deviceState) {
      return;
    }
    deviceState = now;
    lostSinceNs = nowNs;
    effects.deviceChanged(now, cause);
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
    if (deviceState == DeviceState.PERMANENT_LOSS && noPathSinceNs != HAS_PATH) {
      return lostSinceNs;
    }
    boolean endless = settings.noPathRetryMs() == MultipathSettings.QUEUE;
    return noPathSinceNs == HAS_PATH || endless
        ? MultipathCore.NO_DEADLINE
        : noPathSinceNs + settings.noPathRetryNs();
  }

  /** The path answers: it is used again, unless its record speaks against it. */
  private void reinstate(PathEntry entry, long nowNs) {
    String heldDown = entry.record.answers(nowNs);
    if (heldDown.isEmpty()) {
      activate(entry, "reinstated by its checker", nowNs);
    } else {
      use(entry, PathState.MARGINAL, heldDown, nowNs);
      checkAt(entry, entry.record.nextCheckNs(nowNs));
    }
  }

  private void activate(PathEntry entry, String cause, long nowNs) {
    entry.record.activated(nowNs);
    use(entry, PathState.ACTIVE, cause, nowNs);
    entry.checkIntervalNs = settings.checkerIntervalNs();
    checkAt(entry, nextCheckInUseNs(entry, nowNs));
  }

  private long nextCheckInUseNs(PathEntry entry, long nowNs) {
    return settings.maxCheckerIntervalMs() == 0
        ? MultipathCore.NO_DEADLINE
        : nowNs + entry.checkIntervalNs;
  }

  private void use(PathEntry entry, PathState state, String cause, long nowNs) {
    PathEntry before = groups.next(0, nowNs);
    PathGroup groupBefore = groups.current();
    entry.state = state;
    entry.checker = CheckerState.UP;
    groups.place(entry, prioritizer.priority(entry.path));
    groups.setUsable(entry, true);
    noteWhetherAnyIsLeft(nowNs);
    effects.pathChanged(entry.path, state, CheckerState.UP, FailureScope.TASK, cause);
    tellSwitch(before, groupBefore, "failback", nowNs);
    noteDevice(cause, nowNs);
  }

  void reprioritize(PathEntry entry, long nowNs) {
    PathEntry before = groups.next(0, nowNs);
    PathGroup groupBefore = groups.current();
    groups.place(entry, prioritizer.priority(entry.path));
    tellSwitch(before, groupBefore, "access states changed", nowNs);
  }

  /** Tells of another path in use, unless paths of one group merely share the I/O otherwise. */
  private void tellSwitch(PathEntry before, PathGroup groupBefore, String cause, long nowNs) {
    PathEntry after = groups.next(0, nowNs);
    if (before == null || after == null || after == before) {
      return;
    }
    if (groups.current() != groupBefore || after.group.selector.isExclusive()) {
      effects.pathSwitched(before.path, after.path, cause);
    }
  }

  private void checkAt(PathEntry entry, long atNs) {
    entry.nextCheckNs = atNs;
    nextCheckStale = true;
  }

  private void startCheck(PathEntry entry) {
    checkAt(entry, MultipathCore.NO_DEADLINE);
    entry.checking = true;
    entry.checkAgain = false;
    entry.checkIsStale = false;
    effects.check(entry.path);
  }

  void checkSoon(PathEntry entry) {
    if (closed || entry.state != PathState.FAILED) {
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
    if (closed) {
      return;
    }
    if (entry.checkIsStale) {
      entry.checkIsStale = false;
      checkStaleAgain(entry, nowNs);
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
    CheckerState last = attention ? CheckerState.DOWN : found;
    if (entry.state != PathState.FAILED) {
      checkedInUse(entry, last, nowNs);
      return;
    }
    if (found == CheckerState.UP) {
      reinstate(entry, nowNs);
      return;
    }
    if (entry.checker != CheckerState.LOST || !RetryRules.isUnheard(answer)) {
      entry.checker = last;
    }
    checkAt(entry, nowNs + settings.checkerIntervalNs());
    noteDevice(answer.detail(), nowNs);
  }

  /** What was asked before the path failed says nothing of it now. */
  private void checkStaleAgain(PathEntry entry, long nowNs) {
    if (entry.checkAgain) {
      startCheck(entry);
    } else {
      checkAt(entry, nowNs + settings.checkerIntervalNs());
    }
  }

  private void checkedInUse(PathEntry entry, CheckerState found, long nowNs) {
    boolean up = found == CheckerState.UP;
    String cause = "its checker found it " + found;
    if (entry.state == PathState.MARGINAL) {
      switch (entry.record.checkedWhileHeld(up, nowNs)) {
        case RELEASED -> activate(entry, "held down no longer", nowNs);
        case FAILED -> fail(entry, FailureScope.TASK, found, cause, nowNs);
        case CONDEMNED -> {
          String reason = entry.record.reason();
          effects.pathChanged(entry.path, entry.state, found, FailureScope.TASK, reason);
          checkAt(entry, entry.record.nextCheckNs(nowNs));
        }
        case HELD -> checkAt(entry, entry.record.nextCheckNs(nowNs));
      }
    } else if (up) {
      long most = TimeUnit.MILLISECONDS.toNanos(settings.maxCheckerIntervalMs());
      entry.checkIntervalNs = Math.min(2 * entry.checkIntervalNs, most);
      checkAt(entry, nextCheckInUseNs(entry, nowNs));
    } else {
      fail(entry, FailureScope.TASK, found, cause, nowNs);
    }
  }

  long nextDeadlineNs() {
    if (closed) {
      return MultipathCore.NO_DEADLINE;
    }
    // asked after every I/O, so the paths are not walked unless something has changed
    if (nextCheckStale) {
      nextCheckStale = false;
      nextCheckNs = MultipathCore.NO_DEADLINE;
      for (PathEntry entry : paths.values()) {
        nextCheckNs = Math.min(nextCheckNs, entry.nextCheckNs);
      }
    }
    return Math.min(nextCheckNs, groups.nextDeadlineNs());
  }

  void onDeadline(long nowNs) {
    if (closed) {
      return;
    }
    if (groups.nextDeadlineNs() <= nowNs) {
      PathGroup groupBefore = groups.current();
      tellSwitch(groups.inUse(), groupBefore, "failback", nowNs);
    }
    for (PathEntry entry : paths.values()) {
      if (entry.nextCheckNs > nowNs) {
        continue;
      }
      if (entry.checking) {
        checkAt(entry, MultipathCore.NO_DEADLINE); // its answer says when the next is due
      } else {
        startCheck(entry);
      }
    }
  }
}
