package io.pathproof.initiator.session;

import static io.pathproof.initiator.session.SessionState.FREE;
import static io.pathproof.initiator.session.SessionState.IN_LOGIN;
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
  private final GuardedUnits guarded;
  private final LoginAttempts attempts;
  private final SessionStates states;
  private boolean started;

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
    this.guarded = new GuardedUnits(tasks, out);
    this.attempts = new LoginAttempts(settings, challenges, initialCmdSn);
    this.states = new SessionStates(timers, out, tasks, recovery, guarded, attempts);
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
    states.attempt(nowNs);
    out.deliver();
  }

  /**
   * Takes a task. It is sent as soon as the session is logged in and the command window is open; if
   * the session is down and keeps no tasks it fails at once.
   */
  public void submit(ScsiTask task, long nowNs) {
    Failure refusal = refusal(task);
    if (refusal != null) {
      out.complete(task.listener(), refusal, nowNs);
    } else {
      Task entry = tasks.enqueue(task, guarded.keeps(task));
      if (states.phase() != null) {
        tasks.deadline(entry, Deadline.after(nowNs, timers.timeoutNs(task)));
      }
      states.advance(nowNs);
    }
    out.deliver();
  }

  /** Why a task cannot be taken now, or null. */
  private Failure refusal(ScsiTask task) {
    if (settings.discovery()) {
      return SessionFailure.notSupported("a discovery session takes no SCSI tasks");
    }
    if (states.state() == FREE || states.closing()) {
      return SessionFailure.closed();
    }
    Failure down = states.phase() == null ? recovery.refusal() : null;
    return down != null ? down : guarded.refusal(task);
  }

  /**
   * From its next login on, the first one included, the session keeps tasks for this logical unit
   * back after each login, but those that {@link ScsiTask#identifying ask who answers}, until
   * {@link #admit} or {@link #refuse} is called. What is kept back has its time as any task.
   *
   * @param lun the raw eight bytes
   */
  public void guard(long lun) {
    guarded.guard(lun, states.phase() != null);
  }

  /** A guarded logical unit is the one that it is to be: what was kept back for it is sent. */
  public void admit(long lun, long nowNs) {
    if (states.phase() != null) {
      guarded.admit(lun);
      states.advance(nowNs);
    }
    out.deliver();
  }

  /**
   * A guarded logical unit is not the one that it is to be, or does not say so: what was kept back
   * for it ends as never sent, and so does each further task until it is admitted, or until the
   * next login.
   *
   * @param why in words
   */
  public void refuse(long lun, String why, long nowNs) {
    if (states.phase() != null) {
      guarded.refuse(lun, why, nowNs);
    }
    out.deliver();
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
      states.phase().cancel(task, nowNs);
    }
    out.deliver();
  }

  /** Sends a task management function; fails it at once when not logged in. */
  public void manage(TaskManagement function, long nowNs) {
    FullFeaturePhase phase = states.phase();
    if (phase == null || settings.discovery() || !phase.manage(function, nowNs)) {
      out.later(() -> function.listener().failed(recovery.notConnected(), nowNs));
    }
    out.deliver();
  }

  /** Asks for all targets (SendTargets=All); one question at a time. */
  public void sendTargets(TargetsListener listener, long nowNs) {
    FullFeaturePhase phase = states.phase();
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
    if (states.state() != FREE && !states.closing()) {
      states.logout(nowNs);
      out.deliver();
    }
  }

  /** Ends the session at once, without a logout. Tasks in flight end as sent. */
  public void close(long nowNs) {
    if (states.state() == FREE && started) {
      return;
    }
    started = true;
    states.abort("closed");
    states.finish(SessionFailure.closed(), nowNs);
    out.deliver();
  }

  /** Where the session stands. */
  public SessionState state() {
    return states.state();
  }

  /** Tasks that were submitted and have not ended. */
  public int outstanding() {
    return tasks.size();
  }

  /** Commands that were sent and have not been answered. */
  public int inFlight() {
    return tasks.inFlight();
  }

  /**
   * What the target owes at least to the commands in flight, if all end well: bytes of data, and of
   * a header each. 0 while more than commands may have to be answered: when not logged in, and when
   * logging out.
   */
  public long owedBytes() {
    return states.state() == SessionState.LOGGED_IN ? tasks.owed() : 0;
  }

  // ---- what the connection brings

  /** The connection is up. */
  public void onConnected(long nowNs) {
    if (states.state() == XPT_WAIT) {
      states.connected(nowNs);
    }
    out.deliver();
  }

  /** The connection could not be made. */
  public void onConnectFailed(ConnectionFailure failure, long nowNs) {
    if (states.state() == XPT_WAIT) {
      states.attemptFailed(failure, nowNs);
    }
    out.deliver();
  }

  /** Bytes came in: a sign of life before a PDU is complete. */
  public void onProgress(long nowNs) {
    if (states.phase() != null) {
      states.phase().progress(nowNs);
    }
  }

  /**
   * The other end took some of what was sent: a sign of life as well while it has nothing to say.
   * Not for what the socket takes at once, which shows nothing of the other end.
   *
   * @param atNs when; may lie in the past
   */
  public void onTaken(long atNs) {
    if (states.phase() != null) {
      states.phase().taken(atNs);
    }
  }

  /**
   * A NOP-Out has left for the network, and the time for its answer begins. A binding that sends at
   * once need not call this.
   */
  public void onPingLeft(long nowNs) {
    if (states.phase() != null) {
      states.phase().pingLeft(nowNs);
    }
  }

  /** The answer to {@link SessionEffects#drain}, for the connection that was asked of only. */
  public void onDrained(long nowNs) {
    states.drained();
    onDeadline(nowNs);
  }

  /**
   * A PDU came. Its data is not used after this call, whatever fails in it. Not to be called from
   * within a listener.
   */
  public void onPdu(Pdu pdu, long nowNs) {
    try {
      switch (states.state()) {
        case IN_LOGIN -> onLoginPdu(pdu, nowNs);
        case LOGGED_IN, LOGOUT_REQUESTED, IN_LOGOUT -> onFullFeaturePdu(pdu, nowNs);
        case FREE, XPT_WAIT, CLEANUP_WAIT -> {
          // Nothing of a connection comes after its end: see SessionEffects.
        }
      }
      states.advance(nowNs);
    } finally {
      // now or never: what is lent lies in the PDU
      out.deliver();
    }
  }

  /** The connection ended, and not by {@link SessionEffects#disconnect} or abort. */
  public void onClosed(ConnectionFailure failure, long nowNs) {
    switch (states.state()) {
      case XPT_WAIT, IN_LOGIN -> states.attemptFailed(failure, nowNs);
      case LOGGED_IN, LOGOUT_REQUESTED, IN_LOGOUT -> states.lost(failure, 0, nowNs);
      case FREE, CLEANUP_WAIT -> {}
    }
    out.deliver();
  }

  /** What came is no sound PDU. At ErrorRecoveryLevel 0 that ends the connection. */
  public void onProtocolError(ProtocolException error, long nowNs) {
    ConnectionFailure failure = ConnectionFailure.of(error);
    if (states.state() == IN_LOGIN) {
      states.abort(failure.text());
      states.attemptFailed(failure, nowNs);
    } else if (states.phase() != null) {
      states.breach(failure, nowNs);
    }
    out.deliver();
  }

  private void onLoginPdu(Pdu pdu, long nowNs) {
    if (pdu.opcode() != Opcode.LOGIN_RESPONSE) {
      states.abort("protocol error");
      states.attemptFailed(ConnectionBreach.noPlace(pdu, "a login").failure(), nowNs);
      return;
    }
    LoginResponse response = (LoginResponse) pdu;
    if (response.statusClass() > 1) {
      out.event(
          new SessionEvent.LoginRefused(
              attempts.portal(), response.statusClass(), response.statusDetail()),
          nowNs);
    }
    boolean challenged = attempts.challenged();
    LoginCore.Step step = attempts.onResponse(response);
    if (!challenged && attempts.challenged()) {
      out.event(new SessionEvent.ChapChallenged(attempts.portal()), nowNs);
    }
    if (step instanceof LoginCore.Step.Send send) {
      out.send(send.request());
    } else if (step instanceof LoginCore.Step.Up up) {
      states.loggedIn(up, nowNs);
    } else if (step instanceof LoginCore.Step.SecurityWanted) {
      states.securityWanted(nowNs);
    } else if (step instanceof LoginCore.Step.Redirected redirected) {
      states.redirected(redirected, nowNs);
    } else if (step instanceof LoginCore.Step.Failed failed) {
      states.disconnect(failed.failure().text());
      states.attemptFailed(failed.failure(), nowNs);
    }
  }

  private void onFullFeaturePdu(Pdu pdu, long nowNs) {
    FullFeaturePhase phase = states.phase();
    try {
      phase.progress(nowNs);
      switch (pdu.opcode()) {
        case ASYNC_MESSAGE -> onAsync((AsyncMessage) pdu, nowNs);
        case LOGOUT_RESPONSE -> onLogoutResponse((LogoutResponse) pdu, nowNs);
        default -> phase.onPdu(pdu, nowNs);
      }
      if (states.phase() != null) {
        phase.tellContradiction(nowNs);
      }
    } catch (ConnectionBreach e) {
      states.breach(e.failure(), nowNs);
    } catch (ProtocolException e) {
      states.breach(ConnectionFailure.of(pdu.opcode(), e), nowNs);
    }
  }

  /** Section 11.9.1. */
  private void onAsync(AsyncMessage pdu, long nowNs) throws ConnectionBreach {
    FullFeaturePhase phase = states.phase();
    phase.onAsync(pdu, nowNs);
    AsyncEvent event = pdu.event().orElse(AsyncEvent.VENDOR_SPECIFIC);
    switch (event) {
      case LOGOUT_REQUESTED -> states.logoutRequested(pdu.parameter3(), nowNs);
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
    boolean terminates = pdu.parameter3() == 0;
    ConnectionFailure failure =
        new ConnectionFailure(
            terminates ? Reason.TERMINATED_BY_TARGET : Reason.DROPPED_BY_TARGET,
            "asynchronous event " + event,
            false);
    states.abort(failure.text());
    states.lost(failure, TimeUnit.SECONDS.toNanos(pdu.parameter2()), nowNs);
  }

  /**
   * Sections 11.15.1 and 11.15.3: Time2Wait means something after a logout that did not succeed; of
   * one that did, only to who could take tasks over, at level 2; and nothing where the CID was not
   * found.
   */
  private void onLogoutResponse(LogoutResponse pdu, long nowNs) throws ConnectionBreach {
    states.phase().acknowledge(pdu);
    states.disconnect("logged out");
    boolean success = pdu.response() == LogoutResult.CLOSED;
    boolean waits = !success && pdu.response() != LogoutResult.CID_NOT_FOUND;
    states.lost(
        new ConnectionFailure(
            success ? Reason.LOGGED_OUT : Reason.LOGOUT_UNCONFIRMED,
            "logged out at the target's request (" + pdu.response() + ")",
            false),
        waits ? TimeUnit.SECONDS.toNanos(pdu.time2Wait()) : 0,
        nowNs);
  }

  // ---- what the clock brings

  /** When {@link #onDeadline} is to be called next, or {@link #NO_DEADLINE}. */
  public long nextDeadlineNs() {
    return states.nextDeadlineNs();
  }

  /** Does what is due. May be called early, and then does nothing. */
  public void onDeadline(long nowNs) {
    states.onDeadline(nowNs);
    out.deliver();
  }
}
