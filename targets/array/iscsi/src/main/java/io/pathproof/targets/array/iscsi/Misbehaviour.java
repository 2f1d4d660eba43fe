package io.pathproof.targets.array.iscsi;

import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.scsi.Defects;

/**
 * Which of the target's own defects strike now. They strike every n-th time, so that the same run
 * meets them at the same place.
 */
final class Misbehaviour {
  /** How long a task that was aborted in name only still takes (3 s). */
  static final long AFTER_ABORT_NS = 3_000_000_000L;

  /** How long after its session's end a held command is carried out (2 s). */
  static final long AFTER_SESSION_NS = 2_000_000_000L;

  private static final int WRITES = 25;
  private static final int RESPONSES = 40;

  private final Defects defects;
  private final int[] chances = new int[Defect.values().length];

  Misbehaviour(Defects defects) {
    this.defects = defects;
  }

  /** Whether a write is held so long that it will be aborted, and carried out all the same. */
  boolean ignoresAbort(int initiatorTaskTag) {
    return strikes(Defect.IGNORE_ABORT, WRITES, "write 0x%08x", initiatorTaskTag);
  }

  /** Whether a write is held until its session has died. */
  boolean holds(int initiatorTaskTag) {
    return strikes(Defect.HOLD_COMMAND, WRITES, "write 0x%08x", initiatorTaskTag);
  }

  /** What ExpCmdSN becomes in a response. */
  int expCmdSn(int right) {
    boolean wrong = strikes(Defect.BAD_CMD_SN, RESPONSES, "ExpCmdSN after 0x%08x", right);
    return wrong ? right + 1000 : right;
  }

  /** What DataSN becomes in a Data-In. */
  int dataSn(int right, int initiatorTaskTag) {
    boolean wrong = strikes(Defect.BAD_DATA_SN, RESPONSES, "read 0x%08x", initiatorTaskTag);
    return wrong ? right + 1 : right;
  }

  /** Whether a read that went well is given a residual count. */
  boolean falseResidual(int initiatorTaskTag) {
    return strikes(Defect.BAD_RESIDUAL, RESPONSES, "read 0x%08x", initiatorTaskTag);
  }

  /** Each defect strikes at every n-th chance of its own. */
  private boolean strikes(Defect defect, int every, String where, int value) {
    if (!defects.on(defect) || ++chances[defect.ordinal()] % every != 0) {
      return false;
    }
    defects.struck(defect, where.formatted(value));
    return true;
  }
}
