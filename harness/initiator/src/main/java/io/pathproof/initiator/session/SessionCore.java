package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.SessionState.CLEANUP_WAIT;
import static io.pathproof.initiator.session.SessionState.FREE;
import static io.pathproof.initiator.session.SessionState.IN_LOGIN;
import static io.pathproof.initiator.session.SessionState.IN_LOGOUT;
import static io.pathproof.initiator.session.SessionState.LOGGED_IN;
import static io.pathproof.initiator.session.SessionState.LOGOUT_REQUESTED;
import static io.pathproof.initiator.session.SessionState.XPT_WAIT;

import io.pathproof.initiator.session.ConnectionFailure.Reason;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.AsyncEvent;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.LoginResponse;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One iSCSI session with one connection at ErrorRecoveryLevel 0 (RFC 7143), initiator's side,
 * without I/O. It connects, logs in, follows redirections, carries tasks, watches the connection,
 * and reconnects with the same ISID (reinstatement, section 6.3.5) until it is closed.
 *
 * <p>It never sends a task twice. A task in flight when its connection dies ends with a {@link
 * ConnectionFailure} that is {@link Failure#sent()}; one that was never sent is kept while the
 * session recovers, for {@link SessionTimers#recoveryTimeoutNs()} at most.
 *
 * <p>Before its first login, a session that is refused for a reason of its own (status class 2, a
 * failed authentication or negotiation, a redirection that leads nowhere) is over; later, it keeps
 * trying, as arrays refuse for a while when they come up.
 *
 * <p>Not thread safe: one thread of control calls all methods. Times are nanoseconds of one
 * monotonic clock and do not run backwards. Each input may call {@link SessionEffects} before it
 * returns, and may change {@link #nextDeadlineNs()}.
 */
public final class SessionCore {
  /** {@link #nextDeadlineNs()} when nothing is due. */
  public static final long NO_DEADLINE = Deadline.NONE;

  private final SessionSettings settings;
  private final SessionTimers timers;
  private final Outlet out;
  private final TaskTable tasks = new TaskTable();
  private final RecoveryWait recovery;
  private final LoginAttempts attempts;
  private final LogoutTimes logoutTimes;
  private Drain drain;
  private Doubt doubt;

  private SessionState state = FREE;
  private boolean started;

  /** The user wants the session to end; no new tasks. */
  private boolean closing;

  private FullFeaturePhase phase;

  /**
   * @param settings what the session is to be
   * @param challenges for mutual CHAP
   * @param effects the binding
   */
  public SessionCore(SessionSettings settings, ChallengeSource challenges, SessionEffects effects) {
    this(settings, challenges, effects, LoginCore.INITIAL_CMD_SN);
  }

  /** With a first CmdSN of its own, such as one before the wrap. */
  SessionCore(
      SessionSettings settings,
      ChallengeSource challenges,
      SessionEffects effects,
      int initialCmdSn) {
    this.settings = settings;
    this.timers = settings.timers();
    this.out = new Outlet(effects);
    this.recovery = new RecoveryWait(tasks, out, timers);
    this.attempts = new LoginAttempts(settings, challenges, initialCmdSn);
    this.logoutTimes = new LogoutTimes(timers);
    doubtAnew();
  }

  /** What was read of a connection tells nothing of the next one. */
  private void doubtAnew() {
    drain = new Drain(out);
    doubt = new Doubt(drain, timers.nopTimeoutNs());
  }

  // ---- what users of the session ask for

  /**
   * Starts the first login.
   *
   * @throws IllegalStateException when called again
   */
  public void start(long nowNs) {
    if (started) {
      throw new IllegalStateException("a session starts once");
    }
    started = true;
    recovery.begin(nowNs);
    attempt(nowNs);
    out.deliver();
  }

  /**
   * Takes a task. It is sent as soon as the session is logged in and the command window is open; if
   * the session is down and keeps no tasks it fails at once.
   */
  public void submit(ScsiTask task, long nowNs) {
    Failure refusal = refusal();
    if (refusal != null) {
      out.complete(task.listener(), refusal, nowNs);
    } else {
      Task entry = tasks.enqueue(task);
      if (phase != null) {
        tasks.deadline(entry, Deadline.after(nowNs, timeoutNs(task)));
      }
      advance(nowNs);
    }
    out.deliver();
  }

  /** Why a task cannot be taken now, or null. */
  private Failure refusal() {
    if (settings.discovery()) {
      return SessionFailure.notSupported("a discovery session takes no SCSI tasks");
    }
    if (state == FREE || closing) {
      return SessionFailure.closed();
    }
    return phase != null ? null : recovery.refusal();
  }

  private long timeoutNs(ScsiTask task) {
    return task.timeoutNs() > 0 ? task.timeoutNs() : timers.taskTimeoutNs();
  }

  /**
   * Gives a task up: one that was never sent ends at once, one in flight is aborted by ABORT TASK.
   * A task that has ended is left alone.
   */
  public void cancel(ScsiTask scsi, long nowNs) {
    Task task = tasks.find(scsi);
    if (task != null && task.stage == Task.Stage.QUEUED) {
      tasks.remove(task);
      out.complete(
          scsi.listener(),
          new TaskFailure(TaskFailure.Reason.CANCELLED, "cancelled", false),
          nowNs);
    } else if (task != null) {
      phase.cancel(task, nowNs);
    }
    out.deliver();
  }

  /** Sends a task management function; fails it at once when not logged in. */
  public void manage(TaskManagement function, long nowNs) {
    if (phase == null || settings.discovery() || !phase.manage(function, nowNs)) {
      out.later(() -> function.listener().failed(recovery.notConnected(), nowNs));
    }
    out.deliver();
  }

  /** Asks for all targets (SendTargets=All); one question at a time. */
  public void sendTargets(TargetsListener listener, long nowNs) {
    if (phase == null || !phase.sendTargets(listener, nowNs)) {
      out.later(() -> listener.failed(recovery.notConnected(), nowNs));
    }
    out.deliver();
  }

  /**
   * Ends the session in order: takes no more tasks, fails what was never sent, lets those in flight
   * end (as long as an abort may take), logs out.
   */
  public void logout(long nowNs) {
    if (state == FREE || closing) {
      return;
    }
    closing = true;
    if (phase == null) {
      disconnect("logged out");
      finish(SessionFailure.closed(), nowNs);
    } else {
      recovery.failQueue(SessionFailure.closed(), nowNs);
      if (state != IN_LOGOUT) {
        logoutTimes.wanted(nowNs);
      }
      advance(nowNs);
    }
    out.deliver();
  }

  /** Ends the session at once, without a logout. Tasks in flight end as sent. */
  public void close(long nowNs) {
    if (state == FREE && started) {
      return;
    }
    started = true;
    disconnect("closed");
    finish(SessionFailure.closed(), nowNs);
    out.deliver();
  }

  /** Where the session stands. */
  public SessionState state() {
    return state;
  }

  /** Tasks that were submitted and have not ended. */
  public int outstanding() {
    return tasks.size();
  }

  // ---- what the connection brings

  /** The connection is up. */
  public void onConnected(long nowNs) {
    if (state == XPT_WAIT) {
      change(IN_LOGIN, nowNs);
      out.send(attempts.connected());
    }
    out.deliver();
  }

  /** The connection could not be made. */
  public void onConnectFailed(ConnectionFailure failure, long nowNs) {
    if (state == XPT_WAIT) {
      attemptFailed(failure, nowNs);
    }
    out.deliver();
  }

  /** Bytes came in: a sign of life before a PDU is complete. */
  public void onProgress(long nowNs) {
    if (phase != null) {
      phase.progress(nowNs);
    }
  }

  /**
   * The other end took some of what was sent: a sign of life as well while it has nothing to say.
   * Not for what the socket takes at once, which shows nothing of the other end.
   *
   * @param atNs when; may lie in the past
   */
  public void onTaken(long atNs) {
    if (phase != null) {
      phase.taken(atNs);
    }
  }

  /**
   * A NOP-Out has left for the network, and the time for its answer begins. A binding that sends at
   * once need not call this.
   */
  public void onPingLeft(long nowNs) {
    if (phase != null) {
      phase.pingLeft(nowNs);
    }
  }

  /** The answer to {@link SessionEffects#drain}, for the connection that was asked of only. */
  public void onDrained(long nowNs) {
    drain.done();
    onDeadline(nowNs);
  }

  /** A PDU came. Its data is not used after this call. */
  public void onPdu(Pdu pdu, long nowNs) {
    switch (state) {
      case IN_LOGIN -> onLoginPdu(pdu, nowNs);
      case LOGGED_IN, LOGOUT_REQUESTED, IN_LOGOUT -> onFullFeaturePdu(pdu, nowNs);
      case FREE, XPT_WAIT, CLEANUP_WAIT -> {
        // Nothing of a connection comes after its end: see SessionEffects.
      }
    }
    advance(nowNs);
    out.deliver();
  }

  /** The connection ended, and not by {@link SessionEffects#disconnect}. */
  public void onClosed(ConnectionFailure failure, long nowNs) {
    switch (state) {
      case XPT_WAIT, IN_LOGIN -> attemptFailed(failure, nowNs);
      case LOGGED_IN, LOGOUT_REQUESTED, IN_LOGOUT -> lost(failure, 0, nowNs);
      case FREE, CLEANUP_WAIT -> {}
    }
    out.deliver();
  }

  /** What came is no sound PDU. At ErrorRecoveryLevel 0 that ends the connection. */
  public void onProtocolError(ProtocolException error, long nowNs) {
    ConnectionFailure failure = ConnectionFailure.of(error);
    if (state == IN_LOGIN) {
      disconnect(failure.text());
      attemptFailed(failure, nowNs);
    } else if (phase != null) {
      breach(failure, nowNs);
    }
    out.deliver();
  }

  private void onLoginPdu(Pdu pdu, long nowNs) {
    if (pdu.opcode() != Opcode.LOGIN_RESPONSE) {
      disconnect("protocol error");
      attemptFailed(ConnectionBreach.noPlace(pdu, "a login").failure(), nowNs);
      return;
    }
    LoginResponse response = (LoginResponse) pdu;
    if (response.statusClass() > 1) {
      out.event(
          new SessionEvent.LoginRefused(
              attempts.portal(), response.statusClass(), response.statusDetail()),
          nowNs);
    }
    LoginCore.Step step = attempts.onResponse(response);
    if (step instanceof LoginCore.Step.Send send) {
      out.send(send.request());
    } else if (step instanceof LoginCore.Step.Up up) {
      loggedIn(up, nowNs);
    } else if (step instanceof LoginCore.Step.Redirected redirected) {
      redirected(redirected, nowNs);
    } else if (step instanceof LoginCore.Step.Failed failed) {
      disconnect(failed.failure().text());
      attemptFailed(failed.failure(), nowNs);
    }
  }

  private void onFullFeaturePdu(Pdu pdu, long nowNs) {
    try {
      phase.progress(nowNs);
      switch (pdu.opcode()) {
        case ASYNC_MESSAGE -> onAsync((AsyncMessage) pdu, nowNs);
        case LOGOUT_RESPONSE -> onLogoutResponse((LogoutResponse) pdu, nowNs);
        default -> phase.onPdu(pdu, nowNs);
      }
      if (phase != null) {
        phase.tellContradiction(nowNs);
      }
    } catch (ConnectionBreach e) {
      breach(e.failure(), nowNs);
    } catch (ProtocolException e) {
      breach(ConnectionFailure.of(pdu.opcode(), e), nowNs);
    }
  }

  private void breach(ConnectionFailure failure, long nowNs) {
    disconnect(failure.text());
    lost(failure, 0, nowNs);
  }

  /** Section 11.9.1. */
  private void onAsync(AsyncMessage pdu, long nowNs) throws ConnectionBreach {
    phase.onAsync(pdu, nowNs);
    AsyncEvent event = pdu.event().orElse(AsyncEvent.VENDOR_SPECIFIC);
    switch (event) {
      case LOGOUT_REQUESTED -> logoutRequested(pdu.parameter3(), nowNs);
      case CONNECTION_DROPPED -> {
        // a message about another connection than the one that there is says nothing
        if (pdu.parameter1() == LoginCore.CID) {
          dropped(pdu, event, nowNs);
        }
      }
      case ALL_CONNECTIONS_DROPPED -> dropped(pdu, event, nowNs);
      case NEGOTIATION_REQUESTED -> phase.negotiate(nowNs);
      case TASKS_TERMINATED -> phase.terminated(pdu.lun(), nowNs);
      case SCSI_EVENT, VENDOR_SPECIFIC -> {}
    }
  }

  /** Time2Wait is in Parameter2; Time2Retain is for who could take tasks over, at level 2. */
  private void dropped(AsyncMessage pdu, AsyncEvent event, long nowNs) {
    ConnectionFailure failure =
        new ConnectionFailure(Reason.DROPPED_BY_TARGET, "asynchronous event " + event, false);
    disconnect(failure.text());
    lost(failure, TimeUnit.SECONDS.toNanos(pdu.parameter2()), nowNs);
  }

  private void logoutRequested(int withinSec, long nowNs) {
    if (state == IN_LOGOUT) {
      return;
    }
    if (!closing) {
      recovery.plan();
    }
    logoutTimes.requested(withinSec, nowNs);
    change(LOGOUT_REQUESTED, nowNs);
  }

  private void onLogoutResponse(LogoutResponse pdu, long nowNs) throws ConnectionBreach {
    phase.acknowledge(pdu);
    disconnect("logged out");
    boolean success = pdu.response() == LogoutResult.CLOSED;
    lost(
        new ConnectionFailure(
            success ? Reason.LOGGED_OUT : Reason.LOGOUT_UNCONFIRMED,
            "logged out at the target's request (" + pdu.response() + ")",
            false),
        TimeUnit.SECONDS.toNanos(pdu.time2Wait()),
        nowNs);
  }

  // ---- what the clock brings

  /** When {@link #onDeadline} is to be called next, or {@link #NO_DEADLINE}. */
  public long nextDeadlineNs() {
    long next = Math.min(attempts.nextAtNs(), recovery.deadlineNs());
    next = Math.min(next, logoutTimes.sendByNs());
    next = Math.min(next, doubt.deadlineNs(answerDueNs()));
    return phase == null ? next : Math.min(next, phase.nextDeadlineNs());
  }

  /** When a login or a logout has taken too long. */
  private long answerDueNs() {
    return Math.min(attempts.deadlineNs(), logoutTimes.answeredByNs());
  }

  /** Does what is due. May be called early, and then does nothing. */
  public void onDeadline(long nowNs) {
    recovery.onDeadline(nowNs);
    boolean overdue = doubt.isDue(answerDueNs(), nowNs);
    if (overdue && attempts.deadlineNs() <= nowNs) {
      ConnectionFailure failure = attempts.timedOut(state != XPT_WAIT);
      disconnect(failure.text());
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
    out.deliver();
  }

  // ---- transitions

  private void change(SessionState to, long nowNs) {
    if (state != to) {
      out.event(new SessionEvent.StateChanged(state, to), nowNs);
      state = to;
    }
  }

  private void disconnect(String why) {
    if (state.connected()) {
      out.binding().disconnect(why);
    }
  }

  private void attempt(long nowNs) {
    attempts.begin(nowNs);
    connect(nowNs);
  }

  private void connect(long nowNs) {
    doubtAnew();
    change(XPT_WAIT, nowNs);
    out.event(new SessionEvent.Connecting(attempts.portal()), nowNs);
    out.binding().connect(attempts.portal());
  }

  private void redirected(LoginCore.Step.Redirected step, long nowNs) {
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

  private void loggedIn(LoginCore.Step.Up up, long nowNs) {
    SessionParameters parameters = up.parameters();
    out.binding().digests(parameters.digests());
    out.binding().maxRecvDataSegmentLength(parameters.maxRecvDataSegmentLength());
    attempts.succeeded();
    recovery.over();
    phase = new FullFeaturePhase(parameters, up.window(), timers, tasks, out, drain, nowNs);
    for (Task task : tasks.listQueue()) {
      tasks.deadline(task, Deadline.after(nowNs, timeoutNs(task.scsi)));
    }
    change(LOGGED_IN, nowNs);
    out.later(() -> out.binding().sessionUp(parameters, nowNs));
  }

  /** Sends what can be sent; logs out when that is wanted and its time has come. */
  private void advance(long nowNs) {
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

  /** An attempt to connect and log in has failed; its connection is closed already. */
  private void attemptFailed(Failure failure, long nowNs) {
    out.event(new SessionEvent.LoginFailed(attempts.portal(), failure), nowNs);
    if (failure instanceof SessionFailure fatal && !attempts.everSucceeded()) {
      finish(fatal, nowNs);
      return;
    }
    recovery.attemptFailed(failure, nowNs);
    attempts.next(nowNs + timers.reconnectDelayNs());
    change(CLEANUP_WAIT, nowNs);
  }

  /**
   * The connection of a session that was logged in is gone.
   *
   * @param minWaitNs how long the target wants to be left alone; the negotiated Time2Wait counts
   *     where it gave none (section 13.15)
   */
  private void lost(ConnectionFailure failure, long minWaitNs, long nowNs) {
    boolean loggedOut = state == IN_LOGOUT && failure.reason() == Reason.LOGGED_OUT;
    final long time2WaitNs = TimeUnit.SECONDS.toNanos(phase.time2WaitSec());
    if (closing) {
      finish(SessionFailure.closed(), nowNs);
      return;
    }
    out.later(() -> out.binding().sessionDown(failure, nowNs));
    endPhase(failure, nowNs);
    recovery.lost(failure, nowNs);
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
  private void finish(SessionFailure failure, long nowNs) {
    endPhase(failure, nowNs);
    recovery.end(failure, nowNs);
    attempts.stop();
    change(FREE, nowNs);
    out.later(() -> out.binding().sessionEnded(failure, nowNs));
  }
}
