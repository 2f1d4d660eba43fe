package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.Reject;

/** Something worth a place in the history; a session acts on it by itself. */
public sealed interface SessionEvent {
  /** The session changed its state. */
  record StateChanged(SessionState from, SessionState to) implements SessionEvent {}

  /** A connection to the portal is being tried. */
  record Connecting(Portal portal) implements SessionEvent {}

  /** A login was redirected (status 0x0101 or 0x0102). */
  record Redirected(Portal from, Portal to, boolean permanent) implements SessionEvent {}

  /** An attempt to connect and log in failed; the next one follows after the reconnect delay. */
  record LoginFailed(Portal portal, Failure failure) implements SessionEvent {}

  /**
   * The target refused the login with this status (RFC 7143 section 11.13.5); {@link LoginFailed}
   * follows.
   *
   * @param statusClass 2 or 3; others are not defined
   * @param statusDetail 0 to 255
   */
  record LoginRefused(Portal portal, int statusClass, int statusDetail) implements SessionEvent {}

  /** The target asked in the login for a proof by CHAP (RFC 7143 section 12.1.3). */
  record ChapChallenged(Portal portal) implements SessionEvent {}

  /** The target sent an asynchronous message. */
  record AsyncReceived(AsyncMessage message) implements SessionEvent {}

  /** The target changed what was negotiated, which counts from now on. */
  record ParametersChanged(SessionParameters parameters) implements SessionEvent {}

  /** The target sent a Reject. */
  record Rejected(Reject reject) implements SessionEvent {}

  /** A task's time was over, or it was cancelled: ABORT TASK was sent for it. */
  record AbortSent(ScsiTask task, boolean timedOut) implements SessionEvent {}

  /**
   * A command waits for far longer than this connection has let expect, {@link
   * SessionTimers#overdueFloorNs()} at least. It goes on; a ping asks whether the target is there.
   *
   * @param waitedNs since it was sent, or since its data last moved
   * @param allowedNs what the answers so far let expect at most
   */
  record CommandOverdue(ScsiTask task, long waitedNs, long allowedNs) implements SessionEvent {}

  /** The target confirmed that an aborted task is gone. */
  record AbortConfirmed(ScsiTask task) implements SessionEvent {}

  /** A NOP-Out ping was sent because nothing had come for the NOP interval. */
  record PingSent() implements SessionEvent {}

  /** The target answered the ping that was sent last. */
  record PingAnswered() implements SessionEvent {}

  /**
   * The target said what contradicts itself, and what the standard has an initiator ignore (RFC
   * 7143 section 4.2.2.1).
   *
   * @param what PDU, field and values
   */
  record Contradicted(String what) implements SessionEvent {}

  /** A PDU that belongs to nothing was ignored. */
  record Ignored(String what) implements SessionEvent {}
}
