package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Digests;
import io.pathproof.protocol.iscsi.LoginRequest;
import io.pathproof.protocol.iscsi.LogoutReason;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.LogoutResult;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.PduEncoder;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.RejectReason;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.SerialNumber;
import io.pathproof.protocol.iscsi.SnackRequest;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import io.pathproof.targets.array.scsi.Nexus;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/** A normal session in full feature phase: sequence numbers, order, and everything but tasks. */
final class TargetSession {
  private static final int HEADER = 48;

  private final TargetCore target;
  private final TargetConnection connection;
  private final Nexus nexus;
  private final int tsih;
  private final int cid;
  private final long sinceNs;
  private final Announcements announcements;
  private final Map<Integer, Pdu> early = new HashMap<>();

  /** CmdSNs of commands that were aborted before their turn. */
  private final Set<Integer> abortedInAdvance = new HashSet<>();

  private SessionParameters parameters;
  private TaskSet tasks;
  private TextNegotiation text;
  private int expCmdSn;
  private int maxCmdSn;
  private int statSn;
  private long lastHeardNs;
  private boolean pinged;
  private Timers.Timer idle;

  TargetSession(
      TargetCore target, TargetConnection connection, LoginPhase login, int tsih, long nowNs) {
    this.target = target;
    this.connection = connection;
    this.tsih = tsih;
    this.cid = login.cid();
    this.announcements = new Announcements(target, this, cid);
    this.sinceNs = nowNs;
    this.lastHeardNs = nowNs;
    this.expCmdSn = login.cmdSn();
    PortalIdentity portal = connection.portal();
    this.nexus =
        new Nexus(
            login.initiatorName(),
            login.isid().value(),
            portal.node(),
            portal.port(),
            portal.relativePortId(),
            portal.portGroup(),
            target.settings().targetName());
  }

  /** Full feature phase begins. */
  void begin(SessionParameters agreed, int nextStatSn) {
    parameters = agreed;
    statSn = nextStatSn;
    tasks = new TaskSet(target, this, agreed);
    maxCmdSn = expCmdSn + target.settings().queueDepth() - 1;
    text =
        new TextNegotiation(
            target.settings(),
            target.director(),
            false,
            agreed.initiatorMaxRecvDataSegmentLength());
    watch(lastHeardNs);
  }

  int tsih() {
    return tsih;
  }

  Nexus nexus() {
    return nexus;
  }

  TargetConnection connection() {
    return connection;
  }

  TaskSet tasks() {
    return tasks;
  }

  SessionInfo info() {
    return new SessionInfo(
        tsih,
        nexus.initiatorName(),
        nexus.isid(),
        connection.portal(),
        sinceNs,
        tasks == null ? 0 : tasks.size());
  }

  void onPdu(Pdu pdu, long nowNs) {
    lastHeardNs = nowNs;
    if (pdu instanceof DataOut data) {
      tasks.onDataOut(data, nowNs);
      return;
    }
    if (pdu instanceof SnackRequest || pdu instanceof LoginRequest) {
      target.listener().breach(connection.portal(), pdu.opcode() + " is not served here", nowNs);
      boolean snack = pdu instanceof SnackRequest;
      reject(snack ? RejectReason.SNACK_REJECT : RejectReason.PROTOCOL_ERROR, pdu);
      if (!snack) {
        connection.end("a login in full feature phase", nowNs);
      }
      return;
    }
    if (pdu.immediate()) {
      deliver(pdu, nowNs);
      return;
    }
    int cmdSn = cmdSn(pdu);
    if (!SerialNumber.inWindow(cmdSn, expCmdSn, maxCmdSn)) {
      // RFC 7143 section 4.2.2.1: silently ignored.
      target
          .listener()
          .breach(
              connection.portal(), "CmdSN 0x%08x is outside of the window".formatted(cmdSn), nowNs);
      return;
    }
    if (cmdSn != expCmdSn) {
      early.put(cmdSn, Early.keep(pdu));
      return;
    }
    take(pdu, nowNs);
    while (!early.isEmpty() && early.containsKey(expCmdSn)) {
      take(early.remove(expCmdSn), nowNs);
    }
  }

  private void take(Pdu pdu, long nowNs) {
    boolean skipped = !abortedInAdvance.isEmpty() && abortedInAdvance.remove(expCmdSn);
    expCmdSn++;
    if (!skipped) {
      deliver(pdu, nowNs);
    }
    widen();
  }

  /** Notes that a command of that CmdSN is not to be carried out; false if its turn is over. */
  boolean abortInAdvance(int cmdSn) {
    return SerialNumber.inWindow(cmdSn, expCmdSn, maxCmdSn) && abortedInAdvance.add(cmdSn);
  }

  /** The window has room for as many commands as are not under way. */
  private void widen() {
    int room = target.settings().queueDepth() - tasks.size();
    int next = expCmdSn + room - 1;
    if (SerialNumber.lessThan(maxCmdSn, next)) {
      maxCmdSn = next;
    }
  }

  private void deliver(Pdu pdu, long nowNs) {
    if (pdu instanceof ScsiCommand command) {
      tasks.onCommand(command, nowNs);
    } else if (pdu instanceof NopOut nop) {
      nop(nop);
    } else if (pdu instanceof TaskManagementRequest request) {
      tasks.onManagement(request, nowNs);
    } else if (pdu instanceof TextRequest request) {
      text(request, nowNs);
    } else if (pdu instanceof LogoutRequest request) {
      logout(request, nowNs);
    } else {
      target.listener().breach(connection.portal(), pdu.opcode() + " is a target's PDU", nowNs);
      reject(RejectReason.PROTOCOL_ERROR, pdu);
      connection.end("a PDU that only targets send", nowNs);
    }
  }

  private static int cmdSn(Pdu pdu) {
    if (pdu instanceof ScsiCommand command) {
      return command.cmdSn();
    } else if (pdu instanceof NopOut nop) {
      return nop.cmdSn();
    } else if (pdu instanceof TaskManagementRequest request) {
      return request.cmdSn();
    } else if (pdu instanceof TextRequest request) {
      return request.cmdSn();
    } else if (pdu instanceof LogoutRequest request) {
      return request.cmdSn();
    }
    return 0;
  }

  private void nop(NopOut nop) {
    pinged = false;
    if (nop.initiatorTaskTag() != Pdu.RESERVED_TAG) {
      ByteBuffer echo = Segments.copy(nop.data(), parameters.initiatorMaxRecvDataSegmentLength());
      connection.transmit(
          new NopIn(
              nop.lun(),
              nop.initiatorTaskTag(),
              Pdu.RESERVED_TAG,
              nextStatSn(),
              expCmdSn(),
              maxCmdSn(),
              echo));
    }
  }

  private void text(TextRequest request, long nowNs) {
    announcements.negotiating();
    try {
      TextResponse answer = text.answer(request);
      connection.transmit(
          new TextResponse(
              answer.finalBit(),
              answer.continueBit(),
              answer.lun(),
              answer.initiatorTaskTag(),
              answer.targetTransferTag(),
              nextStatSn(),
              expCmdSn(),
              maxCmdSn(),
              answer.data()));
      OptionalInt declared = text.takeDeclared();
      if (declared.isPresent() && tasks.size() == 0) {
        connection.maxDataSegmentLength(declared.getAsInt());
      }
    } catch (ProtocolException e) {
      reject(RejectReason.PROTOCOL_ERROR, request);
      connection.end("a text that is none: " + e.getMessage(), nowNs);
    }
  }

  private void logout(LogoutRequest request, long nowNs) {
    LogoutResult result =
        switch (request.reason()) {
          case CLOSE_SESSION -> LogoutResult.CLOSED;
          case CLOSE_CONNECTION ->
              request.cid() == cid ? LogoutResult.CLOSED : LogoutResult.CID_NOT_FOUND;
          case REMOVE_CONNECTION_FOR_RECOVERY -> LogoutResult.CONNECTION_RECOVERY_NOT_SUPPORTED;
        };
    if (result == LogoutResult.CLOSED && request.reason() != LogoutReason.CLOSE_CONNECTION) {
      tasks.abort(task -> true);
    }
    connection.transmit(
        new LogoutResponse(
            result, request.initiatorTaskTag(), nextStatSn(), expCmdSn(), maxCmdSn(), 0, 0));
    if (result == LogoutResult.CLOSED) {
      connection.end("logged out", nowNs);
    }
  }

  Announcements announcements() {
    return announcements;
  }

  /**
   * Asks for a negotiation, in which the target declares another MaxRecvDataSegmentLength; longer
   * segments are refused from then on, unless some may be under way.
   */
  void renegotiate(int maxRecvDataSegmentLength, int seconds, long nowNs) {
    text.declare(maxRecvDataSegmentLength);
    announcements.requestNegotiation(seconds, nowNs);
  }

  /** A connection that says nothing is asked whether anybody is there. */
  private void watch(long nowNs) {
    long every = target.settings().idlePingNs();
    if (every > 0) {
      idle = target.timers().at(nowNs + every, this::idle);
    }
  }

  private void idle(long nowNs) {
    long quietNs = nowNs - lastHeardNs;
    long every = target.settings().idlePingNs();
    if (quietNs < every) {
      pinged = false;
      idle = target.timers().at(lastHeardNs + every, this::idle);
    } else if (!pinged) {
      pinged = true;
      connection.transmit(
          new NopIn(0, Pdu.RESERVED_TAG, 1, statSn, expCmdSn(), maxCmdSn(), Pdu.NO_DATA));
      idle = target.timers().at(nowNs + target.settings().pingTimeoutNs(), this::idle);
    } else {
      connection.end("no answer to NOP-In", nowNs);
    }
  }

  void reject(RejectReason reason, Pdu pdu) {
    ByteBuffer header = ByteBuffer.allocate(HEADER + pdu.ahsLength());
    new PduEncoder(Digests.NONE).encodeHeader(pdu, header);
    reject(reason, header.flip().limit(HEADER));
  }

  void reject(RejectReason reason, ByteBuffer header) {
    connection.transmit(new Reject(reason.code(), nextStatSn(), expCmdSn(), maxCmdSn(), 0, header));
  }

  int nextStatSn() {
    return statSn++;
  }

  /** StatSN of a PDU that carries none of its own. */
  int statSn() {
    return statSn;
  }

  int expCmdSn() {
    return target.defects().none() ? expCmdSn : target.misbehaviour().expCmdSn(expCmdSn);
  }

  int maxCmdSn() {
    widen();
    return maxCmdSn;
  }

  /** Carries out what was held. */
  void release(long nowNs) {
    if (tasks != null) {
      tasks.release(nowNs);
    }
  }

  int abort(Predicate<TargetTask> which) {
    return tasks.abort(which);
  }

  /** The connection is gone: what was under way ends without an answer. */
  void onGone(long nowNs) {
    if (idle != null) {
      idle.cancel();
    }
    announcements.cancel();
    early.clear();
    if (tasks != null) {
      tasks.onSessionGone(nowNs);
    }
  }
}
