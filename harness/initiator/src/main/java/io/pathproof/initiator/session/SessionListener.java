package io.pathproof.initiator.session;

/** Told what becomes of a session, on the thread that owns it. Must not throw or block. */
public interface SessionListener {
  /** Logged in, for the first time or again; tasks flow. */
  void sessionUp(SessionParameters parameters, long nowNs);

  /**
   * Was up and has lost its connection; it reconnects by itself unless {@link #sessionEnded}
   * follows. Its tasks in flight end with this failure after this call.
   */
  void sessionDown(Failure failure, long nowNs);

  /** Over for good; nothing follows. {@link SessionFailure.Reason#CLOSED} after a logout. */
  void sessionEnded(SessionFailure failure, long nowNs);

  /** For the history. */
  default void event(SessionEvent event, long nowNs) {}
}
