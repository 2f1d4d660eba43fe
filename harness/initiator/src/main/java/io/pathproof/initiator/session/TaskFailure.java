package io.pathproof.initiator.session;

/** A failure of one task; connection and session go on. */
public record TaskFailure(Reason reason, String text, boolean sent) implements Failure {
  /** Why a task failed. */
  public enum Reason {
    /** Its time was over and the target confirmed that it is gone (ABORT TASK). */
    TIMED_OUT,
    /** {@link SessionCore#cancel} was called, and the target confirmed, or it was never sent. */
    CANCELLED,
    /** A task management function (LUN reset …), or the target on its own, ended it unanswered. */
    TERMINATED,
    /** The target sent a Reject for it. */
    REJECTED,
    /** The SCSI Response says Target Failure, without a SCSI status (RFC 7143 section 11.4.3). */
    TARGET_FAILURE,
    /** The data that came does not make up the answer: gaps, or a wrong count. */
    DATA_LOST,
    /** {@link SessionCore#refuse} was called for its logical unit; it was never sent. */
    NOT_ADMITTED
  }

  @Override
  public TaskFailure withSent(boolean value) {
    return new TaskFailure(reason, text, value);
  }
}
