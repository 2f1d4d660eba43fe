package io.pathproof.initiator.multipath;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

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

  private final PathHealth health;
  private final IoDispatch<T> ios;
  private final Queue<Runnable> inputs = new ArrayDeque<>();
  private boolean busy;

  /** A device without paths yet. */
  public MultipathCore(
      MultipathSettings settings, Prioritizer prioritizer, MultipathEffects<T> effects) {
    PathGroups groups = new PathGroups(settings);
    this.health = new PathHealth(settings, prioritizer, effects, groups);
    this.ios = new IoDispatch<>(settings, effects, groups, health);
  }

  /**
   * A path joins the device.
   *
   * @param path its number; within one priority the smallest is preferred
   * @param up whether it has just been found up; otherwise it is checked first
   */
  public void addPath(int path, boolean up, long nowNs) {
    addPath(path, PathOptions.DEFAULT, up, nowNs);
  }

  /** As above, with what the administrator said of the path. */
  public void addPath(int path, PathOptions options, boolean up, long nowNs) {
    input(
        () -> {
          health.join(new PathEntry(path, options), up, nowNs);
          ios.resume(nowNs);
        });
  }

  /**
   * An I/O to be carried out; ends with exactly one {@link MultipathEffects#completed}.
   *
   * @param io the caller's handle
   */
  public void submit(T io, IoTraits traits, long nowNs) {
    input(() -> ios.submit(io, traits, nowNs));
  }

  /** The end of an attempt, once for each that was sent. */
  public void onAttemptEnded(Attempt<T> attempt, AttemptResult result, long nowNs) {
    input(
        () -> {
          ios.ended(attempt, result, nowNs);
          ios.leaveFailedPaths(nowNs);
        });
  }

  /**
   * A path is gone, whether or not it had I/O. What is in flight on it ends by itself, through
   * {@link #onAttemptEnded}.
   */
  public void onPathLost(int path, FailureScope scope, String cause, long nowNs) {
    input(
        () -> {
          health.fail(health.entry(path), scope, CheckerState.DOWN, cause, nowNs);
          ios.leaveFailedPaths(nowNs);
        });
  }

  /**
   * The array has ended every task that the path's nexus had.
   *
   * @param fence how that is known
   */
  public void onNexusFenced(int path, Fence fence, long nowNs) {
    input(() -> ios.fenced(health.entry(path), fence, nowNs));
  }

  /**
   * As above, of one nexus of the path.
   *
   * @param nexus which, as {@link MultipathEffects#fence} counts them
   */
  public void onNexusFenced(int path, int nexus, Fence fence, long nowNs) {
    input(() -> ios.fenced(health.entry(path), nexus, fence, nowNs));
  }

  /**
   * The session of this path is logged in again, but not to the same target portal group: the array
   * does not take it for the former one, and has ended nothing that it left behind.
   */
  public void onNexusReplaced(int path, long nowNs) {
    input(() -> ios.replaced(health.entry(path), nowNs));
  }

  /** The rank of a path may have changed. */
  public void onPriorityChanged(int path, long nowNs) {
    input(() -> health.reprioritize(health.entry(path), nowNs));
  }

  /** Checks a failed path without waiting for its interval: something says that it may be back. */
  public void checkNow(int path, long nowNs) {
    input(() -> health.checkSoon(health.entry(path)));
  }

  /** The answer to {@link MultipathEffects#check}. */
  public void onPathChecked(int path, AttemptResult answer, long nowNs) {
    input(
        () -> {
          health.checked(health.entry(path), answer, nowNs);
          ios.resume(nowNs);
          ios.leaveFailedPaths(nowNs);
        });
  }

  /** Fails what waits and retries nothing more. What is in flight ends by itself. */
  public void close(long nowNs) {
    input(
        () -> {
          health.close();
          ios.close();
        });
  }

  /** When {@link #onDeadline} wants to be called, or {@link #NO_DEADLINE}. */
  public long nextDeadlineNs() {
    return Math.min(ios.nextDeadlineNs(), health.nextDeadlineNs());
  }

  /** Time has passed; harmless when nothing is due. */
  public void onDeadline(long nowNs) {
    input(
        () -> {
          ios.onDeadline(nowNs);
          health.onDeadline(nowNs);
        });
  }

  /** Whether a path is used for I/O. */
  public PathState pathState(int path) {
    return health.entry(path).state;
  }

  /** What the checker last found of a path. */
  public CheckerState checkerState(int path) {
    return health.entry(path).checker;
  }

  /** What each path has carried since it joined, in the order of their numbers. */
  public List<PathLoad> loads() {
    return health.entries().stream().map(entry -> entry.load.of(entry.path)).toList();
  }

  /** Whether it has a path, and what is known if not. */
  public DeviceState deviceState() {
    return health.deviceState();
  }

  /** How many I/Os wait for a path. */
  public int waitingForPath() {
    return ios.waitingForPath();
  }

  private void input(Runnable step) {
    if (busy) {
      inputs.add(step);
      return;
    }
    busy = true;
    try {
      for (Runnable next = step; next != null; next = inputs.poll()) {
        next.run();
      }
    } finally {
      busy = false;
    }
  }
}
