package io.pathproof.initiator.session;

/** Told how a task ended. */
@FunctionalInterface
public interface TaskListener {
  /**
   * Called exactly once, on the thread that owns the session; may submit further tasks. Must not
   * throw and must not block.
   *
   * @param outcome with the data that was read, which is the listener's to keep, unless the task is
   *     {@link ScsiTask#lent}: then it is there until this call returns
   * @param nowNs the time of the event that ended the task
   */
  void completed(TaskOutcome outcome, long nowNs);
}
