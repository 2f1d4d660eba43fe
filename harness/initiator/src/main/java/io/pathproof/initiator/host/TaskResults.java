package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.TaskAborted;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.FailureScope;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;

/** Puts a session's account of a task into the terms that multipathing decides on. */
final class TaskResults {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

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
      boolean loggedOut = lost.reason() == ConnectionFailure.Reason.LOGGED_OUT;
      return new NexusLost(
          FailureScope.CONNECTION, lost.sent(), recovering, loggedOut, lost.text());
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

  /** Whether this is a unit attention: something to take note of, and to ask again. */
  static boolean isUnitAttention(AttemptResult result) {
    return senseKey(result) == SenseKey.UNIT_ATTENTION.code();
  }

  /** Whether the command, or a field in it, is not known there. */
  static boolean isIllegalRequest(AttemptResult result) {
    return senseKey(result) == SenseKey.ILLEGAL_REQUEST.code();
  }

  private static int senseKey(AttemptResult result) {
    return result instanceof TaskEnded ended ? ended.senseKey() : TaskEnded.NO_SENSE_DATA;
  }
}
