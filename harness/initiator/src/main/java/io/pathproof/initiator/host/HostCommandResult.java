package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.TaskAborted;
import io.pathproof.initiator.session.TaskOutcome;
import java.util.Optional;

/**
 * How a command about paths or reservations ended.
 *
 * @param path the id of the path that it ended on; empty if on none or on several
 * @param detail for a person; may be empty when OK
 */
public record HostCommandResult(Outcome outcome, String path, String detail) {
  /** What became of it. */
  public enum Outcome {
    /** Done. */
    OK,
    /** RESERVATION CONFLICT: a key or a reservation stands against it. */
    CONFLICT,
    /** The array does not have the command. */
    NOT_SUPPORTED,
    /** The array refused it for another reason. */
    REFUSED,
    /** Its answer was lost: it may have been done; it is not repeated. Ask what holds now. */
    INDETERMINATE,
    /** No path could carry it; nothing was done. */
    NO_PATH
  }

  /** Whether it was done. */
  public boolean ok() {
    return outcome == Outcome.OK;
  }

  static HostCommandResult of(LuPath path, TaskOutcome outcome, AttemptResult result) {
    return new HostCommandResult(outcome(outcome, result), path.path.id(), result.detail());
  }

  private static Outcome outcome(TaskOutcome outcome, AttemptResult result) {
    if (result instanceof AttemptResult.Good) {
      return Outcome.OK;
    }
    if (result instanceof NexusLost lost) {
      return lost.delivered() ? Outcome.INDETERMINATE : Outcome.NO_PATH;
    }
    if (result instanceof TaskAborted) {
      return Outcome.INDETERMINATE;
    }
    Optional<HostIoRefusal> refusal = TaskResults.refusal(outcome, false);
    if (refusal.isEmpty()) {
      return Outcome.REFUSED;
    }
    return refusal.get() instanceof HostIoRefusal.ReservationConflict
        ? Outcome.CONFLICT
        : refusal.get() instanceof HostIoRefusal.NotSupported
            ? Outcome.NOT_SUPPORTED
            : Outcome.REFUSED;
  }
}
