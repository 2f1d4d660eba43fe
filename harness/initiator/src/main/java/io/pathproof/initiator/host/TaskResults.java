package io.pathproof.initiator.host;

import io.pathproof.initiator.host.HostIoRefusal.Miscompare;
import io.pathproof.initiator.host.HostIoRefusal.NotSupported;
import io.pathproof.initiator.host.HostIoRefusal.ReservationConflict;
import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.TaskAborted;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.FailureScope;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Puts a session's account of a task into the terms that multipathing decides on. */
final class TaskResults {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private static final int ASC_NOT_READY = 0x04;
  private static final int BECOMING_READY = 0x01;
  private static final int TRANSITION = 0x0a;
  private static final int STANDBY = 0x0b;
  private static final int ASC_INVALID_FIELD_IN_CDB = 0x24;

  private TaskResults() {}

  /**
   * @param expectedLength bytes that a GOOD answer has to have moved, or 0 where it may be less
   * @param recovers whether the session keeps tasks until its recovery timeout while it is down
   */
  static AttemptResult of(TaskOutcome outcome, int expectedLength, boolean recovers) {
    if (outcome instanceof ScsiResult result) {
      return answered(result, expectedLength);
    }
    if (outcome instanceof ConnectionFailure lost) {
      // a task that was sent is not sent again by the session, but would be taken again
      boolean recovering = recovers && lost.sent();
      return new NexusLost(
          FailureScope.CONNECTION, lost.sent(), recovering, endedBy(lost), lost.text());
    }
    if (outcome instanceof SessionFailure lost) {
      return new NexusLost(FailureScope.SESSION, lost.sent(), false, lost.text());
    }
    TaskFailure failure = (TaskFailure) outcome;
    if (!failure.sent()) {
      return new NexusLost(FailureScope.TASK, false, false, failure.text());
    }
    if (failure.reason() == TaskFailure.Reason.TERMINATED) {
      // a LUN reset by whomever: SAM-5 would have reported it by this status
      int status = ScsiStatus.TASK_ABORTED.code();
      return new TaskEnded(status, TaskEnded.NO_SENSE_DATA, 0, 0, failure.text());
    }
    return new TaskAborted(true, failure.text());
  }

  private static Optional<Fence> endedBy(ConnectionFailure lost) {
    return switch (lost.reason()) {
      case LOGGED_OUT -> Optional.of(Fence.LOGOUT);
      case TERMINATED_BY_TARGET -> Optional.of(Fence.TERMINATED);
      default -> Optional.empty();
    };
  }

  private static AttemptResult answered(ScsiResult result, int expectedLength) {
    if (result.good()) {
      long missing = Math.max(0, result.residual());
      return expectedLength > 0 && missing > 0
          ? new TaskAborted(true, missing + " of " + expectedLength + " bytes were not moved")
          : new Good();
    }
    if (result.sense().hasRemaining()) {
      try {
        Sense sense = Sense.decode(result.sense().duplicate());
        return new TaskEnded(
            result.status(), sense.key().code(), sense.asc(), sense.ascq(), sense.toString());
      } catch (ProtocolException e) {
        return new TaskEnded(
            result.status(), TaskEnded.NO_SENSE_DATA, 0, 0, "unreadable sense: " + e.getMessage());
      }
    }
    String name =
        ScsiStatus.of(result.status())
            .map(ScsiStatus::name)
            .orElse(String.format("status %02Xh", result.status()));
    return new TaskEnded(result.status(), TaskEnded.NO_SENSE_DATA, 0, 0, name);
  }

  /** Whether the target's own account of the data does not hold. */
  static boolean contradicts(TaskOutcome outcome) {
    return outcome instanceof TaskFailure failure
        && failure.reason() == TaskFailure.Reason.DATA_LOST;
  }

  /** The bytes that a task read; empty if it read none. */
  static ByteBuffer dataOf(TaskOutcome outcome) {
    return outcome instanceof ScsiResult result ? result.data() : NO_DATA;
  }

  /**
   * What the logical unit itself had against a task, where callers tell it apart.
   *
   * @param optional whether INVALID FIELD IN CDB can only mean an option that it lacks
   */
  static Optional<HostIoRefusal> refusal(TaskOutcome outcome, boolean optional) {
    if (!(outcome instanceof ScsiResult result) || result.good()) {
      return Optional.empty();
    }
    if (result.status() == ScsiResult.RESERVATION_CONFLICT) {
      return Optional.of(new ReservationConflict());
    }
    Optional<Sense> sense = result.decodedSense();
    if (sense.isEmpty()) {
      return Optional.empty(); // told by the result of the attempt
    }
    if (sense.get().key() == SenseKey.MISCOMPARE) {
      return Optional.of(new Miscompare(sense.get().information()));
    }
    boolean lacking =
        sense.get().is(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE)
            || optional
                && sense.get().is(SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB);
    return lacking ? Optional.of(new NotSupported(sense.get().toString())) : Optional.empty();
  }

  /** Whether this is a unit attention: something to take note of, and to ask again. */
  static boolean isUnitAttention(AttemptResult result) {
    return senseKey(result) == SenseKey.UNIT_ATTENTION.code();
  }

  /** Whether the command, or a field in it, is not known there. */
  static boolean isIllegalRequest(AttemptResult result) {
    return senseKey(result) == SenseKey.ILLEGAL_REQUEST.code();
  }

  /** Whether the target port is in standby (04/0B). */
  static boolean isStandby(AttemptResult result) {
    return isNotReady(result)
        && ((TaskEnded) result).asc() == ASC_NOT_READY
        && ((TaskEnded) result).ascq() == STANDBY;
  }

  /** Whether the logical unit is not ready through this port: another may be. */
  static boolean isNotReady(AttemptResult result) {
    return senseKey(result) == SenseKey.NOT_READY.code();
  }

  /**
   * Whether the target turned the command away undone, for now: BUSY, TASK SET FULL, becoming ready
   * (04/01), an access state transition (04/0A).
   */
  static boolean isPutOff(AttemptResult result) {
    if (!(result instanceof TaskEnded ended)) {
      return false;
    }
    if (ended.status() == ScsiStatus.BUSY.code()
        || ended.status() == ScsiStatus.TASK_SET_FULL.code()) {
      return true;
    }
    return isNotReady(result)
        && ended.asc() == ASC_NOT_READY
        && (ended.ascq() == BECOMING_READY || ended.ascq() == TRANSITION);
  }

  /** Whether the command has a field that is not known there (24/00). */
  static boolean isInvalidField(AttemptResult result) {
    return isIllegalRequest(result) && ((TaskEnded) result).asc() == ASC_INVALID_FIELD_IN_CDB;
  }

  private static int senseKey(AttemptResult result) {
    return result instanceof TaskEnded ended ? ended.senseKey() : TaskEnded.NO_SENSE_DATA;
  }
}
