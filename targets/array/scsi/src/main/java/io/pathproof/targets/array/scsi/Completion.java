package io.pathproof.targets.array.scsi;

/** Takes the outcome of one command. */
@FunctionalInterface
public interface Completion {
  /**
   * Called exactly once for a command that was not aborted, on the array's thread, possibly before
   * {@link LogicalUnits#execute} returns.
   */
  void complete(ScsiOutcome outcome);
}
