package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.SerialNumber;
import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementRequest;
import io.pathproof.protocol.iscsi.TaskManagementResponse;
import io.pathproof.protocol.iscsi.TaskManagementResult;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Task management under way on one connection (RFC 7143 sections 11.5 and 11.6). */
final class ManagementTable {
  /** Tags of tasks that were aborted a while ago need not be known any more. */
  private static final int REMEMBERED = 256;

  /**
   * One request that was not answered yet: for one task, a function that a user asked for, or, with
   * neither, for a gap in CmdSN.
   */
  private record Pending(Task aborted, TaskManagement function, int cmdSn, long deadlineNs) {}

  private final TaskTable tasks;
  private final CommandWindow window;
  private final Outlet out;
  private final SessionTimers timers;
  private final Map<Integer, Pending> pending = new HashMap<>();
  private final Set<Integer> aborted = new LinkedHashSet<>();

  ManagementTable(TaskTable tasks, CommandWindow window, Outlet out, SessionTimers timers) {
    this.tasks = tasks;
    this.window = window;
    this.out = out;
    this.timers = timers;
  }

  void abort(Task task, boolean timedOut, long nowNs) {
    task.stage = Task.Stage.ABORTING;
    task.cancelled = !timedOut;
    tasks.deadline(task, Deadline.NONE);
    int tag = tasks.freshTag();
    pending.put(tag, new Pending(task, null, window.current(), deadline(nowNs)));
    out.send(
        request(TaskManagementFunction.ABORT_TASK, task.scsi.lun(), tag, task.tag, task.cmdSn));
    out.event(new SessionEvent.AbortSent(task.scsi, timedOut), nowNs);
  }

  /** Has a request that was rejected counted, by aborting it (section 7.11). */
  void closeGap(long lun, int rejectedTag, int cmdSn, long nowNs) {
    int tag = tasks.freshTag();
    pending.put(tag, new Pending(null, null, window.current(), deadline(nowNs)));
    out.send(request(TaskManagementFunction.ABORT_TASK, lun, tag, rejectedTag, cmdSn));
  }

  void manage(TaskManagement function, long nowNs) {
    int tag = tasks.freshTag();
    pending.put(tag, new Pending(null, function, window.current(), deadline(nowNs)));
    out.send(request(function.function(), function.lun(), tag, Pdu.RESERVED_TAG, 0));
  }

  private long deadline(long nowNs) {
    return Deadline.after(nowNs, timers.abortTimeoutNs());
  }

  private TaskManagementRequest request(
      TaskManagementFunction function, long lun, int tag, int referencedTag, int refCmdSn) {
    return new TaskManagementRequest(
        true, function, lun, tag, referencedTag, window.current(), window.expStatSn(), refCmdSn, 0);
  }

  boolean idle() {
    return pending.isEmpty();
  }

  long nextDeadlineNs() {
    long next = Deadline.NONE;
    for (Pending each : pending.values()) {
      next = Math.min(next, each.deadlineNs());
    }
    return next;
  }

  void onDeadline(long nowNs) throws ConnectionBreach {
    if (nextDeadlineNs() <= nowNs) {
      throw new ConnectionBreach(
          ConnectionFailure.Reason.ABORT_TIMED_OUT,
          "task management was not answered for %d ms"
              .formatted(timers.abortTimeoutNs() / 1_000_000));
    }
  }

  void onAnswer(TaskManagementResponse pdu, long nowNs) throws ConnectionBreach {
    Pending answered = pending.remove(pdu.initiatorTaskTag());
    if (answered == null) {
      throw ConnectionBreach.unknownTag(pdu);
    }
    TaskManagementResult result = pdu.response();
    if (answered.function() != null) {
      onFunction(answered, result, nowNs);
    } else if (answered.aborted() == null) {
      checkAborted(result);
    } else if (answered.aborted().stage == Task.Stage.ABORTING) {
      onAborted(answered.aborted(), result, nowNs);
    }
  }

  /** The target took a request for none of its own; what that request was for is open. */
  void onReject(int tag, String reason, long nowNs) throws ConnectionBreach {
    Pending rejected = pending.remove(tag);
    if (rejected == null) {
      return;
    }
    if (rejected.function() != null) {
      TaskFailure failure = new TaskFailure(TaskFailure.Reason.REJECTED, reason, true);
      out.later(() -> rejected.function().listener().failed(failure, nowNs));
    } else if (rejected.aborted() == null || rejected.aborted().stage == Task.Stage.ABORTING) {
      throw new ConnectionBreach(ConnectionFailure.Reason.ABORT_TIMED_OUT, reason);
    }
  }

  /**
   * "Task does not exist" means that it has ended; its answer, which travels in the same stream,
   * would have been here.
   */
  private static void checkAborted(TaskManagementResult result) throws ConnectionBreach {
    if (result != TaskManagementResult.FUNCTION_COMPLETE
        && result != TaskManagementResult.TASK_DOES_NOT_EXIST) {
      throw new ConnectionBreach(
          ConnectionFailure.Reason.ABORT_TIMED_OUT,
          "TASK_MANAGEMENT_RESPONSE: Response: ABORT TASK was answered with " + result);
    }
  }

  private void onAborted(Task task, TaskManagementResult result, long nowNs)
      throws ConnectionBreach {
    checkAborted(result);
    out.event(new SessionEvent.AbortConfirmed(task.scsi), nowNs);
    ended(
        task,
        task.cancelled
            ? new TaskFailure(TaskFailure.Reason.CANCELLED, "cancelled", true)
            : new TaskFailure(
                TaskFailure.Reason.TIMED_OUT,
                "not answered in time, aborted (" + result + ")",
                true),
        nowNs);
  }

  private void onFunction(Pending answered, TaskManagementResult result, long nowNs)
      throws ConnectionBreach {
    TaskManagement function = answered.function();
    out.later(() -> function.listener().answered(result, nowNs));
    if (result != TaskManagementResult.FUNCTION_COMPLETE) {
      return;
    }
    switch (function.function()) {
      case ABORT_TASK_SET, CLEAR_TASK_SET, LOGICAL_UNIT_RESET -> {
        for (Task task : tasks.listInFlight()) {
          if (task.scsi.lun() == function.lun()
              && SerialNumber.lessThan(task.cmdSn, answered.cmdSn())) {
            terminated(task, function.function() + " ended it", nowNs);
          }
        }
      }
      case TARGET_WARM_RESET, TARGET_COLD_RESET -> {
        for (Task task : tasks.listInFlight()) {
          if (SerialNumber.lessThan(task.cmdSn, answered.cmdSn())) {
            terminated(task, function.function() + " ended it", nowNs);
          }
        }
      }
      default -> {}
    }
    if (function.function() == TaskManagementFunction.TARGET_COLD_RESET) {
      // Section 11.5.1: the target ends all its connections. What is sent until then is lost.
      throw new ConnectionBreach(
          ConnectionFailure.Reason.DROPPED_BY_TARGET,
          "TARGET COLD RESET is done, which ends every connection of the target");
    }
  }

  /** A task that the target ended and will not answer. */
  void terminated(Task task, String text, long nowNs) {
    ended(task, new TaskFailure(TaskFailure.Reason.TERMINATED, text, true), nowNs);
  }

  /** A task ends without its answer, which may still be on its way and is to be passed over. */
  void ended(Task task, TaskFailure failure, long nowNs) {
    if (aborted.size() == REMEMBERED) {
      aborted.remove(aborted.iterator().next());
    }
    aborted.add(task.tag);
    tasks.remove(task);
    out.complete(task.scsi.listener(), failure, nowNs);
  }

  /** Whether a PDU with this tag is a latecomer of a task that was aborted. */
  boolean wasAborted(int tag) {
    return aborted.contains(tag);
  }

  /** The connection is gone. */
  void fail(Failure failure, long nowNs) {
    for (Pending each : pending.values()) {
      if (each.function() != null) {
        out.later(() -> each.function().listener().failed(failure, nowNs));
      }
    }
    pending.clear();
  }
}
