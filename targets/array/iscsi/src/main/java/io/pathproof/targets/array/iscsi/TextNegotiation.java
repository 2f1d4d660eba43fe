package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.KeyValues;
import io.pathproof.protocol.iscsi.Negotiation;
import io.pathproof.protocol.iscsi.OperationalKey;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.iscsi.TargetAddress;
import io.pathproof.protocol.iscsi.TextReassembly;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Text requests in full feature phase (RFC 7143 sections 6.2 and 11.10), one at a time. */
final class TextNegotiation {
  private static final int MAX_TEXT = 65_536;

  private final TargetSettings settings;
  private final LoginDirector director;
  private final boolean discovery;
  private TextReassembly text = new TextReassembly(MAX_TEXT);
  private int initiatorMaxRecv;

  /** MaxRecvDataSegmentLength that the next answer declares, and that one has declared. */
  private OptionalInt toDeclare = OptionalInt.empty();

  private OptionalInt declared = OptionalInt.empty();
  private ByteBuffer rest = Pdu.NO_DATA;
  private int transferTag = 1;

  TextNegotiation(
      TargetSettings settings, LoginDirector director, boolean discovery, int initiatorMaxRecv) {
    this.settings = settings;
    this.director = director;
    this.discovery = discovery;
    this.initiatorMaxRecv = initiatorMaxRecv;
  }

  /** What the initiator takes in one data segment, which a text may change. */
  int initiatorMaxRecv() {
    return initiatorMaxRecv;
  }

  /** The next answer declares this MaxRecvDataSegmentLength. */
  void declare(int maxRecvDataSegmentLength) {
    toDeclare = OptionalInt.of(maxRecvDataSegmentLength);
  }

  /** What was declared since this was last asked. */
  OptionalInt takeDeclared() {
    OptionalInt taken = declared;
    declared = OptionalInt.empty();
    return taken;
  }

  /** The answer but for its sequence numbers. */
  TextResponse answer(TextRequest request) throws ProtocolException {
    if (request.targetTransferTag() == Pdu.RESERVED_TAG) {
      // A new request resets whatever was going on (section 11.10.4).
      rest = Pdu.NO_DATA;
    } else if (rest.hasRemaining()) {
      return next(request);
    }
    Optional<ByteBuffer> whole = text.add(request.data(), request.continueBit());
    if (whole.isEmpty()) {
      return response(request, false, false, transferTag++, Pdu.NO_DATA);
    }
    text = new TextReassembly(MAX_TEXT);
    rest = answers(KeyValues.decode(whole.get()));
    return next(request);
  }

  private TextResponse next(TextRequest request) {
    int length = Math.min(rest.remaining(), initiatorMaxRecv);
    ByteBuffer piece = rest.slice(rest.position(), length);
    rest = rest.slice(rest.position() + length, rest.remaining() - length);
    boolean last = !rest.hasRemaining();
    int tag = last ? Pdu.RESERVED_TAG : transferTag++;
    return response(request, last && request.finalBit(), !last, tag, piece);
  }

  private static TextResponse response(
      TextRequest request, boolean last, boolean more, int tag, ByteBuffer data) {
    int transferTag = last ? Pdu.RESERVED_TAG : tag == Pdu.RESERVED_TAG ? 0 : tag;
    return new TextResponse(
        last, more, request.lun(), request.initiatorTaskTag(), transferTag, 0, 0, 0, data);
  }

  private ByteBuffer answers(KeyValues keys) throws ProtocolException {
    KeyValues answers = KeyValues.empty();
    ByteBuffer targets = Pdu.NO_DATA;
    for (Map.Entry<String, String> pair : keys.asMap().entrySet()) {
      OperationalKey key = OperationalKey.of(pair.getKey()).orElse(null);
      if (key == OperationalKey.SEND_TARGETS) {
        targets = targets(pair.getValue());
        if (targets == null) {
          answers = answers.with(key, KeyValues.REJECT);
          targets = Pdu.NO_DATA;
        }
      } else if (key == OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH) {
        initiatorMaxRecv = (int) key.number(pair.getValue());
      } else if (key == null) {
        answers = answers.with(pair.getKey(), Negotiation.answerToUnknownKey());
      } else if (key.use() == OperationalKey.Use.ANY) {
        // A declaration: taken, and not answered.
        continue;
      } else {
        answers = answers.with(key, KeyValues.REJECT);
      }
    }
    if (toDeclare.isPresent()) {
      String bytes = Integer.toString(toDeclare.getAsInt());
      answers = answers.with(OperationalKey.MAX_RECV_DATA_SEGMENT_LENGTH, bytes);
      declared = toDeclare;
      toDeclare = OptionalInt.empty();
    }
    ByteBuffer others = answers.isEmpty() ? Pdu.NO_DATA : answers.encode();
    return ByteBuffer.allocate(others.remaining() + targets.remaining())
        .put(others)
        .put(targets)
        .flip();
  }

  /** Null where the request is not allowed here (section C of RFC 7143). */
  private ByteBuffer targets(String which) {
    boolean all = which.equals("All");
    if (all && !discovery || which.isEmpty() && discovery) {
      return null;
    }
    if (!all && !which.isEmpty() && !which.equals(settings.targetName())) {
      return Pdu.NO_DATA;
    }
    List<TargetAddress> addresses =
        director.advertised().stream()
            .map(
                portal ->
                    new TargetAddress(
                        portal.address(), portal.tcpPort(), OptionalInt.of(portal.portGroup())))
            .toList();
    return SendTargets.encode(List.of(new SendTargets.Target(settings.targetName(), addresses)));
  }
}
