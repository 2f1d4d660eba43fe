package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.AsyncMessage;
import io.pathproof.protocol.iscsi.BasicHeaderSegment;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.LogoutReason;
import io.pathproof.protocol.iscsi.LogoutRequest;
import io.pathproof.protocol.iscsi.LogoutResponse;
import io.pathproof.protocol.iscsi.NopIn;
import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.Reject;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.SerialNumber;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The full feature phase of one connection: tasks, pings, text, task management. */
final class FullFeaturePhase {
  /** The one reason of a Reject that is reserved; others are not assigned yet (section 11.17.1). */
  private static final int RESERVED_REASON = 1;

  private final SessionTimers timers;
  private final TaskTable tasks;
  private final CommandWindow window;
  private final Outlet out;
  private final ManagementTable management;
  private final KeepAlive keepAlive;
  private final CommandExchange commands;
  private final OverdueWatch overdue;

  /** Of a ping that was not answered; its credit is given by {@link KeepAlive}. */
  private final Doubt silence;

  /** Of other requests that were not answered. */
  private final Doubt doubt;

  private int pingTag = Pdu.RESERVED_TAG;
  private int logoutTag = Pdu.RESERVED_TAG;
  private TextExchange text;

  FullFeaturePhase(
      SessionParameters parameters,
      CommandWindow window,
      SessionTimers timers,
      TaskTable tasks,
      Outlet out,
      Drain drain,
      long nowNs) {
    this.window = window;
    this.timers = timers;
    this.tasks = tasks;
    this.out = out;
    this.management = new ManagementTable(tasks, window, out, timers);
    this.overdue = new OverdueWatch(timers, tasks, drain);
    this.commands = new CommandExchange(parameters, window, tasks, management, overdue, out);
    this.keepAlive = new KeepAlive(timers, nowNs);
    this.silence = new Doubt(drain, 0);
    this.doubt = new Doubt(drain, timers.nopTimeoutNs());
  }

  void progress(long nowNs) {
    keepAlive.progress(nowNs);
  }

  /** The other end took some of what was sent, at that moment. */
  void taken(long atNs) {
    keepAlive.taken(atNs);
    overdue.taken(atNs);
  }

  /** The ping has left this side. */
  void pingLeft(long nowNs) {
    keepAlive.left(nowNs);
  }

  /** Sends what the queue holds, as far as the command window allows. */
  void pump(long nowNs) {
    commands.pump(nowNs);
  }

  void cancel(Task task, long nowNs) {
    if (task.stage == Task.Stage.IN_FLIGHT && !loggingOut()) {
      management.abort(task, false, nowNs);
    }
  }

  /** False if nothing more may be asked. */
  boolean manage(TaskManagement function, long nowNs) {
    if (loggingOut()) {
      return false;
    }
    management.manage(function, nowNs);
    return true;
  }

  /** False if a question is under way already, or nothing more may be asked. */
  boolean sendTargets(TargetsListener listener, long nowNs) {
    if (text != null || loggingOut()) {
      return false;
    }
    text =
        new SendTargetsExchange(
            tasks.freshTag(), Deadline.after(nowNs, timers.loginTimeoutNs()), listener);
    text.begin(window, out);
    return true;
  }

  /**
   * Answers asynchronous event 4 with a Text Request, unless one is under way or a Logout Request
   * does as well.
   */
  void negotiate(long nowNs) {
    if (text == null && !loggingOut()) {
      text =
          new Renegotiation(
              tasks.freshTag(),
              Deadline.after(nowNs, timers.loginTimeoutNs()),
              commands.parameters(),
              this::renegotiated);
      text.begin(window, out);
    }
  }

  private void renegotiated(SessionParameters parameters, long nowNs) {
    commands.parameters(parameters);
    out.event(new SessionEvent.ParametersChanged(parameters), nowNs);
  }

  void sendLogout() {
    logoutTag = tasks.freshTag();
    out.send(
        new LogoutRequest(
            true,
            LogoutReason.CLOSE_SESSION,
            logoutTag,
            LoginCore.CID,
            window.current(),
            window.expStatSn()));
  }

  /** A Logout Request is the last that is sent but answers (section 11.14). */
  private boolean loggingOut() {
    return logoutTag != Pdu.RESERVED_TAG;
  }

  int time2WaitSec() {
    return commands.parameters().time2WaitSec();
  }

  /** Nothing in flight that a logout would cut off. */
  boolean quiet() {
    return tasks.inFlight() == 0 && management.idle() && text == null;
  }

  void onPdu(Pdu pdu, long nowNs) throws ConnectionBreach, ProtocolException {
    switch (pdu.opcode()) {
      case SCSI_RESPONSE -> commands.onScsiResponse((ScsiResponse) pdu, nowNs);
      case DATA_IN -> commands.onDataIn((DataIn) pdu, nowNs);
      case R2T -> commands.onR2t((R2t) pdu, nowNs);
      case NOP_IN -> onNopIn((NopIn) pdu, nowNs);
      case TASK_MANAGEMENT_RESPONSE -> onManagement((TaskManagementResponse) pdu, nowNs);
      case TEXT_RESPONSE -> onText((TextResponse) pdu, nowNs);
      case REJECT -> onReject((Reject) pdu, nowNs);
      default -> throw ConnectionBreach.noPlace(pdu, "the full feature phase");
    }
    if (text != null && !loggingOut()) {
      text.pump(window, out);
    }
  }

  /** Tells what of the last PDU had to be ignored. */
  void tellContradiction(long nowNs) {
    Optional<String> what = window.takeContradiction();
    if (what.isPresent()) {
      out.event(new SessionEvent.Contradicted(what.get()), nowNs);
    }
  }

  private void onNopIn(NopIn pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    if (pdu.initiatorTaskTag() != Pdu.RESERVED_TAG) {
      if (pdu.targetTransferTag() != Pdu.RESERVED_TAG) {
        // one of the wrongly made PDUs of section 7.7
        throw ConnectionBreach.protocol(
            pdu.opcode(),
            "Target Transfer Tag",
            "0x%08x beside the Initiator Task Tag of a ping".formatted(pdu.targetTransferTag()));
      }
      if (pdu.initiatorTaskTag() != pingTag) {
        throw ConnectionBreach.unknownTag(pdu);
      }
      window.status(pdu.opcode(), pdu.statSn());
      pingTag = Pdu.RESERVED_TAG;
      keepAlive.answered();
      out.event(new SessionEvent.PingAnswered(), nowNs);
    } else if (pdu.targetTransferTag() != Pdu.RESERVED_TAG) {
      out.send(
          new NopOut(
              true,
              pdu.lun(),
              Pdu.RESERVED_TAG,
              pdu.targetTransferTag(),
              window.current(),
              window.expStatSn(),
              pingData(pdu)));
    }
  }

  /** Section 11.19 allows a target's own ping no data; one that has some gets it back. */
  private ByteBuffer pingData(NopIn ping) {
    int most = commands.parameters().maxSendDataSegmentLength();
    ByteBuffer data = copy(ping.data());
    return data.slice(0, Math.min(data.remaining(), most));
  }

  private void onManagement(TaskManagementResponse pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.opcode(), pdu.statSn());
    management.onAnswer(pdu, nowNs);
  }

  private void onText(TextResponse pdu, long nowNs) throws ConnectionBreach, ProtocolException {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.opcode(), pdu.statSn());
    if (text == null || text.tag != pdu.initiatorTaskTag()) {
      throw ConnectionBreach.unknownTag(pdu);
    }
    if (!text.onResponse(pdu, out, nowNs)) {
      text = null;
    }
  }

  private void onReject(Reject pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.opcode(), pdu.statSn());
    if (pdu.reason() == RESERVED_REASON) {
      throw ConnectionBreach.protocol(
          pdu.opcode(), "Reason", "0x%02x is reserved".formatted(pdu.reason()));
    }
    ByteBuffer header = copy(pdu.data());
    out.event(
        new SessionEvent.Rejected(
            new Reject(
                pdu.reason(), pdu.statSn(), pdu.expCmdSn(), pdu.maxCmdSn(), pdu.dataSn(), header)),
        nowNs);
    if (header.remaining() < BasicHeaderSegment.LENGTH) {
      return;
    }
    // Bytes 0 and 16 to 19 of every header: opcode and Initiator Task Tag (section 11.2.1).
    Opcode opcode = Opcode.of(header.get(0) & 0x3f).orElse(null);
    int tag = header.getInt(16);
    String reason =
        "the target rejected the "
            + opcode
            + ": "
            + pdu.reasonCode().map(Enum::name).orElse("reason 0x%02x".formatted(pdu.reason()));
    if (opcode == Opcode.SCSI_COMMAND && tasks.byTag(tag) != null) {
      rejected(tasks.byTag(tag), reason, nowNs);
    } else if (opcode == Opcode.NOP_OUT && tag == pingTag && tag != Pdu.RESERVED_TAG) {
      pingTag = Pdu.RESERVED_TAG;
      keepAlive.answered();
    } else if (opcode == Opcode.TEXT_REQUEST && text != null && text.tag == tag) {
      if (text.inOrder()) {
        closeGap(0, tag, text.cmdSn(), nowNs);
      }
      text.fail(new SessionFailure(SessionFailure.Reason.NOT_SUPPORTED, reason, true), out, nowNs);
      text = null;
    } else if (opcode == Opcode.TASK_MANAGEMENT_REQUEST) {
      management.onReject(tag, reason, nowNs);
    } else if (opcode == Opcode.LOGOUT_REQUEST && loggingOut() && tag == logoutTag) {
      throw new ConnectionBreach(ConnectionFailure.Reason.LOGOUT_UNCONFIRMED, reason);
    }
    // A rejected Data-Out ends with the target's status for its command.
  }

  private void rejected(Task task, String reason, long nowNs) {
    if (task.stage == Task.Stage.IN_FLIGHT) {
      closeGap(task.scsi.lun(), task.tag, task.cmdSn, nowNs);
    }
    management.ended(task, new TaskFailure(TaskFailure.Reason.REJECTED, reason, true), nowNs);
  }

  /**
   * A target that does not take a request has not counted its CmdSN, and executes nothing behind
   * that gap until an ABORT TASK closes it (sections 7.3 and 7.11). Some count it all the same.
   */
  private void closeGap(long lun, int tag, int cmdSn, long nowNs) {
    if (!SerialNumber.lessThan(cmdSn, window.expCmdSn()) && !loggingOut()) {
      management.closeGap(lun, tag, cmdSn, nowNs);
    }
  }

  /** Takes an asynchronous message; the session itself acts on it. */
  void onAsync(AsyncMessage pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.opcode(), pdu.statSn());
    AsyncMessage kept =
        new AsyncMessage(
            pdu.lun(),
            pdu.statSn(),
            pdu.expCmdSn(),
            pdu.maxCmdSn(),
            pdu.asyncEvent(),
            pdu.asyncVCode(),
            pdu.parameter1(),
            pdu.parameter2(),
            pdu.parameter3(),
            copy(pdu.data()));
    out.event(new SessionEvent.AsyncReceived(kept), nowNs);
  }

  /**
   * Checks that this is the answer to our logout. Its window is of no use to anybody any more, and
   * wrong from istgt, which counts an immediate Logout Request as a command.
   */
  void acknowledge(LogoutResponse pdu) throws ConnectionBreach {
    if (!loggingOut() || pdu.initiatorTaskTag() != logoutTag) {
      throw ConnectionBreach.unknownTag(pdu);
    }
    window.status(pdu.opcode(), pdu.statSn());
  }

  /**
   * All tasks of a logical unit are being ended by the target (asynchronous event 5), which waits
   * for a NOP-Out with this LUN (section 4.2.3.4).
   */
  void terminated(long lun, long nowNs) {
    for (Task task : tasks.listInFlight()) {
      if (task.scsi.lun() == lun) {
        management.terminated(task, "the target ended all tasks of the logical unit", nowNs);
      }
    }
    out.send(
        new NopOut(
            true,
            lun,
            Pdu.RESERVED_TAG,
            Pdu.RESERVED_TAG,
            window.current(),
            window.expStatSn(),
            Pdu.NO_DATA));
  }

  long nextDeadlineNs() {
    long next = Math.min(tasks.nextDeadlineNs(), keepAlive.deadlineNs());
    next = Math.min(next, overdue.deadlineNs());
    next = Math.min(next, silence.deadlineNs(keepAlive.fatalNs()));
    return Math.min(next, doubt.deadlineNs(answerDueNs()));
  }

  /** When a request has gone without its answer for too long. */
  private long answerDueNs() {
    long due = management.nextDeadlineNs();
    return text == null ? due : Math.min(due, text.deadlineNs);
  }

  void onDeadline(long nowNs) throws ConnectionBreach {
    for (Task task = tasks.due(nowNs); task != null; task = tasks.due(nowNs)) {
      if (task.stage == Task.Stage.QUEUED) {
        commands.end(
            task,
            new TaskFailure(
                TaskFailure.Reason.TIMED_OUT,
                tasks.isKept(task)
                    ? "its logical unit was not admitted after the login"
                    : "the command window stayed closed",
                false),
            nowNs);
      } else if (loggingOut()) {
        // the logout ends it, which has its own time
        tasks.deadline(task, Deadline.NONE);
      } else {
        management.abort(task, true, nowNs);
      }
    }
    for (OverdueWatch.Overdue late : overdue.due(nowNs)) {
      out.event(
          new SessionEvent.CommandOverdue(late.task(), late.waitedNs(), late.allowedNs()), nowNs);
      keepAlive.want();
    }
    if (keepAlive.takePing(nowNs)) {
      ping(nowNs);
    }
    keepAlive.look(nowNs);
    if (doubt.isDue(answerDueNs(), nowNs)) {
      management.onDeadline(nowNs);
      throw new ConnectionBreach(
          ConnectionFailure.Reason.ABORT_TIMED_OUT, "a Text Request was not answered in time");
    }
    if (silence.isDue(keepAlive.fatalNs(), nowNs)) {
      throw new ConnectionBreach(
          ConnectionFailure.Reason.NOP_TIMED_OUT,
          "nothing came for %d ms after a NOP-Out".formatted(timers.nopTimeoutNs() / 1_000_000));
    }
  }

  private void ping(long nowNs) {
    pingTag = tasks.freshTag();
    out.send(
        new NopOut(
            true, 0, pingTag, Pdu.RESERVED_TAG, window.current(), window.expStatSn(), Pdu.NO_DATA));
    out.event(new SessionEvent.PingSent(), nowNs);
  }

  /** The connection is gone: whatever was under way on it ends with the failure. */
  void fail(Failure failure, long nowNs) {
    for (Task task : tasks.listInFlight()) {
      commands.end(task, failure.withSent(true), nowNs);
    }
    management.fail(failure.withSent(true), nowNs);
    if (text != null) {
      text.fail(failure.withSent(true), out, nowNs);
      text = null;
    }
  }

  static ByteBuffer copy(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return Pdu.NO_DATA;
    }
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }
}
