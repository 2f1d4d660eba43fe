package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;

/** A discovery session (RFC 7143 section 4.3): text requests and the logout. */
final class DiscoverySession {
  private static final int WINDOW = 8;

  private final TargetCore target;
  private final TargetConnection connection;
  private TextNegotiation text;
  private int expCmdSn;
  private int statSn;
  private Timers.Timer limit;

  DiscoverySession(TargetCore target, TargetConnection connection, LoginPhase login) {
    this.target = target;
    this.connection = connection;
    this.expCmdSn = login.cmdSn();
  }

  void begin(SessionParameters parameters, int nextStatSn) {
    statSn = nextStatSn;
    text =
        new TextNegotiation(
            target.settings(),
            target.director(),
            true,
            parameters.initiatorMaxRecvDataSegmentLength());
  }

  void onPdu(Pdu pdu, long nowNs) {
    idle(nowNs);
    if (pdu instanceof TextRequest request) {
      count(request.immediate());
      answer(request, nowNs);
    } else if (pdu instanceof NopOut nop) {
      count(nop.immediate());
      if (nop.initiatorTaskTag() != Pdu.RESERVED_TAG) {
        connection.transmit(
            new NopIn(
                0,
                nop.initiatorTaskTag(),
                Pdu.RESERVED_TAG,
                statSn++,
                expCmdSn,
                maxCmdSn(),
                Segments.copy(nop.data(), text.initiatorMaxRecv())));
      }
    } else if (pdu instanceof LogoutRequest logout) {
      count(logout.immediate());
      connection.transmit(
          new LogoutResponse(
              LogoutResult.CLOSED,
              logout.initiatorTaskTag(),
              statSn++,
              expCmdSn,
              maxCmdSn(),
              0,
              0));
      limit.cancel();
      connection.end("logged out", nowNs);
    } else {
      target.listener().breach(connection.portal(), pdu.opcode() + " in a discovery", nowNs);
      limit.cancel();
      connection.end("a PDU that has no place in a discovery", nowNs);
    }
  }

  private void answer(TextRequest request, long nowNs) {
    try {
      TextResponse answer = text.answer(request);
      connection.transmit(
          new TextResponse(
              answer.finalBit(),
              answer.continueBit(),
              answer.lun(),
              answer.initiatorTaskTag(),
              answer.targetTransferTag(),
              statSn++,
              expCmdSn,
              maxCmdSn(),
              answer.data()));
    } catch (ProtocolException e) {
      limit.cancel();
      connection.onBreach(e, nowNs);
    }
  }

  /** A discovery that stands idle is closed like a login that does not come to its end. */
  private void idle(long nowNs) {
    if (limit != null) {
      limit.cancel();
    }
    limit =
        target
            .timers()
            .at(
                nowNs + target.settings().loginTimeoutNs(),
                now -> connection.end("an idle discovery", now));
  }

  private void count(boolean immediate) {
    if (!immediate) {
      expCmdSn++;
    }
  }

  private int maxCmdSn() {
    return expCmdSn + WINDOW - 1;
  }
}
