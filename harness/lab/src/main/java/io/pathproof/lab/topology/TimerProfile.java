package io.pathproof.lab.topology;

import io.pathproof.lab.document.BadValueException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Whose timers a host has where its {@code timers} say nothing else. A vendor's values are what it
 * ships, by the vendor's own names; where a vendor documents none, open-iscsi's stand in.
 */
public enum TimerProfile {
  /** A lab that wants to see a failover within seconds; the default. See {@link HostReader}. */
  FAST("fast") {
    @Override
    TimerSpec timers(boolean multipathing) {
      return new TimerSpec(
          HostReader.LOGIN_MS,
          HostReader.NOP_INTERVAL_MS,
          HostReader.NOP_TIMEOUT_MS,
          HostReader.TASK_MS,
          HostReader.ABORT_MS,
          multipathing ? HostReader.RECOVERY_MULTIPATH_MS : HostReader.RECOVERY_SINGLE_MS,
          HostReader.RECONNECT_DELAY_MS);
    }
  },

  /**
   * open-iscsi 2.1, iscsid.conf: node.conn[0].timeo.login_timeout 15 s, noop_out_interval 5 s,
   * noop_out_timeout 5 s, node.session.err_timeo.abort_timeout 15 s,
   * node.session.timeo.replacement_timeout 120 s (its README suggests less under dm-multipath),
   * DefaultTime2Wait 2 s; Linux sd: 30 s a command.
   */
  OPEN_ISCSI("open-iscsi") {
    @Override
    TimerSpec timers(boolean multipathing) {
      return new TimerSpec(15_000, 5_000, 5_000, 30_000, 15_000, 120_000, 2_000);
    }
  },

  /**
   * VMware ESXi, software iSCSI adapter (esxcli iscsi adapter param get): LoginTimeout 5 s, which
   * array vendors have raised to 30 s; NoopOutInterval 15 s, NoopOutTimeout 10 s, RecoveryTimeout
   * 10 s. The rest is not documented: a command 30 s, an abort 15 s, DefaultTime2Wait 2 s.
   */
  ESXI("esxi") {
    @Override
    TimerSpec timers(boolean multipathing) {
      return new TimerSpec(5_000, 15_000, 10_000, 30_000, 15_000, 10_000, 2_000);
    }
  },

  /**
   * Microsoft iSCSI Software Initiator (timers quick reference): TCPConnectTime 15 s, EnableNOPOut
   * 0, so that a silent target is found by its commands alone; Disk TimeOutValue 60 s with
   * SrbTimeoutDelta 15 s added; LinkDownTime 15 s under MPIO, MaxRequestHoldTime 60 s without;
   * DelayBetweenReconnect 5 s. The wait for an abort is not documented: 15 s.
   */
  WINDOWS("windows") {
    @Override
    TimerSpec timers(boolean multipathing) {
      return new TimerSpec(15_000, 0, 5_000, 75_000, 15_000, multipathing ? 15_000 : 60_000, 5_000);
    }
  };

  private final String word;

  TimerProfile(String word) {
    this.word = word;
  }

  /** As a topology file says it. */
  public String word() {
    return word;
  }

  /** The timers of a host that says no others. */
  abstract TimerSpec timers(boolean multipathing);

  static TimerProfile of(String text) {
    return Arrays.stream(values())
        .filter(each -> each.word.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new BadValueException(
                    text + " is no profile of timers",
                    "write "
                        + Arrays.stream(values())
                            .map(TimerProfile::word)
                            .collect(Collectors.joining(", "))));
  }
}
