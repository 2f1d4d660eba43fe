package io.pathproof.initiator.multipath;

import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import io.pathproof.initiator.multipath.RetryRules.Action;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One device over its paths: sends each I/O down a path, decides what a failure means, and retries.
 * The only place where an I/O is retried. No I/O, no clock, one thread; time is any monotonic clock
 * in nanoseconds. An input that arrives from within an effect is taken up after the present one.
 *
 * @param <T> the caller's handle of an I/O
 */
public final class MultipathCore<T> {
  /** No deadline is pending. */
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  private static final long HAS_PATH = Long.MIN_VALUE;

  private final MultipathSettings settings;
  private final Prioritizer prioritizer;
  private final MultipathEffects<T> effects;
  private final PathGroups groups;
  private final Map<Integer, PathEntry> paths = new TreeMap<>();

  /** I/Os that wait for a path, in the order in which they came to wait. */
  private final Queue<Io<T>> parked = new ArrayDeque<>();

  /**
   * Attempts that rest with the session of the path on which their I/O was lost before, and whose
   * fence is its reinstatement, in the order in which they were given to it.
   */
  private final Set<Attempt<T>> resting = new LinkedHashSet<>();

  /** I/Os that wait for a time. */
  private final PriorityQueue<Io<T>> delayed =
      new PriorityQueue<>(
          Comparator.comparingLong((Io<T> io) -> io.dueNs).thenComparingLong(io -> io.sequence));

  private final Queue<Runnable> inputs = new ArrayDeque<>();
  private boolean busy;
  private boolean closed;
  private long submitted;

  /** Since when no path is usable. */
  private long noPathSinceNs = HAS_PATH;

  /** A device without paths yet. */
  public MultipathCore(
      MultipathSettings settings, Prioritizer prioritizer, MultipathEffects<T> effects) {
    this.settings = settings;
    this.prioritizer = prioritizer;
    this.effects = effects;
    this.groups =
        new PathGroups(
            () ->
                settings.policy() == Policy.ROUND_ROBIN
                    ? new RoundRobin(settings.ios(), settings.bytes())
                    : new PreferredOrder(),
            settings.failback());
  }

  /**
   * A path joins the device.
   *
   * @param path its number; within one priority the smallest is preferred
   * @param up whether it has just been found up; otherwise it is checked first
   */
  public void addPath(int path, boolean up, long nowNs) {
    input(() -> join(path, up, nowNs));
  }

  /**
   * An I/O to be carried out; ends with exactly one {@link MultipathEffects#completed}.
   *
   * @param io the caller's handle
   */
  public void submit(T io, IoTraits traits, long nowNs) {
    input(() -> dispatch(new Io<>(io, traits, nowNs, submitted++), nowNs));
  }

  /** The end of an attempt, once for each that was sent. */
  public void onAttemptEnded(Attempt<T> attempt, AttemptResult result, long nowNs) {
    input(() -> ended(attempt, result, nowNs));
  }

  /**
   * A path is gone, whether or not it had I/O. What is in flight on it ends by itself, through
   * {@link #onAttemptEnded}.
   */
  public void onPathLost(int path, FailureScope scope, String cause, long nowNs) {
    input(() -> fail(entry(path), scope, CheckerState.DOWN, cause, nowNs));
  }

  /** The array has ended every task that this path's former nexus had (session reinstatement). */
  public void onNexusFenced(int path, long nowNs) {
    input(() -> fenced(path, nowNs));
  }

  /**
   * The session of this path is logged in again, but not to the same target portal group: the array
   * does not take it for the former one, and has ended nothing that it left behind.
   */
  public void onNexusReplaced(int path, long nowNs) {
    input(() -> replaced(entry(path)));
  }

  /** The rank of a path may have changed. */
  public void onPriorityChanged(int path, long nowNs) {
    input(() -> reprioritize(entry(path)));
  }

  /** Checks a failed path without waiting for its interval: something says that it may be back. */
  public void checkNow(int path, long nowNs) {
    input(() -> checkSoon(entry(path)));
  }

  /** The answer to {@link MultipathEffects#check}. */
  public void onPathChecked(int path, AttemptResult answer, long nowNs) {
    input(() -> checked(entry(path), answer, nowNs));
  }

  /** Fails what waits and retries nothing more. What is in flight ends by itself. */
  public void close(long nowNs) {
    input(
        () -> {
          closed = true;
          List<Io<T>> waiting = new ArrayList<>(parked);
          waiting.addAll(delayed);
          waiting.sort(Comparator.comparingLong(io -> io.sequence));
          parked.clear();
          delayed.clear();
          waiting.forEach(io -> giveUp(io, new NotSent("the device was detached")));
        });
  }

  /** When {@link #onDeadline} wants to be called, or {@link #NO_DEADLINE}. */
  public long nextDeadlineNs() {
    long next = parked.isEmpty() ? NO_DEADLINE : noPathEndNs();
    if (!delayed.isEmpty()) {
      next = Math.min(next, delayed.peek().dueNs);
    }
    if (!closed) {
      for (PathEntry entry : paths.values()) {
        next = Math.min(next, entry.nextCheckNs);
      }
    }
    return next;
  }

  /** Time has passed; harmless when nothing is due. */
  public void onDeadline(long nowNs) {
    input(() -> due(nowNs));
  }

  /** Whether a path is used for I/O. */
  public PathState pathState(int path) {
    return entry(path).state;
  }

  /** What the checker last found of a path. */
  public CheckerState checkerState(int path) {
    return entry(path).checker;
  }

  /** How many I/Os wait for a path. */
  public int waitingForPath() {
    return parked.size();
  }

  private void input(Runnable step) {
    inputs.add(step);
    if (busy) {
      return;
    }
    busy = true;
    try {
      for (Runnable next = inputs.poll(); next != null; next = inputs.poll()) {
        next.run();
      }
    } finally {
      busy = false;
    }
  }

  private PathEntry entry(int path) {
    PathEntry entry = paths.get(path);
    if (entry == null) {
      throw new IllegalArgumentException("no path " + path);
    }
    return entry;
  }

  // paths

  private void join(int path, boolean up, long nowNs) {
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

  private boolean isSinglePath() {
    // its only path is where every I/O is tried, whatever was seen of it before
    return settings.policy() == Policy.NONE;
  }

  private void fail(
      PathEntry entry, FailureScope scope, CheckerState found, String cause, long nowNs) {
    if (entry.state == PathState.FAILED) {
      return;
    }
    entry.state = PathState.FAILED;
    entry.checker = found;
    entry.nextCheckNs = nowNs + nanos(settings.checkerIntervalMs());
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

  private void activate(PathEntry entry, String cause, long nowNs) {
    int before = groups.next();
    entry.state = PathState.ACTIVE;
    entry.checker = CheckerState.UP;
    entry.nextCheckNs = NO_DEADLINE;
    groups.place(entry.path, prioritizer.priority(entry.path));
    groups.setUsable(entry.path, true);
    noteWhetherAnyIsLeft(nowNs);
    effects.pathChanged(entry.path, PathState.ACTIVE, CheckerState.UP, FailureScope.TASK, cause);
    int after = groups.next();
    if (before != PathGroups.NO_PATH && after != before) {
      effects.pathSwitched(before, after, "failback");
    }
    List<Io<T>> waiting = new ArrayList<>(parked);
    parked.clear();
    waiting.forEach(io -> dispatch(io, nowNs));
  }

  private void reprioritize(PathEntry entry) {
    int before = groups.next();
    groups.place(entry.path, prioritizer.priority(entry.path));
    int after = groups.next();
    if (before != PathGroups.NO_PATH && after != PathGroups.NO_PATH && after != before) {
      effects.pathSwitched(before, after, "access states changed");
    }
  }

  private void startCheck(PathEntry entry) {
    entry.nextCheckNs = NO_DEADLINE;
    entry.checking = true;
    entry.checkAgain = false;
    effects.check(entry.path);
  }

  private void checkSoon(PathEntry entry) {
    if (closed || entry.state == PathState.ACTIVE) {
      return;
    }
    if (entry.checking) {
      entry.checkAgain = true;
    } else {
      startCheck(entry);
    }
  }

  private void checked(PathEntry entry, AttemptResult answer, long nowNs) {
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
    entry.nextCheckNs = nowNs + nanos(settings.checkerIntervalMs());
  }

  // I/O

  private void dispatch(Io<T> io, long nowNs) {
    io.held = false;
    boolean pinned = io.pinnedPath != Io.ANY_PATH && groups.isUsable(io.pinnedPath);
    int path = pinned ? io.pinnedPath : groups.next();
    if (closed) {
      giveUp(io, new NotSent("the device was detached"));
    } else if (path == PathGroups.NO_PATH) {
      park(io, nowNs);
    } else if (nowNs < fencedAtNs(io, path)) {
      io.held = true;
      delay(io, fencedAtNs(io, path));
    } else {
      if (!pinned) {
        groups.charge(io.traits.bytes());
      }
      send(io, path);
    }
  }

  private long fencedAtNs(Io<T> io, int path) {
    long lost = io.lastLossBeside(path);
    return lost == Io.NEVER ? Io.NEVER : lost + nanos(settings.fenceHoldMs());
  }

  private void send(Io<T> io, int path) {
    io.pinnedPath = Io.ANY_PATH;
    io.lastPath = path;
    io.attempts++;
    Attempt<T> attempt = new Attempt<>(io, path, io.attempts);
    io.inFlight = attempt;
    if (io.isUnfencedBeside(path)) {
      effects.retriedUnfenced(attempt);
    } else if (io.followsItselfOn(path)) {
      resting.add(attempt);
    }
    effects.send(attempt);
  }

  private void park(Io<T> io, long nowNs) {
    if (mayWaitForPath(nowNs)) {
      parked.add(io);
    } else {
      giveUp(io, new NotSent("no path is left"));
    }
  }

  private boolean mayWaitForPath(long nowNs) {
    return nowNs < noPathEndNs();
  }

  private long noPathEndNs() {
    return noPathSinceNs == HAS_PATH
        ? NO_DEADLINE
        : noPathSinceNs + nanos(settings.noPathRetryMs());
  }

  private void delay(Io<T> io, long untilNs) {
    io.dueNs = untilNs;
    delayed.add(io);
  }

  private void ended(Attempt<T> attempt, AttemptResult result, long nowNs) {
    Io<T> io = attempt.owner;
    if (io.inFlight != attempt) {
      throw new IllegalStateException(attempt + " is not under way");
    }
    io.inFlight = null;
    if (attempt.number() > 1) {
      resting.remove(attempt);
    }
    Action action = RetryRules.decide(result);
    if (action == Action.COMPLETE) {
      effects.completed(io.handle, IoOutcome.OK, attempt.path(), result);
      return;
    }
    io.lastResult = result;
    io.mayHaveTakenEffect |= RetryRules.mayHaveTakenEffect(result);
    if (io.traits.write() && RetryRules.mayTakeEffectLater(result)) {
      io.leftBehindOn(entry(attempt.path()).nexus, nowNs);
    }
    if (action == Action.OTHER_PATH || action == Action.OTHER_GROUP) {
      failPathOf(attempt, action, result, nowNs);
    }
    boolean again = mayRetry(io, action, result, nowNs);
    effects.attemptEnded(attempt, result, again);
    if (!again) {
      giveUp(io, result);
    } else if (action == Action.LATER) {
      delay(io, nowNs + nanos(settings.retryDelayMs()));
    } else {
      io.pinnedPath = action == Action.SAME_PATH ? attempt.path() : Io.ANY_PATH;
      dispatch(io, nowNs);
    }
  }

  private void failPathOf(Attempt<T> attempt, Action action, AttemptResult result, long nowNs) {
    if (action == Action.OTHER_GROUP) {
      groups.bypass(attempt.path());
    }
    CheckerState found = RetryRules.isStandby(result) ? CheckerState.GHOST : CheckerState.DOWN;
    fail(entry(attempt.path()), result.scope(), found, result.detail(), nowNs);
  }

  private boolean mayRetry(Io<T> io, Action action, AttemptResult result, long nowNs) {
    if (closed
        || action == Action.FAIL
        || (io.mayHaveTakenEffect && !io.traits.idempotent())
        || nowNs - io.submittedNs >= nanos(settings.ioTimeoutMs())) {
      return false;
    }
    if (action == Action.LATER && RetryRules.isPutOff(result)) {
      return mayBePutOff(io, nowNs);
    }
    if (action == Action.LATER || (action == Action.SAME_PATH && !(result instanceof NexusLost))) {
      return ++io.taskRetries <= settings.taskRetries();
    }
    if (++io.pathLosses > settings.maxPathLosses()) {
      return false;
    }
    return action == Action.SAME_PATH || mayUseAnotherPath(nowNs);
  }

  private boolean mayBePutOff(Io<T> io, long nowNs) {
    if (!io.putOff) {
      io.putOff = true;
      io.putOffSinceNs = nowNs;
    }
    return nowNs + nanos(settings.retryDelayMs()) <= io.putOffSinceNs + nanos(settings.putOffMs());
  }

  private boolean mayUseAnotherPath(long nowNs) {
    return settings.retry() && !isSinglePath() && (groups.hasUsable() || mayWaitForPath(nowNs));
  }

  private void giveUp(Io<T> io, AttemptResult last) {
    effects.completed(io.handle, io.outcomeOnFailure(), io.lastPath, last);
  }

  private void fenced(int path, long nowNs) {
    entry(path).nexus.fencings++;
    List<Io<T>> released = new ArrayList<>();
    for (Iterator<Io<T>> each = delayed.iterator(); each.hasNext(); ) {
      Io<T> io = each.next();
      if (io.held) {
        each.remove();
        released.add(io);
      }
    }
    released.sort(Comparator.comparingLong(io -> io.sequence));
    released.forEach(io -> dispatch(io, nowNs));
  }

  private void replaced(PathEntry entry) {
    entry.nexus.replaced = true;
    entry.nexus = new Nexus(entry.path);
    for (Attempt<T> attempt : List.copyOf(resting)) {
      if (attempt.path() == entry.path && attempt.owner.isUnfencedBeside(entry.path)) {
        resting.remove(attempt);
        effects.retriedUnfenced(attempt);
      }
    }
  }

  private void due(long nowNs) {
    if (!parked.isEmpty() && nowNs >= noPathEndNs()) {
      List<Io<T>> waiting = new ArrayList<>(parked);
      parked.clear();
      NotSent expired = new NotSent("no path came back within " + settings.noPathRetryMs() + " ms");
      waiting.forEach(io -> giveUp(io, expired));
    }
    while (!delayed.isEmpty() && delayed.peek().dueNs <= nowNs) {
      dispatch(delayed.poll(), nowNs);
    }
    if (closed) {
      return;
    }
    for (PathEntry entry : paths.values()) {
      if (entry.nextCheckNs <= nowNs) {
        startCheck(entry);
      }
    }
  }

  private static long nanos(long ms) {
    return TimeUnit.MILLISECONDS.toNanos(ms);
  }
}
