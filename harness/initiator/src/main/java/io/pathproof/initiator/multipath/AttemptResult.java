package io.pathproof.initiator.multipath;

import java.util.Optional;

/**
 * How one attempt, or one path check, ended. Decisions are made on the type and the codes in it,
 * never on its text.
 */
public sealed interface AttemptResult {
  /** For a person; empty when all is well. */
  String detail();

  /** Status GOOD. */
  record Good() implements AttemptResult {
    @Override
    public String detail() {
      return "";
    }
  }

  /**
   * The target ended the task with another status (SAM-5 5.3.1): it is over and cannot take effect
   * later.
   *
   * @param status the status byte
   * @param senseKey 0 to 15, or {@link #NO_SENSE_DATA} if none came
   * @param asc additional sense code
   * @param ascq its qualifier
   */
  record TaskEnded(int status, int senseKey, int asc, int ascq, String detail)
      implements AttemptResult {
    /** In place of a sense key where there is no sense. */
    public static final int NO_SENSE_DATA = -1;

    /** CHECK CONDITION with sense. */
    public static TaskEnded checkCondition(int senseKey, int asc, int ascq) {
      String codes = String.format("sense %X/%02X/%02X", senseKey, asc, ascq);
      return new TaskEnded(ScsiStatus.CHECK_CONDITION, senseKey, asc, ascq, codes);
    }

    /** A status without sense. */
    public static TaskEnded status(int status) {
      return new TaskEnded(status, NO_SENSE_DATA, 0, 0, String.format("status %02Xh", status));
    }
  }

  /**
   * The initiator gave the task up, most often because its time was over.
   *
   * @param confirmed whether the target has confirmed that the task is gone (RFC 7143 11.6.1), so
   *     that it cannot take effect later
   */
  record TaskAborted(boolean confirmed, String detail) implements AttemptResult {}

  /**
   * The connection or the session went away under the task.
   *
   * @param delivered whether the command may have reached the target
   * @param recovering whether the session takes the command again on this path, sends it when it is
   *     logged in again, most often by reinstatement (RFC 7143 6.3.5), which ends the old task on
   *     the target, and otherwise gives up by itself when its recovery timeout has passed
   * @param endedBy the target's word that its tasks end with it: it has confirmed a logout (RFC
   *     7143 sections 7.5 and 11.15), or announced that it terminates them (section 11.9.1)
   */
  record NexusLost(
      FailureScope scope,
      boolean delivered,
      boolean recovering,
      Optional<Fence> endedBy,
      String detail)
      implements AttemptResult {
    /** One of whose tasks the target has said nothing. */
    public NexusLost(FailureScope scope, boolean delivered, boolean recovering, String detail) {
      this(scope, delivered, recovering, Optional.empty(), detail);
    }
  }

  /**
   * No I/O was sent: no path was left, or what a check found there is not the logical unit that it
   * has to be.
   */
  record NotSent(String detail) implements AttemptResult {}

  /** How much this failure took with it. */
  default FailureScope scope() {
    return this instanceof NexusLost lost ? lost.scope() : FailureScope.TASK;
  }

  /** The outcome of this attempt by itself. */
  default IoOutcome outcome(boolean write) {
    if (RetryRules.isDone(this)) {
      return IoOutcome.OK;
    }
    return write && RetryRules.mayHaveTakenEffect(this)
        ? IoOutcome.INDETERMINATE
        : IoOutcome.FAILED;
  }
}
