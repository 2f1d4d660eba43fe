package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionSettings;
import io.pathproof.initiator.session.TargetsListener;

/** What an {@link Examination} wants done. None of these calls back before it returns. */
interface ExaminationEffects {
  /** Look up the way to the portal; {@link Examination#onRoute} follows. */
  void route();

  /** Log in; a session that was opened before is ended first. */
  void open(SessionSettings settings, SessionListener listener);

  /**
   * Look up the name of a portal that a login was redirected to; {@link Examination#onName}
   * follows.
   */
  void lookUp(Portal portal);

  /** Ask for the targets. */
  void sendTargets(TargetsListener listener);

  /** Send a command. */
  void submit(ScsiTask task);

  /** Call {@link Examination#onDeadline} then; times asked for before still count. */
  void wakeAt(long deadlineNs);

  /**
   * See whether the portal's address answers pings; {@link Examination#onPing} or {@link
   * Examination#onNoPing} follows.
   */
  void ping();

  /**
   * The examination is over; its session is to be ended.
   *
   * @param inOrder whether a logout makes sense, rather than to drop the connection
   */
  void ended(PathReport report, boolean inOrder);
}
