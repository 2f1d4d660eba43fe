package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.Negotiation;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.HashMap;
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

  /** What the target has said so far, by key. */
  private final Map<String, String> said = new HashMap<>();

  Renegotiation(int tag, long deadlineNs, SessionParameters parameters, Listener listener) {
    super(tag, deadlineNs, MAX_TEXT);
    this.parameters = parameters;
    this.listener = listener;
  }

  /** In time whatever the commands before it do; a rejected one leaves no gap in CmdSN. */
  @Override
  boolean immediate() {
    return true;
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
    for (Map.Entry<String, String> entry : keys(whole).asMap().entrySet()) {
      if (said.putIfAbsent(entry.getKey(), entry.getValue()) != null) {
        return again();
      }
      OperationalKey key = OperationalKey.of(entry.getKey()).orElse(null);
      if (key == OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH) {
        key.number(entry.getValue());
      } else if (Negotiation.isOffer(entry.getValue())) {
        if (key == null) {
          replies = replies.with(entry.getKey(), Negotiation.answerToUnknownKey());
        } else if (key.result() != OperationalKey.Result.DECLARATIVE) {
          // it belongs into a login, and what was agreed there holds
          replies = replies.with(key, KeyValues.REJECT);
        }
      }
    }
    int length = replies.encode().remaining();
    if (length > parameters.maxSendDataSegmentLength()) {
      throw new ProtocolException(
          ProtocolException.Kind.NEGOTIATION,
          "TEXT_RESPONSE",
          "text",
          -1,
          "asks for answers of %d bytes, of which the target takes %d"
              .formatted(length, parameters.maxSendDataSegmentLength()));
    }
    return replies;
  }

  /** Empty, and the negotiation is begun anew, where a key comes twice. */
  private KeyValues keys(ByteBuffer whole) throws ProtocolException {
    try {
      return KeyValues.decode(whole);
    } catch (ProtocolException e) {
      if (e.kind() == ProtocolException.Kind.NEGOTIATION) {
        return again();
      }
      throw e;
    }
  }

  /** Section 6.4: a target that declares or negotiates a key again has it all begun anew. */
  private KeyValues again() {
    said.clear();
    restart();
    return KeyValues.empty();
  }

  @Override
  void done(long nowNs) throws ProtocolException {
    OperationalKey key = OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH;
    String value = said.get(key.keyName());
    int before = parameters.maxSendDataSegmentLength();
    int length = value == null ? before : (int) key.number(value);
    if (length != before) {
      listener.changed(parameters.withMaxSendDataSegmentLength(length), nowNs);
    }
  }

  @Override
  void fail(Failure failure, Outlet out, long nowNs) {
    // nobody on this side asked
  }
}
