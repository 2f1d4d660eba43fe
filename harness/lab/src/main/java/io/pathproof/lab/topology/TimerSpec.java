package io.pathproof.lab.topology;

/**
 * When a host's iSCSI sessions give up on what. Names follow open-iscsi's iscsid.conf; all in
 * milliseconds.
 *
 * @param loginTimeoutMs one login attempt, connect included (node.conn[0].timeo.login_timeout)
 * @param nopIntervalMs idle time before a NOP-Out ping (node.conn[0].timeo.noop_out_interval); 0
 *     sends none
 * @param nopTimeoutMs wait for its answer (node.conn[0].timeo.noop_out_timeout)
 * @param taskTimeoutMs a SCSI command's time before ABORT TASK (Linux: sd timeout, 30 s)
 * @param abortTimeoutMs wait for the answer to ABORT TASK before the connection is dropped
 *     (node.session.err_timeo.abort_timeout)
 * @param recoveryTimeoutMs how long a session that lost its connection keeps its I/O before it
 *     fails it upward (node.session.timeo.replacement_timeout); 0 fails it at once
 * @param reconnectDelayMs between two attempts to log in again
 * @param overdueMs the least that a command may take before it is told as overdue, beside what the
 *     latencies of its connection let expect; 0 tells none, as open-iscsi and Linux know fixed
 *     times only
 */
public record TimerSpec(
    long loginTimeoutMs,
    long nopIntervalMs,
    long nopTimeoutMs,
    long taskTimeoutMs,
    long abortTimeoutMs,
    long recoveryTimeoutMs,
    long reconnectDelayMs,
    long overdueMs) {

  /** Without a watch on the latencies of commands. */
  public TimerSpec(
      long loginTimeoutMs,
      long nopIntervalMs,
      long nopTimeoutMs,
      long taskTimeoutMs,
      long abortTimeoutMs,
      long recoveryTimeoutMs,
      long reconnectDelayMs) {
    this(
        loginTimeoutMs,
        nopIntervalMs,
        nopTimeoutMs,
        taskTimeoutMs,
        abortTimeoutMs,
        recoveryTimeoutMs,
        reconnectDelayMs,
        0);
  }
}
