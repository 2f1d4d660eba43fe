package io.pathproof.initiator.session;

/**
 * What lies between a deadline that would cost a connection and the verdict. A timer that fires
 * late tells of this side, not of the other: as much time is granted again, within bounds. And
 * since an answer may lie in the socket unread, it is read before anyone is accused.
 */
final class Doubt {
  /** Timers of a thread that is not held up are later than this only now and then. */
  private static final long LATE_NS = 1_000_000;

  private final Drain drain;
  private final long mostCreditNs;

  /** Until when a deadline that has passed is not believed. */
  private long untilNs = Long.MIN_VALUE;

  private long creditedNs;

  /**
   * @param mostCreditNs what one deadline is put off by at most, on top of the time by which its
   *     timer was late
   */
  Doubt(Drain drain, long mostCreditNs) {
    this.drain = drain;
    this.mostCreditNs = mostCreditNs;
  }

  /** When to ask {@link #isDue} about this deadline, unless a drain is under way. */
  long deadlineNs(long fatalNs) {
    return drain.underWay() ? Deadline.NONE : Math.max(fatalNs, untilNs);
  }

  /**
   * Whether a deadline has passed beyond doubt. If not, ask again at {@link #deadlineNs}, or when
   * the drain that this has begun is over.
   */
  boolean isDue(long fatalNs, long nowNs) {
    if (fatalNs > nowNs || drain.underWay()) {
      return false;
    }
    if (fatalNs > untilNs) {
      untilNs = fatalNs;
      creditedNs = 0;
    }
    if (nowNs < untilNs) {
      return false;
    }
    if (drain.covers(untilNs)) {
      return true;
    }
    long latenessNs = nowNs - untilNs;
    if (latenessNs > LATE_NS && creditedNs < mostCreditNs) {
      long creditNs = Math.min(latenessNs, mostCreditNs - creditedNs);
      creditedNs += creditNs;
      untilNs = nowNs + creditNs;
      return false;
    }
    drain.begin(nowNs);
    return false;
  }
}
