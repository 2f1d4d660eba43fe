package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.Pdu;

/** Signatures only so far; behaviour follows in the next commits. */
public final class SessionCore {
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  public SessionCore(SessionSettings settings, ChallengeSource challenges, SessionEffects effects) {
    throw new UnsupportedOperationException();
  }

  /** Starts the first login. */
  public void start(long nowNs) {}

  public void submit(ScsiTask task, long nowNs) {}

  /** Aborts one task. */
  public void cancel(ScsiTask task, long nowNs) {}

  public void manage(TaskManagement function, long nowNs) {}

  /** Orderly end: Logout, then FREE. */
  public void logout(long nowNs) {}

  /** End at once, without Logout. */
  public void close(long nowNs) {}

  public void onConnected(long nowNs) {}

  public void onConnectFailed(ConnectionFailure failure, long nowNs) {}

  public void onPdu(Pdu pdu, long nowNs) {}

  public void onClosed(ConnectionFailure failure, long nowNs) {}

  public void onProtocolError(ProtocolException error, long nowNs) {}

  public long nextDeadlineNs() {
    return NO_DEADLINE;
  }

  public void onDeadline(long nowNs) {}

  public SessionState state() {
    return SessionState.FREE;
  }

  /** Tasks that were submitted and have not ended. */
  public int outstanding() {
    return 0;
  }
}
