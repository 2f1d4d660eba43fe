package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.List;

/** The question for all targets (RFC 7143 appendix C). */
final class SendTargetsExchange extends TextExchange {
  /** Ten thousand targets with four portals each. */
  private static final int MAX_TEXT = 4 << 20;

  private final TargetsListener listener;

  SendTargetsExchange(int tag, long deadlineNs, TargetsListener listener) {
    super(tag, deadlineNs, MAX_TEXT);
    this.listener = listener;
  }

  /** istgt counts an immediate one as a command too, so that its ExpCmdSN would be wrong. */
  @Override
  boolean immediate() {
    return false;
  }

  @Override
  KeyValues question() {
    return KeyValues.empty().with(OperationalKey.SEND_TARGETS, "All");
  }

  /** The list is one text, whatever C says of its parts. */
  @Override
  boolean goesOn(TextResponse response) {
    return !response.finalBit();
  }

  @Override
  KeyValues onText(ByteBuffer whole, Outlet out, long nowNs) throws ProtocolException {
    List<SendTargets.Target> targets = SendTargets.decode(whole);
    out.later(() -> listener.found(targets, nowNs));
    return KeyValues.empty();
  }

  @Override
  void fail(Failure failure, Outlet out, long nowNs) {
    out.later(() -> listener.failed(failure, nowNs));
  }
}
