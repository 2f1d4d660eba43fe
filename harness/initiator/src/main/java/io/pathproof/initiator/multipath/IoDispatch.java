package io.pathproof.initiator.multipath;

import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.RetryRules.Action;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
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
  private final Fencing fencing;

  /** I/Os that wait for a path, in the order in which they came to wait. */
  private final Queue<Io<T>> parked = new ArrayDeque<>();

  /**
   * Attempts that rest with the session of the path on which their I/O was lost before, as nothing
   * is fenced or the hold is over, and which its reinstatement would fence; in the order in which
   * they were given to it.
   */
  private final Set<Attempt<T>> resting = new LinkedHashSet<>();

  /** I/Os that wait for a time. */
  private final PriorityQueue<Io<T>> delayed =
      new PriorityQueue<>(
          Comparator.comparingLong((Io<T> io) -> io.dueNs).thenComparingLong(io -> io.sequence));

  private boolean closed;
  private long submitted;

  /** Of {@link PathHealth#failures}, those that the I/Os which wait know of. */
  private long failuresSeen;

  IoDispatch(
      MultipathSettings settings,
      MultipathEffects<T> effects,
      PathGroups groups,
      PathHealth health) {
    this.settings = settings;
    this.effects = effects;
    this.groups = groups;
    this.health = health;
    this.fencing = new Fencing(settings.fence(), settings.ioTimeoutNs(), effects);
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
    failIfGone(nowNs);
    if (parked.isEmpty() || !groups.hasUsable()) {
      return;
    }
    List<Io<T>> waiting = new ArrayList<>(parked);
    parked.clear();
    waiting.forEach(io -> dispatch(io, nowNs));
  }

  private void dispatch(Io<T> io, long nowNs) {
    boolean pinned = io.pinned != null && groups.isUsable(io.pinned);
    PathEntry to = pinned ? io.pinned : groups.next(io.traits.bytes(), nowNs);
    if (closed) {
      giveUp(io, new NotSent("the device was detached"));
    } else if (to == null) {
      release(io, null, nowNs);
      park(io, nowNs);
    } else {
      Fencing.Wait wait = fencing.before(io, to.nexus, nowNs);
      if (wait != Fencing.Wait.NOTHING) {
        hold(io, wait == Fencing.Wait.OWN_LOGIN, nowNs);
        return;
      }
      if (!pinned) {
        groups.charge(to, io.traits.bytes(), nowNs);
      }
      send(io, to, nowNs);
    }
  }

  /** Has a write wait until the nexus that may still carry out an older one is fenced. */
  private void hold(Io<T> io, boolean forOwnLogin, long nowNs) {
    if (io.held && io.heldForOwnLogin != forOwnLogin) {
      release(io, null, nowNs);
    }
    if (!io.held) {
      io.held = true;
      io.heldForOwnLogin = forOwnLogin;
      io.heldSinceNs = nowNs;
    }
    long endNs = fencing.waitEndNs(io);
    if (nowNs < endNs) {
      delay(io, endNs);
    } else {
      giveUp(io, new NotSent("an older write may still land, and its nexus could not be fenced"));
    }
  }

  private void release(Io<T> io, Fence by, long nowNs) {
    if (io.held) {
      io.held = false;
      io.heldNs += io.heldForOwnLogin ? 0 : nowNs - io.heldSinceNs;
      io.fence = by;
    }
  }

  /** Sends what waited for the session of a path that has failed since another way. */
  void leaveFailedPaths(long nowNs) {
    if (failuresSeen != health.failures()) {
      failuresSeen = health.failures();
      reconsiderHeld(nowNs);
    }
  }

  private void reconsiderHeld(long nowNs) {
    takeHeld().forEach(io -> dispatch(io, nowNs));
  }

  private List<Io<T>> takeHeld() {
    List<Io<T>> taken = new ArrayList<>();
    delayed.removeIf(io -> io.held && taken.add(io));
    taken.sort(Comparator.comparingLong(io -> io.sequence));
    return taken;
  }

  private void send(Io<T> io, PathEntry to, long nowNs) {
    release(io, Fence.HOLD, nowNs);
    io.pinned = null;
    io.lastPath = to.path;
    io.attempts++;
    Attempt<T> attempt = new Attempt<>(io, to, io.attempts, nowNs);
    io.inFlight = attempt;
    to.load.sent(io.traits);
    to.group.selector.loadChanged(to);
    if (io.traits.write()) {
      tellFence(attempt);
    }
    effects.send(attempt);
  }

  /** What is known of the older copies of a write, or of older writes, when it is sent. */
  private void tellFence(Attempt<T> attempt) {
    Io<T> io = attempt.owner;
    Fence former = io.fenceOfFormer();
    Fence fence = former == null ? io.fence : former;
    if (io.isUnfencedBeside(attempt.path())) {
      effects.retriedUnfenced(attempt, io.heldNs);
    } else if (io.followsItselfOn(attempt.path())) {
      resting.add(attempt);
    } else if (fence != null) {
      effects.sentFenced(attempt, fence, io.heldNs);
    }
    io.forgetFenced();
    io.fence = null;
    io.heldNs = 0;
  }

  private void park(Io<T> io, long nowNs) {
    if (mayWaitForPath(nowNs)) {
      parked.add(io);
    } else {
      giveUp(io, new NotSent(noPath()));
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
    if (io.traits.write()) {
      noteWhatIsLeft(attempt, result, nowNs);
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

  /** Whether the target may still carry out a write that failed; if not, what makes sure of it. */
  private void noteWhatIsLeft(Attempt<T> attempt, AttemptResult result, long nowNs) {
    Io<T> io = attempt.owner;
    if (RetryRules.mayTakeEffectLater(result)) {
      Nexus nexus = attempt.entry.nexus;
      io.leftBehindOn(nexus);
      fencing.lost(nexus, io.traits.blocks(), nowNs);
    } else {
      io.fence = RetryRules.fenceIn(result).orElse(null);
    }
  }

  private void failPathOf(Attempt<T> attempt, Action action, AttemptResult result, long nowNs) {
    if (action == Action.OTHER_GROUP) {
      groups.bypass(attempt.entry);
    }
    CheckerState found = PathChecker.judge(result);
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
    effects.completed(io.handle, io.outcomeOnFailure(), io.lastPath, explained(last));
  }

  /** Says of a logical unit's last answer what the answers of all paths come to. */
  private AttemptResult explained(AttemptResult last) {
    boolean lost = health.deviceState() == DeviceState.PERMANENT_LOSS;
    if (!lost || !(last instanceof TaskEnded ended) || !RetryRules.isPermanentLoss(last)) {
      return last;
    }
    String text = noPath() + " (" + ended.detail() + ")";
    return new TaskEnded(ended.status(), ended.senseKey(), ended.asc(), ended.ascq(), text);
  }

  /** The array has ended every task that this nexus of the path had. */
  void fenced(PathEntry entry, int number, Fence fence, long nowNs) {
    if (number == entry.nexus.number) {
      fenced(entry.nexus, fence, nowNs);
    } else {
      fencing.former(entry.path, number).ifPresent(nexus -> fenced(nexus, fence, nowNs));
    }
  }

  /** The array has ended every task that the path's nexus had. */
  void fenced(PathEntry entry, Fence fence, long nowNs) {
    fenced(entry.nexus, fence, nowNs);
  }

  private void fenced(Nexus nexus, Fence fence, long nowNs) {
    fencing.fenced(nexus, fence);
    for (Io<T> io : takeHeld()) {
      // one that has to wait on for another fence is held anew
      release(io, fence, nowNs);
      dispatch(io, nowNs);
    }
  }

  /** The path's session has another nexus, whose login has not fenced the former one. */
  void replaced(PathEntry entry, long nowNs) {
    entry.nexus.replaced = true;
    entry.nexus = new Nexus(entry.path, entry.nexus.number + 1);
    reconsiderHeld(nowNs);
    for (Attempt<T> attempt : List.copyOf(resting)) {
      if (attempt.path() == entry.path && attempt.owner.isUnfencedBeside(entry.path)) {
        resting.remove(attempt);
        effects.retriedUnfenced(attempt, 0);
      }
    }
  }

  long nextDeadlineNs() {
    long next = parked.isEmpty() ? MultipathCore.NO_DEADLINE : health.noPathEndNs();
    return delayed.isEmpty() ? next : Math.min(next, delayed.peek().dueNs);
  }

  /** Fails what waits for a path when its time is over, or the device is known to be lost. */
  private void failIfGone(long nowNs) {
    if (parked.isEmpty() || nowNs < health.noPathEndNs()) {
      return;
    }
    boolean lost = health.deviceState() == DeviceState.PERMANENT_LOSS;
    String within = " within " + settings.noPathRetryMs() + " ms";
    List<Io<T>> waiting = new ArrayList<>(parked);
    parked.clear();
    NotSent why = new NotSent(lost ? noPath() : noPath() + ", and none came back" + within);
    waiting.forEach(io -> giveUp(io, why));
  }

  private String noPath() {
    return health.deviceState() == DeviceState.PERMANENT_LOSS
        ? "permanent device loss: the array says on every path that the logical unit is gone"
        : "all paths are down";
  }

  void onDeadline(long nowNs) {
    failIfGone(nowNs);
    while (!delayed.isEmpty() && delayed.peek().dueNs <= nowNs) {
      dispatch(delayed.poll(), nowNs);
    }
  }
}
