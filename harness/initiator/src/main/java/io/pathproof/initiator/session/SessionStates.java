package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.SessionState.CLEANUP_WAIT;
import static io.pathproof.initiator.session.SessionState.FREE;
import static io.pathproof.initiator.session.SessionState.IN_LOGIN;
import static io.pathproof.initiator.session.SessionState.IN_LOGOUT;
import static io.pathproof.initiator.session.SessionState.LOGGED_IN;
import static io.pathproof.initiator.session.SessionState.LOGOUT_REQUESTED;
import static io.pathproof.initiator.session.SessionState.XPT_WAIT;

import io.pathproof.initiator.session.ConnectionFailure.Reason;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Where a session stands (RFC 7143 section 8.1), and what a change of state brings with it: a login
 * and where redirections lead, what becomes of tasks when a connection is lost, the next attempt, a
 * logout, the end. What is to be done when is asked of {@link SessionCore}.
 */
final class SessionStates {
  private final SessionTimers timers;
  private final Outlet out;
  private final TaskTable tasks;
  private final RecoveryWait recovery;
  private final GuardedUnits guarded;
  private final LoginAttempts attempts;
  private final LogoutTimes logoutTimes;
  private Drain drain;
  private Doubt doubt;
  private SessionState state = FREE;

  /** The user wants the session to end; no new tasks. */
  private boolean closing;

  private FullFeaturePhase phase;

  SessionStates(
      SessionTimers timers,
      Outlet out,
      TaskTable tasks,
      RecoveryWait recovery,
      GuardedUnits guarded,
      LoginAttempts attempts) {
    this.timers = timers;
    this.out = out;
    this.tasks = tasks;
    this.recovery = recovery;
    this.guarded = guarded;
    this.attempts = attempts;
    this.logoutTimes = new LogoutTimes(timers);
    doubtAnew();
  }

  /** What was read of a connection tells nothing of the next one. */
  private void doubtAnew() {
    drain = new Drain(out);
    doubt = new Doubt(drain, timers.nopTimeoutNs());
  }

  SessionState state() {
    return state;
  }

  /** The phase of the connection that is logged in, or null. */
  FullFeaturePhase phase() {
    return phase;
  }

  boolean closing() {
    return closing;
  }

  private void change(SessionState to, long nowNs) {
    if (state != to) {
      out.event(new SessionEvent.StateChanged(state, to), nowNs);
      state = to;
    }
  }

  /** After the target's last word. */
  void disconnect(String why) {
    if (state.connected()) {
      out.binding().disconnect(why);
    }
  }

  /** In the middle of something, or because the target is not heard or not understood any more. */
  void abort(String why) {
    if (state.connected()) {
      out.binding().abort(why);
    }
  }

  // ---- the login

  void attempt(long nowNs) {
    attempts.begin(nowNs);
    connect(nowNs);
  }

  private void connect(long nowNs) {
    doubtAnew();
    change(XPT_WAIT, nowNs);
    out.event(new SessionEvent.Connecting(attempts.portal()), nowNs);
    out.binding().connect(attempts.portal());
  }

  void connected(long nowNs) {
    change(IN_LOGIN, nowNs);
    out.send(attempts.connected());
  }

  void securityWanted(long nowNs) {
    disconnect("begins again with the stage SecurityNegotiation");
    attempts.securityWanted();
    connect(nowNs);
  }

  void redirected(LoginCore.Step.Redirected step, long nowNs) {
    Portal from = attempts.portal();
    disconnect("redirected to " + step.to());
    Optional<SessionFailure> astray = attempts.follow(step);
    out.event(new SessionEvent.Redirected(from, step.to(), step.permanent()), nowNs);
    if (astray.isPresent()) {
      attemptFailed(astray.get(), nowNs);
      return;
    }
    connect(nowNs);
  }

  void loggedIn(LoginCore.Step.Up up, long nowNs) {
    SessionParameters parameters = up.parameters();
    out.binding().digests(parameters.digests());
    out.binding().maxRecvDataSegmentLength(parameters.maxRecvDataSegmentLength());
    attempts.succeeded();
    recovery.over();
    phase = new FullFeaturePhase(parameters, up.window(), timers, tasks, out, drain, nowNs);
    for (Task task : tasks.listQueue()) {
      tasks.deadline(task, Deadline.after(nowNs, timers.timeoutNs(task.scsi)));
    }
    change(LOGGED_IN, nowNs);
    out.later(() -> out.binding().sessionUp(parameters, nowNs));
  }

  /** An attempt to connect and log in has failed; its connection is closed already. */
  void attemptFailed(Failure failure, long nowNs) {
    out.event(new SessionEvent.LoginFailed(attempts.portal(), failure), nowNs);
    if (failure instanceof SessionFailure fatal && !attempts.everSucceeded()) {
      finish(fatal, nowNs);
      return;
    }
    recovery.attemptFailed(failure, nowNs);
    attempts.next(nowNs + timers.reconnectDelayNs());
    change(CLEANUP_WAIT, nowNs);
  }

  // ---- logged in

  /** Sends what can be sent; logs out when that is wanted and its time has come. */
  void advance(long nowNs) {
    if (state == LOGGED_IN && !closing) {
      phase.pump(nowNs);
    }
    boolean wanted = state == LOGOUT_REQUESTED || state == LOGGED_IN && closing;
    if (wanted && (phase.quiet() || logoutTimes.sendNow(nowNs))) {
      logoutTimes.sent(nowNs);
      change(IN_LOGOUT, nowNs);
      phase.sendLogout();
    }
  }

  /** The user wants the session to end in order. */
  void logout(long nowNs) {
    closing = true;
    if (phase == null) {
      abort("logged out");
      finish(SessionFailure.closed(), nowNs);
    } else {
      recovery.failQueue(SessionFailure.closed(), nowNs);
      if (state != IN_LOGOUT) {
        logoutTimes.wanted(nowNs);
      }
      advance(nowNs);
    }
  }

  /** The target wants a logout within so many seconds. */
  void logoutRequested(int withinSec, long nowNs) {
    if (state == IN_LOGOUT) {
      return;
    }
    if (!closing) {
      recovery.plan();
    }
    logoutTimes.requested(withinSec, nowNs);
    change(LOGOUT_REQUESTED, nowNs);
  }

  // ---- the end of a connection

  void breach(ConnectionFailure failure, long nowNs) {
    abort(failure.text());
    lost(failure, 0, nowNs);
  }

  /**
   * The connection of a session that was logged in is gone.
   *
   * @param minWaitNs how long the target wants to be left alone; the negotiated Time2Wait counts
   *     where it gave none (section 13.15)
   */
  void lost(ConnectionFailure failure, long minWaitNs, long nowNs) {
    boolean loggedOut = state == IN_LOGOUT && failure.reason() == Reason.LOGGED_OUT;
    final long time2WaitNs = TimeUnit.SECONDS.toNanos(phase.time2WaitSec());
    if (closing) {
      finish(SessionFailure.closed(), nowNs);
      return;
    }
    out.later(() -> out.binding().sessionDown(failure, nowNs));
    endPhase(failure, nowNs);
    guarded.forget();
    recovery.lost(failure, nowNs);
    // after a logout nothing of the session is left that would have to pass (section 13.15)
    attempts.next(
        loggedOut
            ? nowNs + minWaitNs
            : nowNs + Math.max(Math.max(minWaitNs, time2WaitNs), timers.reconnectDelayNs()));
    change(CLEANUP_WAIT, nowNs);
  }

  private void endPhase(Failure failure, long nowNs) {
    logoutTimes.clear();
    if (phase != null) {
      phase.fail(failure, nowNs);
      phase = null;
    }
  }

  /** The session is over for good. */
  void finish(SessionFailure failure, long nowNs) {
    endPhase(failure, nowNs);
    recovery.end(failure, nowNs);
    attempts.stop();
    change(FREE, nowNs);
    out.later(() -> out.binding().sessionEnded(failure, nowNs));
  }

  // ---- time

  /** When {@link #onDeadline} is to be called next. */
  long nextDeadlineNs() {
    long next = Math.min(attempts.nextAtNs(), recovery.deadlineNs());
    next = Math.min(next, logoutTimes.sendByNs());
    next = Math.min(next, doubt.deadlineNs(answerDueNs()));
    return phase == null ? next : Math.min(next, phase.nextDeadlineNs());
  }

  /** When a login or a logout has taken too long. */
  private long answerDueNs() {
    return Math.min(attempts.deadlineNs(), logoutTimes.answeredByNs());
  }

  void drained() {
    drain.done();
  }

  void onDeadline(long nowNs) {
    recovery.onDeadline(nowNs);
    boolean overdue = doubt.isDue(answerDueNs(), nowNs);
    if (overdue && attempts.deadlineNs() <= nowNs) {
      ConnectionFailure failure = attempts.timedOut(state != XPT_WAIT);
      abort(failure.text());
      attemptFailed(failure, nowNs);
    }
    if (attempts.due(nowNs)) {
      attempt(nowNs);
    }
    if (overdue && logoutTimes.answeredByNs() <= nowNs) {
      breach(
          new ConnectionFailure(Reason.LOGOUT_UNCONFIRMED, "the logout took too long", false),
          nowNs);
    }
    if (phase != null) {
      try {
        phase.onDeadline(nowNs);
      } catch (ConnectionBreach e) {
        breach(e.failure(), nowNs);
      }
    }
    advance(nowNs);
  }
}
