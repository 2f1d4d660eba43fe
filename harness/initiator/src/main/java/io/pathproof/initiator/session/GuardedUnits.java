package io.pathproof.initiator.session;

import java.util.HashMap;
import java.util.Map;

/**
 * Logical units whose tasks are kept back after each login until the session's user has made sure
 * of who answers there. Behind an address another array may stand by then, with units of its own
 * under the same numbers; a target's name and portal group tag, which an administrator may give
 * twice, do not tell, and a write that was kept through the reconnect would land on the wrong unit.
 */
final class GuardedUnits {
  private static final class Unit {
    boolean admitted;

    /** Why its tasks fail; null while they wait. */
    TaskFailure refusal;
  }

  private final TaskTable tasks;
  private final Outlet out;
  private final Map<Long, Unit> units = new HashMap<>();

  /** So that no task is looked at while all is well. */
  private int notAdmitted;

  GuardedUnits(TaskTable tasks, Outlet out) {
    this.tasks = tasks;
    this.out = out;
  }

  /**
   * @param known whether who answers is known until the next login
   */
  void guard(long lun, boolean known) {
    if (units.containsKey(lun)) {
      return;
    }
    Unit unit = new Unit();
    unit.admitted = known;
    units.put(lun, unit);
    if (!known) {
      notAdmitted++;
      tasks.keepBack(lun);
    }
  }

  /** Whoever answers after this is not known. */
  void forget() {
    units.forEach(
        (lun, unit) -> {
          if (unit.admitted) {
            notAdmitted++;
            tasks.keepBack(lun);
          }
          unit.admitted = false;
          unit.refusal = null;
        });
  }

  void admit(long lun) {
    Unit unit = units.get(lun);
    if (unit == null || unit.admitted) {
      return;
    }
    unit.admitted = true;
    unit.refusal = null;
    notAdmitted--;
    tasks.release(lun);
  }

  void refuse(long lun, String why, long nowNs) {
    Unit unit = units.get(lun);
    if (unit == null) {
      return;
    }
    if (unit.admitted) {
      unit.admitted = false;
      notAdmitted++;
      tasks.keepBack(lun);
    }
    unit.refusal = new TaskFailure(TaskFailure.Reason.NOT_ADMITTED, why, false);
    for (Task task : tasks.listKept(lun)) {
      tasks.remove(task);
      out.complete(task.scsi.listener(), unit.refusal, nowNs);
    }
  }

  /** Whether a task has to wait until its logical unit is admitted. */
  boolean keeps(ScsiTask task) {
    if (notAdmitted == 0 || task.identifies()) {
      return false;
    }
    Unit unit = units.get(task.lun());
    return unit != null && !unit.admitted;
  }

  /** Why a task cannot be taken, or null. */
  TaskFailure refusal(ScsiTask task) {
    return keeps(task) ? units.get(task.lun()).refusal : null;
  }
}
