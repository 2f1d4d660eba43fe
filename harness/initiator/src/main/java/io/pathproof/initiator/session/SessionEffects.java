package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.Pdu;

/**
 * What a session core wants done. Called from within the core's inputs, on their thread. The
 * listener's methods are called last, when the core is consistent, so that a listener may call the
 * core again.
 *
 * <p>There is at most one connection. It begins with {@link #connect} and ends with {@link
 * #disconnect} or {@link #abort}, or with {@link SessionCore#onClosed} or {@link
 * SessionCore#onConnectFailed}; after the former two nothing of that connection may be passed to
 * the core any more.
 */
public interface SessionEffects extends SessionListener {
  /** Open a connection; answer with onConnected or onConnectFailed. Digests are off at first. */
  void connect(Portal portal);

  /** Send a PDU on the connection; its data must not be changed until the task ends. */
  void send(Pdu pdu);

  /** From the next PDU on, in both directions. */
  void digests(Digests digests);

  /** From the next PDU on, accept data segments up to this many bytes; 8192 at first. */
  void maxRecvDataSegmentLength(int bytes);

  /**
   * Something is overdue, and the connection may be dead. Pass on all that its socket holds by now,
   * then say what the other end has taken ({@link SessionCore#onTaken}) where that can be known,
   * and then call {@link SessionCore#onDrained}; not from within this call.
   */
  void drain();

  /**
   * Close the connection: all that there was to say has been said, and answered. What was sent
   * before is to go out first where it can.
   */
  void disconnect(String why);

  /**
   * Give the connection up with whatever is under way on it. Nothing may be delivered any more of
   * what was sent and has not left this side: an old write would land when the way is back.
   */
  void abort(String why);
}
