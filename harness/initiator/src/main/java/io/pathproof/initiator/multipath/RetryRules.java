package io.pathproof.initiator.multipath;

import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.TaskAborted;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import java.util.Optional;

/**
 * What a failed attempt asks for. Sense keys and codes are SPC-4 4.5.6 and annex D; the choices
 * follow Linux ({@code scsi_check_sense}, {@code alua_check_sense}, {@code blk_path_error}) where
 * this text gives no other reason.
 */
final class RetryRules {
  /** What to do next. */
  enum Action {
    /** The command was carried out. */
    COMPLETE,
    /** The nexus had something to say first: send it again there. */
    SAME_PATH,
    /** The target asked for patience: send it again after a delay. */
    LATER,
    /** The target port is not the one for I/O now: fail the path and avoid its group. */
    OTHER_GROUP,
    /** Fail the path and use another. */
    OTHER_PATH,
    /** The logical unit itself has refused; another path would hear the same. */
    FAIL
  }

  private static final int RECOVERED_ERROR = 0x1;
  private static final int NOT_READY = 0x2;
  private static final int HARDWARE_ERROR = 0x4;
  private static final int ILLEGAL_REQUEST = 0x5;
  private static final int UNIT_ATTENTION = 0x6;
  private static final int DATA_PROTECT = 0x7;
  private static final int ABORTED_COMMAND = 0xB;
  private static final int MISCOMPARE = 0xE;

  private static final int ASC_NOT_READY = 0x04;
  private static final int ASC_LUN_NOT_SUPPORTED = 0x25;

  private RetryRules() {}

  static Action decide(AttemptResult result) {
    if (result instanceof TaskEnded ended) {
      return decideStatus(ended);
    }
    if (result instanceof NexusLost lost) {
      return lost.recovering() ? Action.SAME_PATH : Action.OTHER_PATH;
    }
    return result instanceof Good ? Action.COMPLETE : Action.OTHER_PATH;
  }

  private static Action decideStatus(TaskEnded ended) {
    return switch (ended.status()) {
      case ScsiStatus.CHECK_CONDITION -> decideSense(ended);
      case ScsiStatus.BUSY,
          ScsiStatus.TASK_SET_FULL,
          ScsiStatus.ACA_ACTIVE,
          ScsiStatus.TASK_ABORTED ->
          Action.LATER;
      default -> Action.FAIL;
    };
  }

  private static Action decideSense(TaskEnded ended) {
    return switch (ended.senseKey()) {
      case RECOVERED_ERROR -> Action.COMPLETE;
      case UNIT_ATTENTION -> Action.SAME_PATH;
      case ABORTED_COMMAND -> Action.LATER;
      case NOT_READY -> decideNotReady(ended);
      // 25/00 is a mapping that this port lacks, not a defect of the request: ESXi calls it device
      // loss on the path, and the other paths may be sound.
      case ILLEGAL_REQUEST ->
          ended.asc() == ASC_LUN_NOT_SUPPORTED ? Action.OTHER_PATH : Action.FAIL;
      case HARDWARE_ERROR -> isPermanentLoss(ended) ? Action.OTHER_PATH : Action.FAIL;
      default -> Action.FAIL;
    };
  }

  private static Action decideNotReady(TaskEnded ended) {
    if (ended.asc() != ASC_NOT_READY) {
      return Action.OTHER_PATH;
    }
    return switch (ended.ascq()) {
      // becoming ready, asymmetric access state transition
      case 0x01, 0x0A -> Action.LATER;
      // target port in standby state, in unavailable state
      case 0x0B, 0x0C -> Action.OTHER_GROUP;
      default -> Action.OTHER_PATH;
    };
  }

  static boolean isDone(AttemptResult result) {
    return decide(result) == Action.COMPLETE;
  }

  /** Whether the target asked to wait, however long that takes, rather than failed the task. */
  static boolean isPutOff(AttemptResult result) {
    if (!(result instanceof TaskEnded ended)) {
      return false;
    }
    return switch (ended.status()) {
      case ScsiStatus.BUSY, ScsiStatus.TASK_SET_FULL, ScsiStatus.ACA_ACTIVE -> true;
      case ScsiStatus.CHECK_CONDITION -> ended.senseKey() == NOT_READY;
      default -> false;
    };
  }

  static boolean isUnitAttention(AttemptResult result) {
    return result instanceof TaskEnded ended
        && ended.status() == ScsiStatus.CHECK_CONDITION
        && ended.senseKey() == UNIT_ATTENTION;
  }

  static boolean isStandby(AttemptResult result) {
    return result instanceof TaskEnded ended
        && ended.status() == ScsiStatus.CHECK_CONDITION
        && ended.senseKey() == NOT_READY
        && ended.asc() == ASC_NOT_READY
        && ended.ascq() == 0x0B;
  }

  /**
   * Whether the array says that the logical unit is not there for this path, or beyond repair:
   * 5/25/00 LOGICAL UNIT NOT SUPPORTED, 4/3E/01 LOGICAL UNIT FAILURE, 4/3E/03 LOGICAL UNIT FAILED
   * SELF-TEST, 4/4C/00 LOGICAL UNIT FAILED SELF-CONFIGURATION (SPC-4 annex D). ESXi takes such
   * answers, once they have come on all paths, for permanent device loss (VMware knowledge base
   * 2004684).
   */
  static boolean isPermanentLoss(AttemptResult result) {
    if (!(result instanceof TaskEnded ended) || ended.status() != ScsiStatus.CHECK_CONDITION) {
      return false;
    }
    int code = ended.asc() << 8 | ended.ascq();
    return switch (ended.senseKey()) {
      case ILLEGAL_REQUEST -> code == 0x2500;
      case HARDWARE_ERROR -> code == 0x3E01 || code == 0x3E03 || code == 0x4C00;
      default -> false;
    };
  }

  /** Whether the array has not been heard at all. */
  static boolean isUnheard(AttemptResult result) {
    return !(result instanceof Good) && !(result instanceof TaskEnded);
  }

  /** Whether a failed attempt may have been carried out, wholly or in part. */
  static boolean mayHaveTakenEffect(AttemptResult result) {
    if (result instanceof NexusLost lost) {
      return lost.delivered();
    }
    if (result instanceof TaskEnded ended) {
      return !isRefusedUndone(ended);
    }
    return result instanceof TaskAborted;
  }

  /** Whether the status says that the command was turned away before it did anything. */
  private static boolean isRefusedUndone(TaskEnded ended) {
    return switch (ended.status()) {
      case ScsiStatus.BUSY,
          ScsiStatus.TASK_SET_FULL,
          ScsiStatus.ACA_ACTIVE,
          ScsiStatus.RESERVATION_CONFLICT ->
          true;
      case ScsiStatus.CHECK_CONDITION ->
          switch (ended.senseKey()) {
            case NOT_READY, ILLEGAL_REQUEST, UNIT_ATTENTION, DATA_PROTECT, MISCOMPARE -> true;
            default -> false;
          };
      default -> false;
    };
  }

  /**
   * Whether the target may still carry it out later, after another path has been used, until the
   * nexus is known to be fenced.
   */
  static boolean mayTakeEffectLater(AttemptResult result) {
    if (result instanceof NexusLost lost) {
      return lost.delivered() && lost.endedBy().isEmpty();
    }
    return result instanceof TaskAborted aborted && !aborted.confirmed();
  }

  /** What makes sure that a write which may have been carried out is not carried out later. */
  static Optional<Fence> fenceIn(AttemptResult result) {
    if (result instanceof TaskAborted aborted && aborted.confirmed()) {
      return Optional.of(Fence.TASK_ENDED);
    }
    return result instanceof NexusLost lost && lost.delivered() ? lost.endedBy() : Optional.empty();
  }
}
