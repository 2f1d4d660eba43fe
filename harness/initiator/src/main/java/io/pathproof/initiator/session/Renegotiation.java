package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.Negotiation;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The negotiation that a target asks for in the full feature phase (RFC 7143 section 11.9.1, event
 * 4). This side has nothing to change; of what the target may say there, its
 * MaxRecvDataSegmentLength alone changes anything (section 13, keys whose use is ALL).
 */
final class Renegotiation extends TextExchange {
  /** As in a login. */
  private static final int MAX_TEXT = 65_536;

  /** Told what is in force from now on. */
  @FunctionalInterface
  interface Listener {
    void changed(SessionParameters parameters, long nowNs);
  }

  private final SessionParameters parameters;
  private final Listener listener;

  Renegotiation(int tag, long deadlineNs, SessionParameters parameters, Listener listener) {
    super(tag, deadlineNs, MAX_TEXT);
    this.parameters = parameters;
    this.listener = listener;
  }

  @Override
  KeyValues question() {
    return KeyValues.empty()
        .with(
            OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH,
            Integer.toString(parameters.maxRecvDataSegmentLength()));
  }

  @Override
  boolean goesOn(TextResponse response) {
    return response.continueBit();
  }

  @Override
  KeyValues onText(ByteBuffer whole, Outlet out, long nowNs) throws ProtocolException {
    KeyValues replies = KeyValues.empty();
    for (Map.Entry<String, String> entry : KeyValues.decode(whole).asMap().entrySet()) {
      OperationalKey key = OperationalKey.of(entry.getKey()).orElse(null);
      if (key == OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH) {
        int length = (int) key.number(entry.getValue());
        if (length != parameters.maxSendDataSegmentLength()) {
          listener.changed(parameters.withMaxSendDataSegmentLength(length), nowNs);
        }
      } else if (Negotiation.isOffer(entry.getValue())) {
        if (key == null) {
          replies = replies.with(entry.getKey(), Negotiation.answerToUnknownKey());
        } else if (key.result() != OperationalKey.Result.DECLARATIVE) {
          // it belongs into a login, and what was agreed there holds
          replies = replies.with(key, KeyValues.REJECT);
        }
      }
    }
    return replies;
  }

  @Override
  void fail(Failure failure, Outlet out, long nowNs) {
    // nobody on this side asked
  }
}
