package io.pathproof.initiator.multipath;

/**
 * What a {@link MultipathCore} wants done or told. Called on the thread that called the core, in
 * the order of events; an implementation may call the core again from within (the call is taken up
 * when the present one is finished).
 *
 * @param <T> the caller's own handle of an I/O
 */
public interface MultipathEffects<T> {
  /** Send this I/O down {@link Attempt#path}; report its end by {@code onAttemptEnded}, once. */
  void send(Attempt<T> attempt);

  /**
   * An attempt ended without success.
   *
   * @param retried whether another attempt follows or the I/O waits for a path
   */
  void attemptEnded(Attempt<T> attempt, AttemptResult result, boolean retried);

  /**
   * The I/O ended; nothing more is said of it.
   *
   * @param path the path of its last attempt, or -1 if it had none
   * @param result how its last attempt ended; a {@link AttemptResult.NotSent} if it ended for want
   *     of a path
   */
  void completed(T io, IoOutcome outcome, int path, AttemptResult result);

  /** Check this path by TEST UNIT READY; report by {@code onPathChecked}, once. */
  void check(int path);

  /**
   * A path changed state.
   *
   * @param scope of the failure behind it; TASK for a reinstatement
   * @param cause for a person
   */
  void pathChanged(
      int path, PathState state, CheckerState checker, FailureScope scope, String cause);

  /**
   * The device lost its last path, was found to be lost for good, or has a path again.
   *
   * @param cause for a person
   */
  void deviceChanged(DeviceState state, String cause);

  /**
   * Another path took the place of one that failed or that is less preferred. Turns of round robin
   * are not told.
   */
  void pathSwitched(int from, int to, String cause);

  /**
   * A write waits because a nexus of this path, which is lost, may still carry out an older one:
   * have it fenced, and tell {@link MultipathCore#onNexusFenced(int, int, Fence, long)}. Asked once
   * until then, also if it cannot be had for now.
   *
   * @param nexus 0 for the one with which the path joined, one more after each {@link
   *     MultipathCore#onNexusReplaced}; the last is the one that the path has now
   */
  void fence(int path, int nexus);

  /**
   * A write is about to be sent down a path although a dead nexus may still carry it out (rule 10
   * of the design): an older copy may land after it. Comes before {@link #send}, or, for an attempt
   * that its session kept while it was down, when the session is logged in elsewhere.
   *
   * @param heldNs how long it was held before
   */
  void retriedUnfenced(Attempt<T> attempt, long heldNs);

  /**
   * A write is about to be sent of which an older copy was left behind, or an older write to the
   * same blocks, that cannot take effect any more. Comes before {@link #send}.
   *
   * @param fence what makes sure of that
   * @param heldNs how long it waited for that
   */
  void sentFenced(Attempt<T> attempt, Fence fence, long heldNs);
}
