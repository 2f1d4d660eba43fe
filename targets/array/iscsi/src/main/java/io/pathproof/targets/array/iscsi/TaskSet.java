package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.DataOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.R2t;
import io.pathproof.protocol.iscsi.RejectReason;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.scsi.Nexus;
import io.pathproof.targets.array.scsi.ScsiOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The tasks of one session: their data, their end, and task management. */
final class TaskSet {
  /** What the writes of a session may hold in memory at once; a further one is refused. */
  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final TargetCore target;
  private final TargetSession session;
  private final SessionParameters parameters;
  private final Answers answers;
  private final Map<Integer, TargetTask> tasks = new HashMap<>();

  /** Complete, and not carried out as their port holds commands. */
  private final List<TargetTask> held = new ArrayList<>();

  private int lastTransferTag;
  private long bytes;

  TaskSet(TargetCore target, TargetSession session, SessionParameters parameters) {
    this.target = target;
    this.session = session;
    this.parameters = parameters;
    this.answers = new Answers(session, parameters, target);
  }

  private void begin(TargetTask task) {
    tasks.put(task.initiatorTaskTag, task);
    bytes += task.transferLength;
    task.allocate();
  }

  private void take(TargetTask task) {
    if (tasks.remove(task.initiatorTaskTag) != null) {
      bytes -= task.transferLength;
    }
  }

  int size() {
    return tasks.size();
  }

  void onCommand(ScsiCommand command, long nowNs) {
    if (tasks.containsKey(command.initiatorTaskTag())) {
      session.reject(RejectReason.TASK_IN_PROGRESS, command);
      return;
    }
    if (command.immediate() && tasks.size() > 2 * target.settings().queueDepth()) {
      session.reject(RejectReason.IMMEDIATE_COMMAND_REJECT, command);
      return;
    }
    long deviceLength = target.units().dataOutLength(session.nexus(), command.lun(), command.cdb());
    TargetTask task =
        new TargetTask(
            command.lun(),
            command.initiatorTaskTag(),
            command.cdb(),
            command.read(),
            command.write(),
            Integer.toUnsignedLong(command.expectedDataTransferLength()),
            deviceLength);
    if (command.read() && command.write()) {
      answers.status(task, ScsiOutcome.check(Sense.fixed(SenseKey.ILLEGAL_REQUEST, 0x24, 0)));
      return;
    }
    if (!command.write()) {
      if (!command.finalBit() || command.data().hasRemaining()) {
        breach(command, "unsolicited data without the W bit", nowNs);
        return;
      }
      begin(task);
      dataComplete(task, nowNs);
      return;
    }
    unsolicited(command, task, nowNs);
  }

  private void unsolicited(ScsiCommand command, TargetTask task, long nowNs) {
    int immediate = command.data().remaining();
    long firstBurst = Math.min(parameters.firstBurstLength(), task.expectedLength);
    if (immediate > 0 && !parameters.immediateData()
        || immediate > firstBurst
        || !command.finalBit() && parameters.initialR2t()) {
      breach(command, "more unsolicited data than was agreed", nowNs);
      return;
    }
    if (bytes + task.transferLength > MOST_BYTES) {
      answers.status(task, ScsiOutcome.of(ScsiStatus.TASK_SET_FULL));
      return;
    }
    begin(task);
    put(task, 0, command.data());
    task.nextOffset = immediate;
    if (!command.finalBit()) {
      task.awaitsData = true;
      task.transferTag = Pdu.RESERVED_TAG;
      task.sequenceEnd = (int) firstBurst;
      return;
    }
    solicit(task, nowNs);
  }

  /** Bytes beyond what the device takes are passed over. */
  private static void put(TargetTask task, int offset, ByteBuffer bytes) {
    int length = Math.min(bytes.remaining(), task.transferLength - offset);
    if (length > 0) {
      task.data.put(offset, bytes, bytes.position(), length);
    }
  }

  private void solicit(TargetTask task, long nowNs) {
    if (task.nextOffset >= task.transferLength) {
      dataComplete(task, nowNs);
      return;
    }
    int length = Math.min(task.transferLength - task.nextOffset, parameters.maxBurstLength());
    task.awaitsData = true;
    task.transferTag = nextTransferTag();
    task.nextDataSn = 0;
    task.sequenceEnd = task.nextOffset + length;
    session
        .connection()
        .transmit(
            new R2t(
                task.lun,
                task.initiatorTaskTag,
                task.transferTag,
                session.statSn(),
                session.expCmdSn(),
                session.maxCmdSn(),
                task.r2tSn++,
                task.nextOffset,
                length));
  }

  private int nextTransferTag() {
    if (++lastTransferTag == Pdu.RESERVED_TAG) {
      lastTransferTag = 0;
    }
    return lastTransferTag;
  }

  void onDataOut(DataOut data, long nowNs) {
    TargetTask task = tasks.get(data.initiatorTaskTag());
    if (task == null || !task.awaitsData) {
      // Data of a task that was aborted meanwhile, or was never there: passed over.
      return;
    }
    if (data.targetTransferTag() != task.transferTag) {
      breach(data, "Target Transfer Tag of no R2T", nowNs);
    } else if (data.dataSn() != task.nextDataSn) {
      breach(data, "DataSN %d, not %d".formatted(data.dataSn(), task.nextDataSn), nowNs);
    } else if (data.bufferOffset() != task.nextOffset) {
      breach(
          data, "Buffer Offset %d, not %d".formatted(data.bufferOffset(), task.nextOffset), nowNs);
    } else if (data.data().remaining() > task.sequenceEnd - task.nextOffset) {
      breach(data, "more data than was asked for", nowNs);
    } else {
      accept(task, data, nowNs);
    }
  }

  private void accept(TargetTask task, DataOut data, long nowNs) {
    put(task, task.nextOffset, data.data());
    task.nextOffset += data.data().remaining();
    task.nextDataSn++;
    boolean solicited = task.transferTag != Pdu.RESERVED_TAG;
    if (data.finalBit()) {
      if (solicited && task.nextOffset < task.sequenceEnd) {
        breach(data, "less data than was asked for", nowNs);
        return;
      }
      task.awaitsData = false;
      solicit(task, nowNs);
    } else if (task.nextOffset >= task.sequenceEnd) {
      breach(data, "a sequence that goes on beyond its end", nowNs);
    }
  }

  private void dataComplete(TargetTask task, long nowNs) {
    if (target.holds(session.connection().portal().port())) {
      held.add(task);
    } else {
      carryOut(task, nowNs);
    }
  }

  /** Carries out what was held, in its order. */
  void release(long nowNs) {
    List<TargetTask> all = List.copyOf(held);
    held.clear();
    all.forEach(task -> carryOut(task, nowNs));
  }

  private void carryOut(TargetTask task, long nowNs) {
    boolean defective = !target.defects().none() && task.transferLength > 0;
    if (defective && target.defects().on(Defect.IGNORE_ABORT)) {
      if (target.misbehaviour().ignoresAbort(task.initiatorTaskTag)) {
        task.heldBeyondAbort = true;
        target.timers().at(nowNs + Misbehaviour.AFTER_ABORT_NS, now -> execute(task, now));
        return;
      }
    } else if (defective && target.defects().on(Defect.HOLD_COMMAND)) {
      if (target.misbehaviour().holds(task.initiatorTaskTag)) {
        task.heldForSession = true;
        return;
      }
    }
    execute(task, nowNs);
  }

  private void execute(TargetTask task, long nowNs) {
    ByteBuffer data = task.data == null ? NO_DATA : task.data;
    task.command =
        target
            .units()
            .execute(
                session.nexus(),
                task.lun,
                task.cdb,
                data,
                nowNs,
                outcome -> complete(task, outcome));
  }

  private void complete(TargetTask task, ScsiOutcome outcome) {
    if (task.forgotten) {
      return;
    }
    take(task);
    answers.outcome(task, outcome);
  }

  /** Ends tasks without an answer; gives how many. */
  int abort(Predicate<TargetTask> which) {
    List<TargetTask> ended = new ArrayList<>();
    for (TargetTask task : tasks.values()) {
      if (which.test(task)) {
        ended.add(task);
      }
    }
    held.removeAll(ended);
    for (TargetTask task : ended) {
      take(task);
      task.forgotten = true;
      if (task.command != null) {
        task.command.abort();
      }
    }
    return ended.size();
  }

  void onSessionGone(long nowNs) {
    for (TargetTask task : List.copyOf(tasks.values())) {
      if (task.heldForSession) {
        target.timers().at(nowNs + Misbehaviour.AFTER_SESSION_NS, now -> execute(task, now));
      }
    }
    abort(task -> true);
  }

  void onManagement(TaskManagementRequest request, long nowNs) {
    TaskManagementResult result =
        switch (request.function()) {
          case ABORT_TASK -> abortTask(request);
          case ABORT_TASK_SET -> {
            abort(task -> task.lun == request.lun());
            yield TaskManagementResult.FUNCTION_COMPLETE;
          }
          case CLEAR_TASK_SET -> {
            abort(task -> task.lun == request.lun());
            List<Nexus> others = target.abortElsewhere(session, t -> t.lun == request.lun());
            target.units().taskSetCleared(session.nexus(), request.lun(), others, nowNs);
            yield TaskManagementResult.FUNCTION_COMPLETE;
          }
          case LOGICAL_UNIT_RESET -> {
            abort(task -> task.lun == request.lun());
            target.abortElsewhere(session, task -> task.lun == request.lun());
            target.units().logicalUnitReset(session.nexus(), request.lun(), nowNs);
            yield TaskManagementResult.FUNCTION_COMPLETE;
          }
          case TARGET_WARM_RESET, TARGET_COLD_RESET -> {
            abort(task -> true);
            target.abortElsewhere(session, task -> true);
            target.units().targetReset(session.nexus(), nowNs);
            yield TaskManagementResult.FUNCTION_COMPLETE;
          }
          case TASK_REASSIGN -> TaskManagementResult.TASK_REASSIGNMENT_NOT_SUPPORTED;
          default -> TaskManagementResult.FUNCTION_NOT_SUPPORTED;
        };
    session
        .connection()
        .transmit(
            new TaskManagementResponse(
                result,
                request.initiatorTaskTag(),
                session.nextStatSn(),
                session.expCmdSn(),
                session.maxCmdSn()));
    if (request.function() == TaskManagementFunction.TARGET_COLD_RESET) {
      target.live().forEach(each -> each.connection().end("target cold reset", nowNs));
    }
  }

  private TaskManagementResult abortTask(TaskManagementRequest request) {
    TargetTask task = tasks.get(request.referencedTaskTag());
    if (task == null) {
      // One that has not come to its turn is not to be carried out when it does (section 11.5.1).
      return session.abortInAdvance(request.refCmdSn())
          ? TaskManagementResult.FUNCTION_COMPLETE
          : TaskManagementResult.TASK_DOES_NOT_EXIST;
    }
    abort(each -> each == task);
    return TaskManagementResult.FUNCTION_COMPLETE;
  }

  private void breach(Pdu pdu, String what, long nowNs) {
    target.listener().breach(session.connection().portal(), pdu.opcode() + ": " + what, nowNs);
    session.reject(RejectReason.PROTOCOL_ERROR, pdu);
    session.connection().end(what, nowNs);
  }
}
