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
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TextRequest;
import io.pathproof.protocol.iscsi.TextResponse;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/** The full feature phase of one connection: tasks, pings, text, task management. */
final class FullFeaturePhase {
  private final SessionTimers timers;
  private final TaskTable tasks;
  private final CommandWindow window;
  private final Outlet out;
  private final ManagementTable management;
  private final KeepAlive keepAlive;
  private final SessionParameters parameters;
  private int pingTag = Pdu.RESERVED_TAG;
  private int logoutTag = Pdu.RESERVED_TAG;
  private TextExchange text;

  FullFeaturePhase(
      SessionParameters parameters,
      CommandWindow window,
      SessionTimers timers,
      TaskTable tasks,
      Outlet out,
      long nowNs) {
    this.parameters = parameters;
    this.window = window;
    this.timers = timers;
    this.tasks = tasks;
    this.out = out;
    this.management = new ManagementTable(tasks, window, out, timers);
    this.keepAlive = new KeepAlive(timers, nowNs);
  }

  void progress(long nowNs) {
    keepAlive.progress(nowNs);
  }

  /** Sends what the queue holds, as far as the command window allows. */
  void pump() {
    while (!tasks.queueEmpty() && window.open()) {
      send(tasks.dispatch());
    }
  }

  private void send(Task task) {
    ScsiTask scsi = task.scsi;
    task.cmdSn = window.take();
    ByteBuffer immediate = Pdu.NO_DATA;
    boolean finalBit = true;
    switch (scsi.direction()) {
      case READ -> task.read = new ReadAssembly(scsi.expectedLength());
      case WRITE -> {
        task.write = new WriteTransfer(scsi, task.tag, parameters);
        immediate = task.write.immediateData();
        finalBit = !task.write.unsolicitedFollows();
      }
      case NONE -> {}
    }
    out.send(
        new ScsiCommand(
            false,
            finalBit,
            scsi.direction() == DataDirection.READ,
            scsi.direction() == DataDirection.WRITE,
            scsi.attribute(),
            scsi.lun(),
            task.tag,
            scsi.expectedLength(),
            task.cmdSn,
            window.expStatSn(),
            scsi.cdb(),
            OptionalInt.empty(),
            immediate));
    if (task.write != null) {
      task.write.sendUnsolicited(out, window.expStatSn());
    }
  }

  void cancel(Task task, long nowNs) {
    if (task.stage == Task.Stage.IN_FLIGHT) {
      management.abort(task, false, nowNs);
    }
  }

  void manage(TaskManagement function, long nowNs) {
    management.manage(function, nowNs);
  }

  /** False if a question is under way already. */
  boolean sendTargets(TargetsListener listener, long nowNs) {
    if (text != null) {
      return false;
    }
    text =
        TextExchange.sendTargets(
            tasks.freshTag(), Deadline.after(nowNs, timers.loginTimeoutNs()), listener);
    out.send(text.first(window));
    return true;
  }

  /** Answers asynchronous event 4. */
  void negotiate(long nowNs) {
    if (text == null) {
      text =
          TextExchange.negotiation(
              tasks.freshTag(),
              Deadline.after(nowNs, timers.loginTimeoutNs()),
              parameters.maxRecvDataSegmentLength());
      out.send(text.first(window));
    }
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

  int time2WaitSec() {
    return parameters.time2WaitSec();
  }

  /** Nothing in flight that a logout would cut off. */
  boolean quiet() {
    return tasks.inFlight() == 0 && management.idle() && text == null;
  }

  void onPdu(Pdu pdu, long nowNs) throws ConnectionBreach, ProtocolException {
    switch (pdu.opcode()) {
      case SCSI_RESPONSE -> onScsiResponse((ScsiResponse) pdu, nowNs);
      case DATA_IN -> onDataIn((DataIn) pdu, nowNs);
      case R2T -> onR2t((R2t) pdu, nowNs);
      case NOP_IN -> onNopIn((NopIn) pdu);
      case TASK_MANAGEMENT_RESPONSE -> onManagement((TaskManagementResponse) pdu, nowNs);
      case TEXT_RESPONSE -> onText((TextResponse) pdu, nowNs);
      case REJECT -> onReject((Reject) pdu, nowNs);
      default ->
          throw ConnectionBreach.protocol(pdu.opcode() + " has no place in the full feature phase");
    }
  }

  /** The task that a PDU is about, or null for a latecomer of an aborted one. */
  private Task task(Pdu pdu, long nowNs) throws ConnectionBreach {
    Task task = tasks.byTag(pdu.initiatorTaskTag());
    if (task == null && !management.wasAborted(pdu.initiatorTaskTag())) {
      throw ConnectionBreach.protocol(
          "%s for unknown Initiator Task Tag %08x".formatted(pdu.opcode(), pdu.initiatorTaskTag()));
    }
    if (task == null) {
      out.event(new SessionEvent.Ignored(pdu.opcode() + " for an aborted task"), nowNs);
    }
    return task;
  }

  private void onScsiResponse(ScsiResponse pdu, long nowNs)
      throws ConnectionBreach, ProtocolException {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.statSn(), "SCSI Response");
    Task task = task(pdu, nowNs);
    if (task == null) {
      return;
    }
    if (pdu.response() != 0) {
      end(
          task,
          new TaskFailure(
              TaskFailure.Reason.TARGET_FAILURE,
              "iSCSI service response 0x%02x".formatted(pdu.response()),
              true),
          nowNs);
      return;
    }
    long residual = residual(pdu.residualOverflow(), pdu.residualUnderflow(), pdu.residualCount());
    answered(task, pdu.status(), copy(pdu.senseData()), residual, nowNs);
  }

  private void onDataIn(DataIn pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    if (pdu.statusBit()) {
      window.status(pdu.statSn(), "Data-In with status");
    }
    Task task = task(pdu, nowNs);
    if (task == null) {
      return;
    }
    if (task.read == null) {
      throw ConnectionBreach.protocol("Data-In for a task that does not read");
    }
    task.read.add(pdu);
    if (pdu.statusBit()) {
      long residual =
          residual(pdu.residualOverflow(), pdu.residualUnderflow(), pdu.residualCount());
      answered(task, pdu.status(), Pdu.NO_DATA, residual, nowNs);
    }
  }

  private static long residual(boolean overflow, boolean underflow, int count) {
    long bytes = Integer.toUnsignedLong(count);
    return overflow ? -bytes : underflow ? bytes : 0;
  }

  private void answered(Task task, int status, ByteBuffer sense, long residual, long nowNs) {
    long transferred =
        task.read != null
            ? task.read.received()
            : task.write != null ? task.write.sent() : task.scsi.expectedLength();
    long due = task.scsi.expectedLength() - Math.max(residual, 0);
    // of a write the target may have refused a part that was sent, but no more than all of it
    boolean more = task.read != null ? transferred > due : task.write != null && due < 0;
    if (status == ScsiResult.GOOD && (transferred < due || more)) {
      end(
          task,
          new TaskFailure(
              TaskFailure.Reason.DATA_LOST,
              "status GOOD, but " + transferred + " of " + due + " bytes were transferred",
              true),
          nowNs);
      return;
    }
    ByteBuffer data = task.read == null ? Pdu.NO_DATA : task.read.data();
    end(task, new ScsiResult(status, sense, residual, data), nowNs);
  }

  private void end(Task task, TaskOutcome outcome, long nowNs) {
    tasks.remove(task);
    out.complete(task.scsi.listener(), outcome, nowNs);
  }

  private void onR2t(R2t pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    Task task = task(pdu, nowNs);
    if (task == null) {
      return;
    }
    if (task.write == null) {
      throw ConnectionBreach.protocol("R2T for a task that does not write");
    }
    task.write.onR2t(pdu, out, window.expStatSn());
  }

  private void onNopIn(NopIn pdu) throws ConnectionBreach {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    if (pdu.initiatorTaskTag() != Pdu.RESERVED_TAG) {
      if (pdu.initiatorTaskTag() != pingTag) {
        throw ConnectionBreach.protocol(
            "NOP-In for unknown Initiator Task Tag %08x".formatted(pdu.initiatorTaskTag()));
      }
      window.status(pdu.statSn(), "NOP-In");
      pingTag = Pdu.RESERVED_TAG;
      keepAlive.answered();
    } else if (pdu.targetTransferTag() != Pdu.RESERVED_TAG) {
      out.send(
          new NopOut(
              true,
              pdu.lun(),
              Pdu.RESERVED_TAG,
              pdu.targetTransferTag(),
              window.current(),
              window.expStatSn(),
              Pdu.NO_DATA));
    }
  }

  private void onManagement(TaskManagementResponse pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.statSn(), "Task Management Response");
    management.onAnswer(pdu.initiatorTaskTag(), pdu.response(), nowNs);
  }

  private void onText(TextResponse pdu, long nowNs) throws ConnectionBreach, ProtocolException {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.statSn(), "Text Response");
    if (text == null || text.tag != pdu.initiatorTaskTag()) {
      throw ConnectionBreach.protocol(
          "Text Response for unknown Initiator Task Tag %08x".formatted(pdu.initiatorTaskTag()));
    }
    Optional<TextRequest> next = text.onResponse(pdu, window, out, nowNs);
    if (next.isPresent()) {
      out.send(next.get());
    } else {
      text = null;
    }
  }

  private void onReject(Reject pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.statSn(), "Reject");
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
      end(tasks.byTag(tag), new TaskFailure(TaskFailure.Reason.REJECTED, reason, true), nowNs);
    } else if (opcode == Opcode.NOP_OUT && tag == pingTag && tag != Pdu.RESERVED_TAG) {
      pingTag = Pdu.RESERVED_TAG;
      keepAlive.answered();
    } else if (opcode == Opcode.TEXT_REQUEST && text != null && text.tag == tag) {
      text.fail(new SessionFailure(SessionFailure.Reason.NOT_SUPPORTED, reason, true), out, nowNs);
      text = null;
    }
    // A rejected Data-Out ends with the target's status for its command; rejected task management
    // or logout with its deadline.
  }

  /** Takes an asynchronous message; the session itself acts on it. */
  void onAsync(AsyncMessage pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.statSn(), "Asynchronous Message");
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

  /** Checks that this is the answer to our logout. */
  void acknowledge(LogoutResponse pdu) throws ConnectionBreach {
    if (logoutTag == Pdu.RESERVED_TAG || pdu.initiatorTaskTag() != logoutTag) {
      throw ConnectionBreach.protocol("Logout Response without a request");
    }
  }

  /** All tasks of a logical unit are being ended by the target (asynchronous event 5). */
  void terminated(long lun, long nowNs) {
    for (Task task : tasks.listInFlight()) {
      if (task.scsi.lun() == lun) {
        management.terminated(task, "the target ended all tasks of the logical unit", nowNs);
      }
    }
  }

  long nextDeadlineNs() {
    long next = Math.min(tasks.nextDeadlineNs(), keepAlive.deadlineNs());
    next = Math.min(next, management.nextDeadlineNs());
    return text == null ? next : Math.min(next, text.deadlineNs);
  }

  void onDeadline(long nowNs) throws ConnectionBreach {
    for (Task task = tasks.due(nowNs); task != null; task = tasks.due(nowNs)) {
      if (task.stage == Task.Stage.QUEUED) {
        end(
            task,
            new TaskFailure(
                TaskFailure.Reason.TIMED_OUT, "the command window stayed closed", false),
            nowNs);
      } else {
        management.abort(task, true, nowNs);
      }
    }
    management.onDeadline(nowNs);
    if (text != null && text.deadlineNs <= nowNs) {
      throw new ConnectionBreach(
          ConnectionFailure.Reason.ABORT_TIMED_OUT, "a Text Request was not answered in time");
    }
    switch (keepAlive.due(nowNs)) {
      case PING -> ping(nowNs);
      case DEAD ->
          throw new ConnectionBreach(
              ConnectionFailure.Reason.NOP_TIMED_OUT,
              "nothing came for %d ms after a NOP-Out"
                  .formatted(timers.nopTimeoutNs() / 1_000_000));
      case NOTHING -> {}
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
      end(task, failure.withSent(true), nowNs);
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
