package io.pathproof.initiator.session;

import java.util.concurrent.TimeUnit;

/**
 * When a session gives up on what; all in nanoseconds. Names and defaults are those of open-iscsi's
 * {@code iscsid.conf}.
 *
 * @param loginTimeoutNs one login attempt, connecting and redirections included
 *     (node.conn[0].timeo.login_timeout, 15 s); greater than 0
 * @param nopIntervalNs how long nothing was received before a NOP-Out ping is sent
 *     (node.conn[0].timeo.noop_out_interval, 5 s); 0 sends none
 * @param nopTimeoutNs how long nothing at all was received after a ping, and nothing of a backlog
 *     taken, before the connection is given up (node.conn[0].timeo.noop_out_timeout, 5 s); greater
 *     than 0. Time for which this side stood still does not count, and what its socket holds is
 *     read first
 * @param taskTimeoutNs a SCSI command's time until ABORT TASK, unless the task has its own; from
 *     its submission, or from the login where it was submitted before (Linux sd:
 *     /sys/block/…/device/timeout, 30 s); 0 is no limit
 * @param abortTimeoutNs how long the answer to ABORT TASK may take before the connection is dropped
 *     (node.session.err_timeo.abort_timeout, 15 s); greater than 0. Used for the answer to a Logout
 *     as well (node.conn[0].timeo.logout_timeout, 15 s)
 * @param recoveryTimeoutNs how long tasks that were never sent are kept while the session is down
 *     before they are failed upward (node.session.timeo.replacement_timeout, 120 s); 0 fails them
 *     at once. For so long a multipath device still uses the path, and its I/O waits, as on hosts
 *     whose multipathing learns of a failure when SCSI gives the device up; 0 has it take another
 *     path at once
 * @param reconnectDelayNs from the loss of a connection or a failed attempt to the next attempt
 *     (open-iscsi: 2 s). After the loss of a session the negotiated DefaultTime2Wait counts where
 *     it is longer (RFC 7143 section 13.15; {@link NegotiationOffer#defaultTime2WaitSec()} and the
 *     target's own, the greater of the two). After a logout that the target asked for and
 *     confirmed, the next attempt begins at once
 * @param overdueFloorNs the least that a command may take before it is overdue; what it may take
 *     beyond that follows the latencies of the connection's commands as TCP's retransmission timer
 *     follows the round trips (RFC 6298, whose floor is 1 s). An overdue command is told ({@link
 *     SessionEvent.CommandOverdue}) and makes the session ping, where it pings at all; it is not
 *     aborted before its task timeout, and no connection is given up for it. 0, the default, turns
 *     this off: open-iscsi and Linux sd know fixed times only
 */
public record SessionTimers(
    long loginTimeoutNs,
    long nopIntervalNs,
    long nopTimeoutNs,
    long taskTimeoutNs,
    long abortTimeoutNs,
    long recoveryTimeoutNs,
    long reconnectDelayNs,
    long overdueFloorNs) {

  public SessionTimers {
    atLeast(1, loginTimeoutNs, "loginTimeoutNs");
    atLeast(0, nopIntervalNs, "nopIntervalNs");
    atLeast(1, nopTimeoutNs, "nopTimeoutNs");
    atLeast(0, taskTimeoutNs, "taskTimeoutNs");
    atLeast(1, abortTimeoutNs, "abortTimeoutNs");
    atLeast(0, recoveryTimeoutNs, "recoveryTimeoutNs");
    atLeast(0, reconnectDelayNs, "reconnectDelayNs");
    atLeast(0, overdueFloorNs, "overdueFloorNs");
  }

  /** The defaults of open-iscsi. */
  public static SessionTimers defaults() {
    return ofMillis(15_000, 5_000, 5_000, 30_000, 15_000, 120_000, 2_000);
  }

  /** The same, from milliseconds. */
  public static SessionTimers ofMillis(
      long loginTimeoutMs,
      long nopIntervalMs,
      long nopTimeoutMs,
      long taskTimeoutMs,
      long abortTimeoutMs,
      long recoveryTimeoutMs,
      long reconnectDelayMs) {
    return new SessionTimers(
        TimeUnit.MILLISECONDS.toNanos(loginTimeoutMs),
        TimeUnit.MILLISECONDS.toNanos(nopIntervalMs),
        TimeUnit.MILLISECONDS.toNanos(nopTimeoutMs),
        TimeUnit.MILLISECONDS.toNanos(taskTimeoutMs),
        TimeUnit.MILLISECONDS.toNanos(abortTimeoutMs),
        TimeUnit.MILLISECONDS.toNanos(recoveryTimeoutMs),
        TimeUnit.MILLISECONDS.toNanos(reconnectDelayMs),
        0);
  }

  /** The same with adaptive deadlines of commands; 0 turns them off. */
  public SessionTimers withOverdueFloorNs(long value) {
    return new SessionTimers(
        loginTimeoutNs,
        nopIntervalNs,
        nopTimeoutNs,
        taskTimeoutNs,
        abortTimeoutNs,
        recoveryTimeoutNs,
        reconnectDelayNs,
        value);
  }

  public SessionTimers withLoginTimeoutNs(long value) {
    return new SessionTimers(
        value,
        nopIntervalNs,
        nopTimeoutNs,
        taskTimeoutNs,
        abortTimeoutNs,
        recoveryTimeoutNs,
        reconnectDelayNs,
        overdueFloorNs);
  }

  /** A task's time until ABORT TASK: its own, or else the session's. */
  long timeoutNs(ScsiTask task) {
    return task.timeoutNs() > 0 ? task.timeoutNs() : taskTimeoutNs;
  }

  private static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value);
    }
  }
}
