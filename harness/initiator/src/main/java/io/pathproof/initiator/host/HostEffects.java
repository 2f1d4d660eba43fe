package io.pathproof.initiator.host;

import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionSettings;

/** What a {@link HostCore} wants done or told; all on the thread that owns the core. */
public interface HostEffects {
  /** Ask a link's portal for its targets; answer by onDiscovered or onDiscoveryFailed, once. */
  void discover(HostLink link, SessionSettings settings);

  /**
   * Make a session and start its login over links of the same adapter.
   *
   * @param session its number from here on: from 0 without gaps in the order of opening, or below 0
   *     for one that only fences; one that has ended may be opened anew
   */
  void open(int session, HostLink link, SessionSettings settings, SessionListener listener);

  /** Give a task to a session that has not ended. */
  void submit(int session, ScsiTask task);

  /**
   * Keep a logical unit's tasks back after each login from the next one on, as {@link
   * io.pathproof.initiator.session.SessionCore#guard} does.
   *
   * @param lun the raw eight bytes
   */
  void guard(int session, long lun);

  /** It is the logical unit that it was: send what was kept back. */
  void admit(int session, long lun);

  /** It is not, or does not say so: fail what was kept back, and what follows. */
  void refuse(int session, long lun, String why);

  /** Log out of a session; its listener is told the end. */
  void logout(int session);

  /** End a session at once; its listener is told the end. */
  void close(int session);

  /** Every link has been tried once, or the time for that is over: devices are there. */
  void ready();

  /** All sessions have ended. */
  void detached();

  /** Call {@link HostCore#onDeadline} then, and no more at the time that was asked for before. */
  void wakeAt(long deadlineNs);

  /** For the history. */
  void event(HostEvent event, long nowNs);
}
