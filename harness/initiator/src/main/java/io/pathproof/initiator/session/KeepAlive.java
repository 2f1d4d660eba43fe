package io.pathproof.initiator.session;

/**
 * When to ping, and from when on silence is fatal (RFC 7143 section 11.18). Whatever comes is a
 * sign of life, and so is a backlog that the other end takes: a busy connection is never pinged,
 * and one whose ping waits in or behind a lot of data is not accused while data moves.
 *
 * <p>Time in which this side stood still does not count, as whatever held it up may have held up
 * the target or the way to it as well: while an answer is awaited there are looks at the clock, and
 * by as much as one is late the wait becomes longer, and by the time before it as well, which once
 * over at most. So a dead connection is found after a timeout of this side's own running time, or
 * two where it hardly runs. What is found fatal is still subject to {@link Doubt}.
 */
final class KeepAlive {
  /**
   * Looks during one timeout; of each standstill no more than the time between two goes unnoticed.
   * Few answers take so long that there is a second one.
   */
  private static final int LOOKS = 25;

  /** Timers of a thread that is not held up are later than this only now and then. */
  private static final long LATE_NS = 1_000_000;

  private final long intervalNs;
  private final long timeoutNs;
  private final long betweenLooksNs;
  private long quietSinceNs;
  private boolean pinged;
  private boolean pingLeft;
  private boolean wanted;
  private long lookAtNs;
  private long creditNs;

  /** The part of the credit for times in which this side may have run or not. */
  private long unsureCreditNs;

  KeepAlive(SessionTimers timers, long nowNs) {
    this.intervalNs = timers.nopIntervalNs();
    this.timeoutNs = timers.nopTimeoutNs();
    this.betweenLooksNs = Math.max(LATE_NS, timeoutNs / LOOKS);
    this.quietSinceNs = nowNs;
  }

  /** Something came in. */
  void progress(long nowNs) {
    if (nowNs > quietSinceNs) {
      quietFrom(nowNs);
    }
  }

  /** The other end took something, at that moment. What was credited since then stays. */
  void taken(long atNs) {
    quietSinceNs = Math.max(quietSinceNs, atNs);
  }

  private void quietFrom(long atNs) {
    quietSinceNs = atNs;
    creditNs = 0;
    unsureCreditNs = 0;
  }

  /** The ping has left this side. Its answer is awaited from here on, not from when it was made. */
  void left(long nowNs) {
    if (pinged && !pingLeft) {
      pingLeft = true;
      progress(nowNs);
    }
  }

  /** Something gives reason to ask now, whatever came before. */
  void want() {
    wanted = !pinged && intervalNs > 0;
  }

  /** The ping was answered. */
  void answered() {
    pinged = false;
  }

  /** Whether a ping is due; if so it counts as made. */
  boolean takePing(long nowNs) {
    if (pinged || pingAtNs() > nowNs) {
      return false;
    }
    pinged = true;
    pingLeft = false;
    wanted = false;
    quietFrom(nowNs);
    lookAtNs = nowNs + betweenLooksNs;
    return true;
  }

  /** Looks at the clock, which may put off what would be fatal. */
  void look(long nowNs) {
    long dueNs = Math.min(lookAtNs, fatalNs());
    if (!pinged || nowNs < dueNs) {
      return;
    }
    long latenessNs = nowNs - Math.max(dueNs, quietSinceNs);
    if (latenessNs > LATE_NS) {
      // Nor is it known that this side ran before the look was due.
      long unsureNs = Math.min(betweenLooksNs, timeoutNs - unsureCreditNs);
      unsureCreditNs += unsureNs;
      creditNs += latenessNs + unsureNs;
    }
    lookAtNs = nowNs + betweenLooksNs;
  }

  /** When to ask {@link #takePing}, or to {@link #look}. */
  long deadlineNs() {
    return pinged ? lookAtNs : pingAtNs();
  }

  private long pingAtNs() {
    return wanted ? quietSinceNs : Deadline.after(quietSinceNs, intervalNs);
  }

  /** From when on the silence after a ping is fatal. */
  long fatalNs() {
    return pinged ? Deadline.after(quietSinceNs, timeoutNs + creditNs) : Deadline.NONE;
  }
}
