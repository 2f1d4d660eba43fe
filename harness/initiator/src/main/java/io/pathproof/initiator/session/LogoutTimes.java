package io.pathproof.initiator.session;

import java.util.concurrent.TimeUnit;

/**
 * When a logout is sent at the latest, and when its answer is waited for no longer; for a logout of
 * the user's and for one that the target asks for (RFC 7143 section 11.9.1, event 1), which may
 * meet: the earlier time counts.
 */
final class LogoutTimes {
  private final long answerNs;
  private long sendByNs = Deadline.NONE;
  private long answeredByNs = Deadline.NONE;

  LogoutTimes(SessionTimers timers) {
    this.answerNs = timers.abortTimeoutNs();
  }

  /** The user wants it: tasks in flight may take as long as an abort. */
  void wanted(long nowNs) {
    sendByNs = Math.min(sendByNs, Deadline.after(nowNs, answerNs));
  }

  /**
   * The target wants it within so many seconds: half of them are for tasks in flight to end, the
   * rest for the logout itself.
   */
  void requested(int withinSec, long nowNs) {
    long withinNs = TimeUnit.SECONDS.toNanos(withinSec);
    sendByNs = Math.min(sendByNs, nowNs + withinNs / 2);
    answeredByNs =
        Math.min(answeredByNs, Deadline.after(nowNs, withinSec == 0 ? answerNs : withinNs));
  }

  /** Whether tasks in flight have had their time. */
  boolean sendNow(long nowNs) {
    return sendByNs <= nowNs;
  }

  /** The Logout Request goes out. */
  void sent(long nowNs) {
    sendByNs = Deadline.NONE;
    if (answeredByNs == Deadline.NONE) {
      answeredByNs = Deadline.after(nowNs, answerNs);
    }
  }

  void clear() {
    sendByNs = Deadline.NONE;
    answeredByNs = Deadline.NONE;
  }

  long sendByNs() {
    return sendByNs;
  }

  long answeredByNs() {
    return answeredByNs;
  }
}
