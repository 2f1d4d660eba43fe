package io.pathproof.initiator.multipath;

import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.multipath.RetryRules.Action;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;

/**
 * The I/Os of a device that have not ended: sends each down a path, decides whether a failed one is
 * tried again, and keeps those that wait. Belongs to a {@link MultipathCore}.
 */
final class IoDispatch<T> {
  private final MultipathSettings settings;
  private final MultipathEffects<T> effects;
  private final PathGroups groups;
  private final PathHealth health;

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

  private boolean closed;
  private long submitted;

  IoDispatch(
      MultipathSettings settings,
      MultipathEffects<T> effects,
      PathGroups groups,
      PathHealth health) {
    this.settings = settings;
    this.effects = effects;
    this.groups = groups;
    this.health = health;
  }

  void submit(T io, IoTraits traits, long nowNs) {
    dispatch(new Io<>(io, traits, nowNs, submitted++), nowNs);
  }

  /** How many I/Os wait for a path. */
  int waitingForPath() {
    return parked.size();
  }

  /** Fails what waits, and retries nothing more. */
  void close() {
    closed = true;
    List<Io<T>> waiting = new ArrayList<>(parked);
    waiting.addAll(delayed);
    waiting.sort(Comparator.comparingLong(io -> io.sequence));
    parked.clear();
    delayed.clear();
    waiting.forEach(io -> giveUp(io, new NotSent("the device was detached")));
  }

  /** Sends what waited for a path, if there is one now. */
  void resume(long nowNs) {
    if (parked.isEmpty() || !groups.hasUsable()) {
      return;
    }
    List<Io<T>> waiting = new ArrayList<>(parked);
    parked.clear();
    waiting.forEach(io -> dispatch(io, nowNs));
  }

  private void dispatch(Io<T> io, long nowNs) {
    io.held = false;
    boolean pinned = io.pinned != null && groups.isUsable(io.pinned);
    PathEntry to = pinned ? io.pinned : groups.next(io.traits.bytes(), nowNs);
    if (closed) {
      giveUp(io, new NotSent("the device was detached"));
    } else if (to == null) {
      park(io, nowNs);
    } else if (nowNs < fencedAtNs(io, to.path)) {
      io.held = true;
      delay(io, fencedAtNs(io, to.path));
    } else {
      if (!pinned) {
        groups.charge(to, io.traits.bytes(), nowNs);
      }
      send(io, to, nowNs);
    }
  }

  private long fencedAtNs(Io<T> io, int path) {
    long lost = io.lastLossBeside(path);
    return lost == Io.NEVER ? Io.NEVER : lost + settings.fenceHoldNs();
  }

  private void send(Io<T> io, PathEntry to, long nowNs) {
    io.pinned = null;
    io.lastPath = to.path;
    io.attempts++;
    Attempt<T> attempt = new Attempt<>(io, to, io.attempts, nowNs);
    io.inFlight = attempt;
    to.load.sent(io.traits);
    to.group.selector.loadChanged(to);
    if (io.isUnfencedBeside(to.path)) {
      effects.retriedUnfenced(attempt);
    } else if (io.followsItselfOn(to.path)) {
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
    return nowNs < health.noPathEndNs();
  }

  private void delay(Io<T> io, long untilNs) {
    io.dueNs = untilNs;
    delayed.add(io);
  }

  void ended(Attempt<T> attempt, AttemptResult result, long nowNs) {
    Io<T> io = attempt.owner;
    if (io.inFlight != attempt) {
      throw new IllegalStateException(attempt + " is not under way");
    }
    io.inFlight = null;
    if (attempt.number() > 1) {
      resting.remove(attempt);
    }
    Action action = RetryRules.decide(result);
    account(attempt, action == Action.COMPLETE, nowNs);
    if (action == Action.COMPLETE) {
      effects.completed(io.handle, IoOutcome.OK, attempt.path(), result);
      return;
    }
    io.lastResult = result;
    io.mayHaveTakenEffect |= RetryRules.mayHaveTakenEffect(result);
    if (io.traits.write() && RetryRules.mayTakeEffectLater(result)) {
      io.leftBehindOn(attempt.entry.nexus, nowNs);
    }
    if (action == Action.OTHER_PATH || action == Action.OTHER_GROUP) {
      failPathOf(attempt, action, result, nowNs);
    }
    boolean again = mayRetry(io, action, result, nowNs);
    effects.attemptEnded(attempt, result, again);
    if (!again) {
      giveUp(io, result);
    } else if (action == Action.LATER) {
      delay(io, nowNs + settings.retryDelayNs());
    } else {
      io.pinned = action == Action.SAME_PATH ? attempt.entry : null;
      dispatch(io, nowNs);
    }
  }

  private void account(Attempt<T> attempt, boolean well, long nowNs) {
    PathEntry entry = attempt.entry;
    PathSelector selector = entry.group.selector;
    entry.load.ended(attempt.traits(), well, nowNs - attempt.sentNs);
    selector.loadChanged(entry);
    if (well) {
      selector.answered(entry, nowNs - attempt.sentNs, nowNs);
    }
  }

  private void failPathOf(Attempt<T> attempt, Action action, AttemptResult result, long nowNs) {
    if (action == Action.OTHER_GROUP) {
      groups.bypass(attempt.entry);
    }
    CheckerState found = RetryRules.isStandby(result) ? CheckerState.GHOST : CheckerState.DOWN;
    health.fail(attempt.entry, result.scope(), found, result.detail(), nowNs);
  }

  private boolean mayRetry(Io<T> io, Action action, AttemptResult result, long nowNs) {
    if (closed
        || action == Action.FAIL
        || (io.mayHaveTakenEffect && !io.traits.idempotent())
        || nowNs - io.submittedNs >= settings.ioTimeoutNs()) {
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
    return nowNs + settings.retryDelayNs() <= io.putOffSinceNs + settings.putOffNs();
  }

  private boolean mayUseAnotherPath(long nowNs) {
    return settings.retry()
        && !health.isSinglePath()
        && (groups.hasUsable() || mayWaitForPath(nowNs));
  }

  private void giveUp(Io<T> io, AttemptResult last) {
    effects.completed(io.handle, io.outcomeOnFailure(), io.lastPath, last);
  }

  /** The array has ended every task that this path's former nexus had. */
  void fenced(PathEntry entry, long nowNs) {
    entry.nexus.fencings++;
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

  /** The path's session has another nexus, and nothing fences the former one any more. */
  void replaced(PathEntry entry) {
    entry.nexus.replaced = true;
    entry.nexus = new Nexus(entry.path);
    for (Attempt<T> attempt : List.copyOf(resting)) {
      if (attempt.path() == entry.path && attempt.owner.isUnfencedBeside(entry.path)) {
        resting.remove(attempt);
        effects.retriedUnfenced(attempt);
      }
    }
  }

  long nextDeadlineNs() {
    long next = parked.isEmpty() ? MultipathCore.NO_DEADLINE : health.noPathEndNs();
    return delayed.isEmpty() ? next : Math.min(next, delayed.peek().dueNs);
  }

  void onDeadline(long nowNs) {
    if (!parked.isEmpty() && nowNs >= health.noPathEndNs()) {
      List<Io<T>> waiting = new ArrayList<>(parked);
      parked.clear();
      NotSent expired = new NotSent("no path came back within " + settings.noPathRetryMs() + " ms");
      waiting.forEach(io -> giveUp(io, expired));
    }
    while (!delayed.isEmpty() && delayed.peek().dueNs <= nowNs) {
      dispatch(delayed.poll(), nowNs);
    }
  }
}
