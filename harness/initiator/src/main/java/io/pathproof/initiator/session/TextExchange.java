package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TextReassembly;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** One text request with its answer, which may come in parts (RFC 7143 sections 11.10, 11.11). */
final class TextExchange {
  /** Ten thousand targets with four portals each. */
  private static final int MAX_TEXT = 4 << 20;

  private static final int MAX_PARTS = 4096;

  final int tag;
  final long deadlineNs;

  /** Null where parameters are negotiated, which no listener asked for. */
  private final TargetsListener listener;

  private final KeyValues question;
  private final TextReassembly text = new TextReassembly(MAX_TEXT);
  private int parts;

  private TextExchange(int tag, long deadlineNs, TargetsListener listener, KeyValues question) {
    this.tag = tag;
    this.deadlineNs = deadlineNs;
    this.listener = listener;
    this.question = question;
  }

  static TextExchange sendTargets(int tag, long deadlineNs, TargetsListener listener) {
    return new TextExchange(
        tag, deadlineNs, listener, KeyValues.empty().with(OperationalKey.SEND_TARGETS, "All"));
  }

  /** What the target asks for with asynchronous event 4; we have nothing to change. */
  static TextExchange negotiation(int tag, long deadlineNs, int maxRecvDataSegmentLength) {
    return new TextExchange(
        tag,
        deadlineNs,
        null,
        KeyValues.empty()
            .with(
                OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH,
                Integer.toString(maxRecvDataSegmentLength)));
  }

  TextRequest first(CommandWindow window) {
    return request(window, Pdu.RESERVED_TAG, question.encode());
  }

  private TextRequest request(CommandWindow window, int targetTransferTag, ByteBuffer data) {
    return new TextRequest(
        true, true, false, 0, tag, targetTransferTag, window.current(), window.expStatSn(), data);
  }

  /** Takes a part; returns the request for the next one, or empty if this was the last. */
  Optional<TextRequest> onResponse(
      TextResponse response, CommandWindow window, Outlet out, long nowNs)
      throws ConnectionBreach, ProtocolException {
    if (++parts > MAX_PARTS) {
      throw ConnectionBreach.protocol("a text answer in more than " + MAX_PARTS + " parts");
    }
    Optional<ByteBuffer> whole = text.add(response.data(), !response.finalBit());
    if (whole.isEmpty()) {
      if (response.targetTransferTag() == Pdu.RESERVED_TAG) {
        throw ConnectionBreach.protocol("a text answer is to go on but has no Target Transfer Tag");
      }
      return Optional.of(request(window, response.targetTransferTag(), Pdu.NO_DATA));
    }
    if (listener != null) {
      List<SendTargets.Target> targets = SendTargets.decode(whole.get());
      out.later(() -> listener.found(targets, nowNs));
    }
    return Optional.empty();
  }

  void fail(Failure failure, Outlet out, long nowNs) {
    if (listener != null) {
      out.later(() -> listener.failed(failure, nowNs));
    }
  }
}
