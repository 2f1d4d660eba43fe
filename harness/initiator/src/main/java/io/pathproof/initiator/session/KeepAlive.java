package io.pathproof.initiator.session;

/**
 * When to ping, and when to give up (RFC 7143 section 11.18). Whatever comes is a sign of life, so
 * a busy connection is never pinged, and one whose ping waits behind a lot of data is not accused
 * while data comes.
 */
final class KeepAlive {
  /** What is due. */
  enum Due {
    NOTHING,
    PING,
    DEAD
  }

  /** A timer this late says that this side stood still; what came meanwhile is still unread. */
  private static final long LATE_NS = 1_000_000;

  private final long intervalNs;
  private final long timeoutNs;
  private long silentSinceNs;
  private boolean pinged;
  private long creditNs;

  KeepAlive(SessionTimers timers, long nowNs) {
    this.intervalNs = timers.nopIntervalNs();
    this.timeoutNs = timers.nopTimeoutNs();
    this.silentSinceNs = nowNs;
  }

  /** Something came in, or a backlog went out. */
  void progress(long nowNs) {
    silentSinceNs = nowNs;
    creditNs = 0;
  }

  void answered() {
    pinged = false;
  }

  long deadlineNs() {
    if (intervalNs == 0) {
      return Deadline.NONE;
    }
    return Deadline.after(silentSinceNs, pinged ? timeoutNs + creditNs : intervalNs);
  }

  Due due(long nowNs) {
    long deadline = deadlineNs();
    if (nowNs < deadline) {
      return Due.NOTHING;
    }
    if (!pinged) {
      pinged = true;
      silentSinceNs = nowNs;
      creditNs = 0;
      return Due.PING;
    }
    long lateness = nowNs - deadline;
    if (lateness > LATE_NS && creditNs == 0) {
      // Once for each silence: give the socket a turn to be read before the target is accused.
      creditNs = lateness + Math.min(lateness, timeoutNs);
      return Due.NOTHING;
    }
    return Due.DEAD;
  }
}
