package io.pathproof.targets.array.iscsi;

/** Told what happens at the target; for a journal. Called on the array's thread. */
public interface TargetListener {
  /** A normal session has logged in. */
  default void loggedIn(SessionInfo session, long nowNs) {}

  /** A normal session is gone. */
  default void sessionEnded(SessionInfo session, String why, long nowNs) {}

  /** A login was refused, with its status. */
  default void loginRefused(PortalIdentity at, String initiatorName, int status, long nowNs) {}

  /** A connection was closed because it came to no login; at most one call a second. */
  default void noLogin(PortalIdentity at, String what, long nowNs) {}

  /** An initiator broke the protocol. */
  default void breach(PortalIdentity at, String what, long nowNs) {}
}
