package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.TaskManagementFunction;
import io.pathproof.protocol.iscsi.TaskManagementResult;

/**
 * A task management function for a logical unit or the target; sent for immediate delivery. For a
 * single task use {@link SessionCore#cancel}.
 *
 * @param function ABORT_TASK_SET, CLEAR_TASK_SET, LOGICAL_UNIT_RESET, TARGET_WARM_RESET,
 *     TARGET_COLD_RESET or CLEAR_ACA
 * @param lun the raw eight bytes; 0 for a target reset
 * @param listener told the answer
 */
public record TaskManagement(TaskManagementFunction function, long lun, Listener listener) {
  /** Told how a function ended; exactly one of the two is called, once. */
  public interface Listener {
    /** The target answered. */
    void answered(TaskManagementResult result, long nowNs);

    /** It did not, or was not asked: see {@link Failure#sent()}. */
    void failed(Failure failure, long nowNs);
  }
}
