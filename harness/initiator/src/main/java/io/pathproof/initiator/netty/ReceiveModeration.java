package io.pathproof.initiator.netty;

/**
 * How much has to have come before a connection is read (SO_RCVLOWAT, socket(7)), as network
 * adapters moderate their interrupts: the answers of a deep queue are taken several at a time, and
 * what is asked next goes out in one write, which costs both ends a fraction of the processor time
 * of one wake-up for each answer.
 *
 * <p>What is waited for is at most what comes in {@link #MOST_NS} at the pace of the last reads,
 * and so much less than what the target owes that it is left with work for as long again: while the
 * loop wakes up and sends what is asked next the target must not run dry. An answer of a slow
 * target, or of a shallow queue, is read at once. Of large answers a quarter of what is owed may be
 * waited for, as most of a command's data comes long before its end. Where less comes than was to
 * be expected {@link #look} ends the wait. Without threads and clocks; times are nanoseconds of one
 * monotonic clock, sizes are bytes.
 */
final class ReceiveModeration {
  /** Every byte is read as it comes. */
  static final int AT_ONCE = 1;

  /** Between looks whether anything has been read: so long can an answer lie unread, and twice. */
  static final long LOOK_NS = 1_000_000;

  /** For how long is waited, by the pace of the last reads, and has the target work left. */
  private static final double MOST_NS = 150_000;

  /** It pays to wait for so many answers, */
  private static final int SOME = 4;

  /** or for so much of large ones, */
  private static final int LARGE = 64 * 1024;

  /** and no more of what is owed than this part. */
  private static final int SHARE = 4;

  /** A socket holds more, and is to be emptied before it is full. */
  private static final int MOST = 256 * 1024;

  /** Reads in a row that would wait for more (or for less) before the mark moves. */
  private static final int STEADY = 16;

  /** Weight of the last read in the pace. */
  private static final double WEIGHT = 1.0 / 8;

  private static final long NEVER = Long.MIN_VALUE;

  private int mark = AT_ONCE;
  private int steady;
  private long lastNs = NEVER;
  private boolean readSince;

  /** Of the last reads, weighted: bytes, and nanoseconds from one to the next. */
  private double bytes;

  private double apartNs;

  /** What has to have come before the next read. */
  int mark() {
    return mark;
  }

  /**
   * Something was read, and what followed from it was sent.
   *
   * @param read bytes
   * @param inFlight commands that the target has not answered
   * @param owed bytes of their answers that have not come; at least 0
   */
  void read(int read, int inFlight, long owed, long nowNs) {
    if (lastNs == NEVER) {
      lastNs = nowNs;
      return;
    }
    bytes += (read - bytes) * WEIGHT;
    apartNs += (Math.max(1, nowNs - lastNs) - apartNs) * WEIGHT;
    lastNs = nowNs;
    readSince = true;
    int best = best(inFlight, owed);
    if (best < mark && mark > owed / 2) {
      mark = best;
      steady = 0;
    } else if (best > mark + mark / 4 || best < mark - mark / 4) {
      if (++steady == STEADY) {
        mark = best;
        steady = 0;
      }
    } else {
      steady = 0;
    }
  }

  private int best(int inFlight, long owed) {
    double comes = bytes / apartNs * MOST_NS;
    double most = Math.min(MOST, comes);
    int part = (int) Math.min(most, owed / SHARE);
    if (part >= LARGE) {
      return part;
    }
    int spare = (int) Math.min(most, owed - comes);
    return inFlight > 0 && spare >= SOME * owed / inFlight ? spare : AT_ONCE;
  }

  /** To be called each {@link #LOOK_NS} while there is a mark: nothing waits for what stays out. */
  void look() {
    if (!readSince) {
      atOnce();
    }
    readSince = false;
  }

  /** Whatever lies there is to be read. */
  void atOnce() {
    mark = AT_ONCE;
    steady = 0;
  }
}
