package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LoginResponse;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The way to a login: at which portal it begins, where redirections lead, by when it has to be
 * done, and when the next one begins.
 */
final class LoginAttempts {
  private final SessionSettings settings;
  private final ChallengeSource challenges;
  private final int initialCmdSn;
  private final ChallengeMemory memory = new ChallengeMemory();

  private Portal original;
  private RedirectTrail trail;
  private LoginCore login;
  private boolean everSucceeded;
  private boolean securityStage;
  private long deadlineNs = Deadline.NONE;
  private long nextAtNs = Deadline.NONE;

  LoginAttempts(SessionSettings settings, ChallengeSource challenges, int initialCmdSn) {
    this.initialCmdSn = initialCmdSn;
    this.settings = settings;
    this.challenges = challenges;
    this.original = settings.portal();
    this.trail = new RedirectTrail(original);
    this.securityStage = settings.offer().securityStage();
  }

  /** Begins at the original portal: a temporary redirection has had its time. */
  void begin(long nowNs) {
    login = null;
    nextAtNs = Deadline.NONE;
    deadlineNs = Deadline.after(nowNs, settings.timers().loginTimeoutNs());
    trail = new RedirectTrail(original);
  }

  /** Where the attempt stands now, behind the redirections followed so far. */
  Portal portal() {
    return trail.current();
  }

  /** The connection is up: the request that begins the login. */
  LoginRequest connected() {
    login =
        new LoginCore(settings, trail.current(), securityStage, initialCmdSn, challenges, memory);
    return login.first();
  }

  LoginCore.Step onResponse(LoginResponse response) {
    return login.onResponse(response);
  }

  /** Whether the target has posed a CHAP challenge in this login. */
  boolean challenged() {
    return login.challenged();
  }

  /** The target wants the stage SecurityNegotiation: all logins have it from now on. */
  void securityWanted() {
    login = null;
    securityStage = true;
  }

  /** Follows a redirection; the failure if it goes round or too far. */
  Optional<SessionFailure> follow(LoginCore.Step.Redirected step) {
    login = null;
    Optional<SessionFailure> astray = trail.follow(step.to(), step.permanent());
    // where redirections go round, none of them says where the target is
    original = astray.isEmpty() ? trail.nextOriginal(original) : trail.start();
    return astray;
  }

  void succeeded() {
    everSucceeded = true;
    stop();
  }

  /** Whether the session was logged in once: from then on a refusal is not its end. */
  boolean everSucceeded() {
    return everSucceeded;
  }

  /** The next attempt begins then. */
  void next(long atNs) {
    stop();
    nextAtNs = atNs;
  }

  /** No attempt is under way or to come. */
  void stop() {
    login = null;
    deadlineNs = Deadline.NONE;
    nextAtNs = Deadline.NONE;
  }

  /** When the time for the attempt under way is over. */
  long deadlineNs() {
    return deadlineNs;
  }

  long nextAtNs() {
    return nextAtNs;
  }

  /** Whether the next attempt is to begin. */
  boolean due(long nowNs) {
    return nextAtNs <= nowNs;
  }

  ConnectionFailure timedOut(boolean connected) {
    return new ConnectionFailure(
        ConnectionFailure.Reason.LOGIN_TIMED_OUT,
        "%s within %d ms"
            .formatted(
                connected ? "connected, but not logged in" : "not connected",
                TimeUnit.NANOSECONDS.toMillis(settings.timers().loginTimeoutNs())),
        false);
  }
}
