package io.pathproof.lab.advice;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.TimerProfile;

/** Whose advice fits a host. */
enum Platform {
  /** VMware's, and that of array vendors for ESXi: any host with VMkernel ports. */
  ESXI,
  /** That of open-iscsi and multipath-tools, and of the distributions that ship them. */
  LINUX,
  /** Microsoft's. */
  WINDOWS,
  /**
   * Nobody's for its timers, which are a lab's; multipath-tools' for its multipath settings, whose
   * names and defaults are theirs.
   */
  LAB;

  static Platform of(HostSpec host) {
    if (host.vsphere().isPresent()) {
      return ESXI;
    }
    return switch (host.profile()) {
      case ESXI -> ESXI;
      case OPEN_ISCSI -> LINUX;
      case WINDOWS -> WINDOWS;
      case FAST -> LAB;
    };
  }

  /** Whether a host's timers are a lab's, whatever else it is. */
  static boolean labTimers(HostSpec host) {
    return host.profile() == TimerProfile.FAST;
  }
}
