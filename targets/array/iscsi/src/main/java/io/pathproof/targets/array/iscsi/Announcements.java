package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.AsyncEvent;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.scsi.Sense;
import java.nio.ByteBuffer;

/** Asynchronous messages of one session, and what they announce (RFC 7143 section 11.9). */
final class Announcements {
  private final TargetCore target;
  private final TargetSession session;
  private final int cid;
  private Timers.Timer logoutLimit;
  private Timers.Timer textLimit;

  Announcements(TargetCore target, TargetSession session, int cid) {
    this.target = target;
    this.session = session;
    this.cid = cid;
  }

  private void send(
      AsyncEvent event, long lun, int vendorCode, int one, int two, int three, ByteBuffer data) {
    session
        .connection()
        .transmit(
            new AsyncMessage(
                lun,
                session.nextStatSn(),
                session.expCmdSn(),
                session.maxCmdSn(),
                event.code(),
                vendorCode,
                one,
                two,
                three,
                data));
  }

  private Timers.Timer limit(int seconds, String why, long nowNs) {
    return target
        .timers()
        .at(nowNs + seconds * 1_000_000_000L, now -> session.connection().end(why, now));
  }

  /** Event 0. */
  void scsiEvent(long lun, Sense sense) {
    send(AsyncEvent.SCSI_EVENT, lun, 0, 0, 0, 0, ScsiResponse.senseSegment(sense.encode()));
  }

  /** Event 1; drops the connection if no logout comes. */
  void requestLogout(int seconds, long nowNs) {
    send(AsyncEvent.LOGOUT_REQUESTED, 0, 0, 0, 0, seconds, Pdu.NO_DATA);
    if (logoutLimit == null) {
      logoutLimit = limit(seconds, "no logout within its time", nowNs);
    }
  }

  /** Events 2 and 3, which are the same where a session has one connection; nothing is retained. */
  void drop(boolean all, int time2WaitSec, long nowNs) {
    send(
        all ? AsyncEvent.ALL_CONNECTIONS_DROPPED : AsyncEvent.CONNECTION_DROPPED,
        0,
        0,
        all ? 0 : cid,
        time2WaitSec,
        0,
        Pdu.NO_DATA);
    session.connection().end("dropped, as announced", nowNs);
  }

  /** Event 4; drops the connection if no Text Request comes. */
  void requestNegotiation(int seconds, long nowNs) {
    send(AsyncEvent.NEGOTIATION_REQUESTED, 0, 0, 0, 0, seconds, Pdu.NO_DATA);
    if (textLimit == null) {
      textLimit = limit(seconds, "no Text Request within its time", nowNs);
    }
  }

  /** A Text Request has come. */
  void negotiating() {
    if (textLimit != null) {
      textLimit.cancel();
      textLimit = null;
    }
  }

  /** Event 255. */
  void vendorEvent(int code) {
    send(AsyncEvent.VENDOR_SPECIFIC, 0, code, 0, 0, 0, Pdu.NO_DATA);
  }

  /** The session is gone. */
  void cancel() {
    negotiating();
    if (logoutLimit != null) {
      logoutLimit.cancel();
    }
  }
}
