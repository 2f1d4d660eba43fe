package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.DataIn;
import io.pathproof.protocol.iscsi.Opcode;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.ScsiResponse;
import io.pathproof.protocol.iscsi.SerialNumber;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * The SCSI commands of one connection: how they go out, their data both ways, and how they end (RFC
 * 7143 sections 11.3, 11.4, 11.7 and 11.8).
 */
final class CommandExchange {
  /** The first response code that is a vendor's own (section 11.4.3). */
  private static final int VENDOR_SPECIFIC = 0x80;

  private final TaskTable tasks;
  private final CommandWindow window;
  private final Outlet out;
  private final ManagementTable management;
  private final OverdueWatch overdue;
  private SessionParameters parameters;

  CommandExchange(
      SessionParameters parameters,
      CommandWindow window,
      TaskTable tasks,
      ManagementTable management,
      OverdueWatch overdue,
      Outlet out) {
    this.parameters = parameters;
    this.window = window;
    this.tasks = tasks;
    this.management = management;
    this.overdue = overdue;
    this.out = out;
  }

  /** What is in force now; a target may change its MaxRecvDataSegmentLength at any time. */
  SessionParameters parameters() {
    return parameters;
  }

  /** From the next PDU on. */
  void parameters(SessionParameters value) {
    parameters = value;
  }

  /** Sends what the queue holds, as far as the command window allows. */
  void pump(long nowNs) {
    while (!tasks.queueEmpty() && window.open()) {
      Task task = tasks.dispatch();
      send(task);
      overdue.sent(task, nowNs);
    }
  }

  private void send(Task task) {
    ScsiTask scsi = task.scsi;
    task.cmdSn = window.take();
    ByteBuffer immediate = Pdu.NO_DATA;
    boolean finalBit = true;
    switch (scsi.direction()) {
      case READ -> task.read = new ReadAssembly(scsi.expectedLength(), scsi.into(), scsi.isLent());
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
      task.write.sendUnsolicited(parameters, out, window.expStatSn());
    }
  }

  /** The task that a PDU is about, or null for a latecomer of one that has ended otherwise. */
  private Task task(Pdu pdu, long nowNs) throws ConnectionBreach {
    Task task = tasks.byTag(pdu.initiatorTaskTag());
    if (task == null && !management.wasAborted(pdu.initiatorTaskTag())) {
      throw ConnectionBreach.unknownTag(pdu);
    }
    if (task == null) {
      out.event(new SessionEvent.Ignored(pdu.opcode() + " for an aborted task"), nowNs);
    }
    return task;
  }

  void onScsiResponse(ScsiResponse pdu, long nowNs) throws ConnectionBreach, ProtocolException {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    window.status(pdu.opcode(), pdu.statSn());
    checkFormat(pdu);
    Task task = task(pdu, nowNs);
    if (task == null) {
      return;
    }
    if (pdu.response() != 0) {
      end(
          task,
          new TaskFailure(
              TaskFailure.Reason.TARGET_FAILURE,
              "SCSI_RESPONSE: Response: 0x%02x".formatted(pdu.response()),
              true),
          nowNs);
      return;
    }
    // 0 is what targets say that do not count; less than what came harms nothing.
    int counted = task.dataPdus();
    if (pdu.expDataSn() != 0 && SerialNumber.lessThan(counted, pdu.expDataSn())) {
      lost(
          task,
          pdu.opcode(),
          "ExpDataSN: %s, but %d Data-In and R2T PDUs came"
              .formatted(Integer.toUnsignedString(pdu.expDataSn()), counted),
          nowNs);
      return;
    }
    // The residual of a bidirectional read (bits o and u) means nothing for one direction alone.
    long residual = residual(pdu.residualOverflow(), pdu.residualUnderflow(), pdu.residualCount());
    ByteBuffer sense = FullFeaturePhase.copy(pdu.senseData());
    answered(task, pdu.opcode(), pdu.status(), sense, residual, nowNs);
  }

  /** Sections 11 (reserved codes, of which 11.4.3 has 0x02 to 0x7f) and 7.7 (wrongly made PDUs). */
  private static void checkFormat(ScsiResponse pdu) throws ConnectionBreach {
    if (pdu.responseCode().isEmpty() && pdu.response() < VENDOR_SPECIFIC) {
      throw ConnectionBreach.protocol(
          pdu.opcode(), "Response", "0x%02x is reserved".formatted(pdu.response()));
    }
    if (pdu.response() == 0
        && pdu.status() == ScsiResult.CHECK_CONDITION
        && !pdu.data().hasRemaining()) {
      throw ConnectionBreach.protocol(
          pdu.opcode(), "DataSegmentLength", "0, though the status is CHECK CONDITION");
    }
  }

  void onDataIn(DataIn pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    if (pdu.statusBit()) {
      window.status(pdu.opcode(), pdu.statSn());
    }
    Task task = task(pdu, nowNs);
    if (task == null) {
      return;
    }
    if (task.read == null) {
      throw ConnectionBreach.wrongTag(pdu, "a command that does not read");
    }
    task.read.add(pdu);
    tasks.came(task, pdu.data().remaining());
    overdue.moved(task, nowNs);
    if (pdu.statusBit()) {
      long residual =
          residual(pdu.residualOverflow(), pdu.residualUnderflow(), pdu.residualCount());
      answered(task, pdu.opcode(), pdu.status(), Pdu.NO_DATA, residual, nowNs);
    }
  }

  private static long residual(boolean overflow, boolean underflow, int count) {
    long bytes = Integer.toUnsignedLong(count);
    return overflow ? -bytes : underflow ? bytes : 0;
  }

  private void answered(
      Task task, Opcode pdu, int status, ByteBuffer sense, long residual, long nowNs) {
    overdue.answered(task, nowNs);
    long transferred =
        task.read != null
            ? task.read.received()
            : task.write != null ? task.write.sent() : task.scsi.expectedLength();
    long due = task.scsi.expectedLength() - Math.max(residual, 0);
    // of a write the target may have refused a part that was sent, but no more than all of it
    boolean more = task.read != null ? transferred > due : task.write != null && due < 0;
    if (status == ScsiResult.GOOD && (transferred < due || more)) {
      lost(
          task,
          pdu,
          "Residual Count: %d of %d bytes make %d, but %d were transferred, and the status is GOOD"
              .formatted(residual, task.scsi.expectedLength(), due, transferred),
          nowNs);
      return;
    }
    ByteBuffer data = task.read == null ? Pdu.NO_DATA : task.read.data();
    end(task, new ScsiResult(status, sense, residual, data), nowNs);
  }

  private void lost(Task task, Opcode pdu, String problem, long nowNs) {
    end(
        task,
        new TaskFailure(TaskFailure.Reason.DATA_LOST, pdu.name() + ": " + problem, true),
        nowNs);
  }

  /** A task ends with its answer, or otherwise so that nothing more can come for it. */
  void end(Task task, TaskOutcome outcome, long nowNs) {
    tasks.remove(task);
    out.complete(task.scsi.listener(), outcome, nowNs);
  }

  void onR2t(R2t pdu, long nowNs) throws ConnectionBreach {
    window.update(pdu.opcode(), pdu.expCmdSn(), pdu.maxCmdSn());
    Task task = task(pdu, nowNs);
    if (task == null) {
      return;
    }
    if (task.write == null) {
      throw ConnectionBreach.wrongTag(pdu, "a command that does not write");
    }
    if (pdu.lun() != task.scsi.lun()) {
      throw ConnectionBreach.protocol(
          pdu.opcode(),
          "LUN",
          "0x%016x, that of the command is 0x%016x".formatted(pdu.lun(), task.scsi.lun()));
    }
    overdue.moved(task, nowNs);
    task.write.onR2t(pdu, parameters, out, window.expStatSn());
  }
}
