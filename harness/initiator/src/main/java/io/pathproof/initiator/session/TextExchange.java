package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.TextReassembly;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One text request with its answer, which may come in parts (RFC 7143 sections 11.10, 11.11). */
abstract class TextExchange {
  private static final int MAX_PARTS = 4096;

  final int tag;
  final long deadlineNs;

  private final TextReassembly text;
  private int parts;
  private boolean restart;

  TextExchange(int tag, long deadlineNs, int maxText) {
    this.tag = tag;
    this.deadlineNs = deadlineNs;
    this.text = new TextReassembly(maxText);
  }

  /** What is asked. */
  abstract KeyValues question();

  /** Whether the text goes on in the next PDU. */
  abstract boolean goesOn(TextResponse response);

  /**
   * Takes a whole text.
   *
   * @return what is to be said to it; empty for nothing
   */
  abstract KeyValues onText(ByteBuffer whole, Outlet out, long nowNs) throws ProtocolException;

  /** The last of the text was taken; what was said takes effect. */
  void done(long nowNs) throws ProtocolException {}

  /** From {@link #onText}: what was said so far does not count, and the question is asked anew. */
  void restart() {
    restart = true;
  }

  /** It ends without its answer. */
  abstract void fail(Failure failure, Outlet out, long nowNs);

  TextRequest first(CommandWindow window) {
    return request(window, 0, Pdu.RESERVED_TAG, question().encode());
  }

  /**
   * Whether it is sent as an immediate command; otherwise it is where the window is closed alone.
   */
  abstract boolean immediate();

  private TextRequest request(
      CommandWindow window, long lun, int targetTransferTag, ByteBuffer data) {
    boolean immediate = immediate() || !window.open();
    int cmdSn = immediate ? window.current() : window.take();
    return new TextRequest(
        immediate, true, false, lun, tag, targetTransferTag, cmdSn, window.expStatSn(), data);
  }

  /** Takes a part; returns the request for the next one, or empty if this was the last. */
  Optional<TextRequest> onResponse(
      TextResponse response, CommandWindow window, Outlet out, long nowNs)
      throws ConnectionBreach, ProtocolException {
    if (++parts > MAX_PARTS) {
      throw ConnectionBreach.protocol(
          response.opcode(), "F", "is 0 in more than " + MAX_PARTS + " parts of one answer");
    }
    Optional<ByteBuffer> whole = text.add(response.data(), goesOn(response));
    KeyValues reply = whole.isPresent() ? onText(whole.get(), out, nowNs) : KeyValues.empty();
    if (restart) {
      restart = false;
      return Optional.of(first(window));
    }
    if (response.finalBit()) {
      done(nowNs);
      return Optional.empty();
    }
    if (response.targetTransferTag() == Pdu.RESERVED_TAG) {
      throw ConnectionBreach.protocol(
          response.opcode(), "Target Transfer Tag", "is 0xffffffff, though F is 0");
    }
    return Optional.of(
        request(
            window,
            response.lun(),
            response.targetTransferTag(),
            reply.isEmpty() ? Pdu.NO_DATA : reply.encode()));
  }
}
