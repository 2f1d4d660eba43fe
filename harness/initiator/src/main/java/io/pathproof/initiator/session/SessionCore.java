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
  private final ChallengeSource challenges;
  private final Outlet out;
  private final TaskTable tasks = new TaskTable();
  private final RecoveryWait recovery;
  private final ChallengeMemory memory = new ChallengeMemory();

  private SessionState state = FREE;
  private boolean started;
  private boolean everLoggedIn;

  /** The user wants the session to end; no new tasks. */
  private boolean closing;

  private Portal original;
  private RedirectTrail trail;
  private LoginCore login;
  private FullFeaturePhase phase;
  private long attemptDeadlineNs = Deadline.NONE;
  private long reconnectAtNs = Deadline.NONE;
  private long quiesceDeadlineNs = Deadline.NONE;
  private long logoutDeadlineNs = Deadline.NONE;

  /**
   * @param settings what the session is to be
   * @param challenges for mutual CHAP
   * @param effects the binding
   */
  public SessionCore(SessionSettings settings, ChallengeSource challenges, SessionEffects effects) {
    this.settings = settings;
    this.timers = settings.timers();
    this.challenges = challenges;
    this.out = new Outlet(effects);
    this.recovery = new RecoveryWait(tasks, out, timers);
    this.original = settings.portal();
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
      return new SessionFailure(
          SessionFailure.Reason.NOT_SUPPORTED, "a discovery session takes no SCSI tasks", false);
    }
    if (state == FREE || closing) {
      return new SessionFailure(SessionFailure.Reason.CLOSED, "the session is closed", false);
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
    if (phase == null || state == IN_LOGOUT || settings.discovery()) {
      Failure failure = recovery.notConnected();
      out.later(() -> function.listener().failed(failure, nowNs));
    } else {
      phase.manage(function, nowNs);
    }
    out.deliver();
  }

  /** Asks for all targets (SendTargets=All); one question at a time. */
  public void sendTargets(TargetsListener listener, long nowNs) {
    if (phase == null || state == IN_LOGOUT || !phase.sendTargets(listener, nowNs)) {
      Failure failure =
          new ConnectionFailure(
              Reason.NOT_CONNECTED, "not logged in, or a question is under way", false);
      out.later(() -> listener.failed(failure, nowNs));
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
      finish(closed(), nowNs);
    } else {
      recovery.failQueue(closed(), nowNs);
      if (state != IN_LOGOUT) {
        quiesceDeadlineNs =
            Math.min(quiesceDeadlineNs, Deadline.after(nowNs, timers.abortTimeoutNs()));
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
    finish(closed(), nowNs);
    out.deliver();
  }

  private static SessionFailure closed() {
    return new SessionFailure(SessionFailure.Reason.CLOSED, "the session was closed", false);
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
      login = new LoginCore(settings, trail.current(), challenges, memory);
      change(IN_LOGIN, nowNs);
      out.send(login.first());
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

  /** Bytes came in, or a backlog went out: a sign of life before a PDU is complete. */
  public void onProgress(long nowNs) {
    if (phase != null) {
      phase.progress(nowNs);
    }
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
    Reason reason =
        switch (error.kind()) {
          case HEADER_DIGEST, DATA_DIGEST -> Reason.DIGEST_ERROR;
          default -> Reason.PROTOCOL_ERROR;
        };
    ConnectionFailure failure = new ConnectionFailure(reason, error.getMessage(), false);
    switch (state) {
      case IN_LOGIN -> {
        disconnect(failure.text());
        attemptFailed(failure, nowNs);
      }
      case LOGGED_IN, LOGOUT_REQUESTED, IN_LOGOUT -> {
        disconnect(failure.text());
        lost(failure, 0, nowNs);
      }
      case FREE, XPT_WAIT, CLEANUP_WAIT -> {}
    }
    out.deliver();
  }

  private void onLoginPdu(Pdu pdu, long nowNs) {
    if (pdu.opcode() != Opcode.LOGIN_RESPONSE) {
      disconnect("protocol error");
      attemptFailed(
          new ConnectionFailure(
              Reason.PROTOCOL_ERROR, pdu.opcode() + " has no place in a login", false),
          nowNs);
      return;
    }
    LoginCore.Step step = login.onResponse((LoginResponse) pdu);
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
    } catch (ConnectionBreach e) {
      breach(e.failure(), nowNs);
    } catch (ProtocolException e) {
      breach(new ConnectionFailure(Reason.PROTOCOL_ERROR, e.getMessage(), false), nowNs);
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
      case CONNECTION_DROPPED, ALL_CONNECTIONS_DROPPED -> {
        ConnectionFailure failure =
            new ConnectionFailure(Reason.DROPPED_BY_TARGET, "asynchronous event " + event, false);
        disconnect(failure.text());
        lost(failure, TimeUnit.SECONDS.toNanos(pdu.parameter2()), nowNs);
      }
      case NEGOTIATION_REQUESTED -> phase.negotiate(nowNs);
      case TASKS_TERMINATED -> phase.terminated(pdu.lun(), nowNs);
      case SCSI_EVENT, VENDOR_SPECIFIC -> {}
    }
  }

  /** Half of the time is for tasks in flight to end, the rest for the logout itself. */
  private void logoutRequested(int withinSec, long nowNs) {
    if (state != LOGGED_IN) {
      return;
    }
    if (!closing) {
      recovery.plan();
    }
    long withinNs = TimeUnit.SECONDS.toNanos(withinSec);
    quiesceDeadlineNs = Math.min(quiesceDeadlineNs, nowNs + withinNs / 2);
    logoutDeadlineNs = Deadline.after(nowNs, withinSec == 0 ? timers.abortTimeoutNs() : withinNs);
    change(LOGOUT_REQUESTED, nowNs);
  }

  private void onLogoutResponse(LogoutResponse pdu, long nowNs) throws ConnectionBreach {
    phase.acknowledge(pdu);
    disconnect("logged out");
    lost(
        new ConnectionFailure(
            Reason.LOGGED_OUT,
            "logged out at the target's request (" + pdu.response() + ")",
            false),
        TimeUnit.SECONDS.toNanos(pdu.time2Wait()),
        nowNs);
  }

  // ---- what the clock brings

  /** When {@link #onDeadline} is to be called next, or {@link #NO_DEADLINE}. */
  public long nextDeadlineNs() {
    long next = Math.min(attemptDeadlineNs, reconnectAtNs);
    next = Math.min(next, recovery.deadlineNs());
    next = Math.min(next, Math.min(quiesceDeadlineNs, logoutDeadlineNs));
    return phase == null ? next : Math.min(next, phase.nextDeadlineNs());
  }

  /** Does what is due. May be called early, and then does nothing. */
  public void onDeadline(long nowNs) {
    recovery.onDeadline(nowNs);
    if (attemptDeadlineNs <= nowNs) {
      ConnectionFailure failure =
          new ConnectionFailure(
              Reason.LOGIN_TIMED_OUT,
              "%s within %d ms"
                  .formatted(
                      state == XPT_WAIT ? "not connected" : "connected, but not logged in",
                      TimeUnit.NANOSECONDS.toMillis(timers.loginTimeoutNs())),
              false);
      disconnect(failure.text());
      attemptFailed(failure, nowNs);
    }
    if (reconnectAtNs <= nowNs) {
      attempt(nowNs);
    }
    if (logoutDeadlineNs <= nowNs) {
      breach(new ConnectionFailure(Reason.LOGGED_OUT, "the logout took too long", false), nowNs);
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

  /** Begins a login attempt at the original portal: a temporary redirection has had its time. */
  private void attempt(long nowNs) {
    reconnectAtNs = Deadline.NONE;
    attemptDeadlineNs = Deadline.after(nowNs, timers.loginTimeoutNs());
    trail = new RedirectTrail(original);
    connect(nowNs);
  }

  private void connect(long nowNs) {
    login = null;
    change(XPT_WAIT, nowNs);
    out.event(new SessionEvent.Connecting(trail.current()), nowNs);
    out.binding().connect(trail.current());
  }

  private void redirected(LoginCore.Step.Redirected step, long nowNs) {
    Portal from = trail.current();
    disconnect("redirected to " + step.to());
    Optional<SessionFailure> astray = trail.follow(step.to(), step.permanent());
    out.event(new SessionEvent.Redirected(from, step.to(), step.permanent()), nowNs);
    if (astray.isPresent()) {
      attemptFailed(astray.get(), nowNs);
      return;
    }
    original = trail.nextOriginal(original);
    connect(nowNs);
  }

  private void loggedIn(LoginCore.Step.Up up, long nowNs) {
    SessionParameters parameters = up.parameters();
    out.binding().digests(parameters.digests());
    out.binding().maxRecvDataSegmentLength(parameters.maxRecvDataSegmentLength());
    login = null;
    attemptDeadlineNs = Deadline.NONE;
    recovery.over();
    everLoggedIn = true;
    phase = new FullFeaturePhase(parameters, up.window(), timers, tasks, out, nowNs);
    for (Task task : tasks.listQueue()) {
      tasks.deadline(task, Deadline.after(nowNs, timeoutNs(task.scsi)));
    }
    change(LOGGED_IN, nowNs);
    out.later(() -> out.binding().sessionUp(parameters, nowNs));
  }

  /** Sends what can be sent; logs out when that is wanted and its time has come. */
  private void advance(long nowNs) {
    if (state == LOGGED_IN && !closing) {
      phase.pump();
    }
    boolean wanted = state == LOGOUT_REQUESTED || state == LOGGED_IN && closing;
    if (wanted && (phase.quiet() || quiesceDeadlineNs <= nowNs)) {
      quiesceDeadlineNs = Deadline.NONE;
      if (logoutDeadlineNs == Deadline.NONE) {
        logoutDeadlineNs = Deadline.after(nowNs, timers.abortTimeoutNs());
      }
      change(IN_LOGOUT, nowNs);
      phase.sendLogout();
    }
  }

  /** An attempt to connect and log in has failed; its connection is closed already. */
  private void attemptFailed(Failure failure, long nowNs) {
    out.event(new SessionEvent.LoginFailed(trail.current(), failure), nowNs);
    if (failure instanceof SessionFailure fatal && !everLoggedIn) {
      finish(fatal, nowNs);
      return;
    }
    recovery.attemptFailed(failure, nowNs);
    recover(nowNs + timers.reconnectDelayNs(), nowNs);
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
      finish(closed(), nowNs);
      return;
    }
    out.later(() -> out.binding().sessionDown(failure, nowNs));
    endPhase(failure, nowNs);
    recovery.lost(failure, nowNs);
    long waitNs =
        loggedOut
            ? minWaitNs
            : Math.max(Math.max(minWaitNs, time2WaitNs), timers.reconnectDelayNs());
    recover(nowNs + waitNs, nowNs);
  }

  private void recover(long reconnectNs, long nowNs) {
    login = null;
    attemptDeadlineNs = Deadline.NONE;
    reconnectAtNs = reconnectNs;
    change(CLEANUP_WAIT, nowNs);
  }

  private void endPhase(Failure failure, long nowNs) {
    quiesceDeadlineNs = Deadline.NONE;
    logoutDeadlineNs = Deadline.NONE;
    if (phase != null) {
      phase.fail(failure, nowNs);
      phase = null;
    }
  }

  /** The session is over for good. */
  private void finish(SessionFailure failure, long nowNs) {
    endPhase(failure, nowNs);
    recovery.end(failure, nowNs);
    login = null;
    attemptDeadlineNs = Deadline.NONE;
    reconnectAtNs = Deadline.NONE;
    change(FREE, nowNs);
    out.later(() -> out.binding().sessionEnded(failure, nowNs));
  }
}
