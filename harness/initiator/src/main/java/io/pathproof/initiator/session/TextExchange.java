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

  /** One I bit for all requests (section 11.10.3). */
  private boolean immediate;

  private int cmdSn;

  /** What is to be sent next, or null while an answer is awaited. */
  private Next next;

  private record Next(long lun, int targetTransferTag, ByteBuffer data) {}

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

  /**
   * Whether its requests are to be immediate ones; they are as well where the window is closed when
   * it begins.
   */
  abstract boolean immediate();

  /** Sends the question. */
  void begin(CommandWindow window, Outlet out) {
    immediate = immediate() || !window.open();
    next = first();
    pump(window, out);
  }

  private Next first() {
    return new Next(0, Pdu.RESERVED_TAG, question().encode());
  }

  /** Sends the next request, which waits for the window where it is no immediate one. */
  void pump(CommandWindow window, Outlet out) {
    if (next == null || !immediate && !window.open()) {
      return;
    }
    cmdSn = immediate ? window.current() : window.take();
    out.send(
        new TextRequest(
            immediate,
            true,
            false,
            next.lun(),
            tag,
            next.targetTransferTag(),
            cmdSn,
            window.expStatSn(),
            next.data()));
    next = null;
  }

  /** Whether its last request is one of those that the target executes in order of CmdSN. */
  boolean inOrder() {
    return !immediate;
  }

  /** Of its last request. */
  int cmdSn() {
    return cmdSn;
  }

  /** Takes a part; false if this was the last. */
  boolean onResponse(TextResponse response, Outlet out, long nowNs)
      throws ConnectionBreach, ProtocolException {
    if (next != null) {
      throw ConnectionBreach.protocol(
          response.opcode(), "Initiator Task Tag", "answers a request that waits for the window");
    }
    if (++parts > MAX_PARTS) {
      throw ConnectionBreach.protocol(
          response.opcode(), "F", "is 0 in more than " + MAX_PARTS + " parts of one answer");
    }
    Optional<ByteBuffer> whole = text.add(response.data(), goesOn(response));
    KeyValues reply = whole.isPresent() ? onText(whole.get(), out, nowNs) : KeyValues.empty();
    if (restart) {
      restart = false;
      next = first();
      return true;
    }
    if (response.finalBit()) {
      done(nowNs);
      return false;
    }
    if (response.targetTransferTag() == Pdu.RESERVED_TAG) {
      throw ConnectionBreach.protocol(
          response.opcode(), "Target Transfer Tag", "is 0xffffffff, though F is 0");
    }
    next =
        new Next(
            response.lun(),
            response.targetTransferTag(),
            reply.isEmpty() ? Pdu.NO_DATA : reply.encode());
    return true;
  }
}
