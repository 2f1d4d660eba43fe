package io.pathproof.targets.array.iscsi;

import java.util.concurrent.TimeUnit;

/**
 * Connections that came to no login, told to the listener one a second: the first at once, the
 * others of that second as their number. So a storm of them does not drive all else out of a
 * journal.
 */
final class Strangers {
  private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(1);

  private final Timers timers;
  private final TargetListener listener;
  private boolean quiet;
  private long untold;

  Strangers(Timers timers, TargetListener listener) {
    this.timers = timers;
    this.listener = listener;
  }

  void tell(PortalIdentity at, String what, long nowNs) {
    if (quiet) {
      untold++;
      return;
    }
    listener.noLogin(at, what, nowNs);
    quiet = true;
    timers.at(nowNs + QUIET_NS, now -> quietEnds(at, now));
  }

  private void quietEnds(PortalIdentity at, long nowNs) {
    quiet = false;
    if (untold > 0) {
      long count = untold;
      untold = 0;
      tell(at, count + " more connections came to no login", nowNs);
    }
  }
}
