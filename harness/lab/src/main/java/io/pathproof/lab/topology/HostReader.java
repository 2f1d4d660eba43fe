package io.pathproof.lab.topology;

import io.pathproof.lab.document.Section;
import io.pathproof.lab.document.Units;
import java.util.Optional;

/**
 * Reads a host's {@code timers}, and states their defaults: those of a lab that wants to see a
 * failover within seconds; each says what open-iscsi (2.1.x, iscsid.conf) or dm-multipath
 * (multipath.conf(5)) ships in its place.
 */
final class HostReader {
  /** One login attempt. open-iscsi: 15 s. */
  static final long LOGIN_MS = 5_000;

  /** Idle time before a NOP-Out. open-iscsi: 5 s. */
  static final long NOP_INTERVAL_MS = 500;

  /** Wait for the NOP-In. open-iscsi: 5 s. */
  static final long NOP_TIMEOUT_MS = 500;

  /** A SCSI command. Linux sd: 30 s. */
  static final long TASK_MS = 5_000;

  /** Answer to ABORT TASK. open-iscsi: 15 s. */
  static final long ABORT_MS = 1_000;

  /**
   * A lost session keeps its I/O, on a host with multipathing; 0 fails it upward at once.
   * open-iscsi: 120 s; its README suggests some 15 s below dm-multipath.
   */
  static final long RECOVERY_MULTIPATH_MS = 0;

  /** The same on a host without multipathing. open-iscsi: 120 s. */
  static final long RECOVERY_SINGLE_MS = 1_000;

  /** Between two login attempts. RFC 7143 section 13.15, DefaultTime2Wait: 2 s. */
  static final long RECONNECT_DELAY_MS = 250;

  /** Between two path checks. dm-multipath polling_interval: 5 s. */
  static final long CHECKER_INTERVAL_MS = 1_000;

  /**
   * A write that a lost path left behind, where its old session cannot be fenced. dm-multipath and
   * ESXi hold nothing and so risk a ghost write; no standard bounds the time, a Linux target gives
   * up its own disk's commands after 30 s, which is what the initiator holds for by itself, where
   * data may matter and nobody watches (FencePolicy.DEFAULT_HOLD_MS). A lab can do with less, and
   * with it no failover would be seen within seconds: only its own patterns can be harmed, what
   * went by time alone is told ({@code RetriedUnfenced}), and data integrity shows a write that
   * landed late. The time is that of the other end's silence after which these hosts give it up
   * ({@link #NOP_TIMEOUT_MS}); a fault may keep a write for longer.
   */
  static final FenceSpec FENCE = new FenceSpec(FenceSpec.Mode.HOLD, NOP_TIMEOUT_MS);

  private HostReader() {}

  static TimerProfile profile(Section host) {
    return host.scalar("profile", TimerProfile::of, TimerProfile.FAST);
  }

  static TimerSpec timers(Section host, MultipathSpec multipath, TimerProfile profile) {
    boolean multipathing = multipath.policy() != MultipathSpec.Policy.NONE;
    TimerSpec others = profile.timers(multipathing);
    Optional<Section> section = host.section("timers", "timers of " + host.name());
    if (section.isEmpty()) {
      return others;
    }
    Section keys = section.get();
    TimerSpec spec =
        new TimerSpec(
            keys.scalar("login", Units::positiveDurationMs, others.loginTimeoutMs()),
            keys.scalar("nop-interval", Units::positiveDurationMs, others.nopIntervalMs()),
            keys.scalar("nop-timeout", Units::positiveDurationMs, others.nopTimeoutMs()),
            keys.scalar("task", Units::positiveDurationMs, others.taskTimeoutMs()),
            keys.scalar("abort", Units::positiveDurationMs, others.abortTimeoutMs()),
            keys.scalar("recovery", Units::durationMs, others.recoveryTimeoutMs()),
            keys.scalar("reconnect-delay", Units::positiveDurationMs, others.reconnectDelayMs()),
            keys.scalar("overdue", Units::durationMs, others.overdueMs()));
    keys.done();
    return spec;
  }
}
