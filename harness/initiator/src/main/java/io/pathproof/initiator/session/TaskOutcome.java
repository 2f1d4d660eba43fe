package io.pathproof.initiator.session;

/** How a task ended: the target's answer, or a failure. */
public sealed interface TaskOutcome permits ScsiResult, Failure {}
