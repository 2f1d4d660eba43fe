package io.pathproof.lab.advice;

import static io.pathproof.lab.advice.Findings.seconds;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.vsphere.IscsiTargets;
import io.pathproof.lab.vsphere.VsphereNetwork;

/**
 * A host's timers beside those that the vendor of its kind ships or advises. VMware and Microsoft
 * advise to leave theirs as they are unless the array's vendor says otherwise.
 */
final class TimerAdvice {
  /** Array vendors' for ESXi; ESXi itself ships 5 s. */
  static final long ESXI_LOGIN_MS = 30_000;

  private static final long LOGIN_MS = 15_000;
  private static final String ESXI_PAGE =
      "VMware vSphere Storage, \"Configuring Advanced Parameters for iSCSI\"";
  private static final String WINDOWS_PAGE =
      "Microsoft, \"iSCSI Software Initiator / iSNS Server Timers Quick Reference\"";
  private static final String RED_HAT_PAGE =
      "Red Hat Enterprise Linux, Storage Administration Guide, \"iSCSI Settings With dm-multipath\"";
  private static final String GIVEN_UP =
      "an array that moves its ports or is busy may take longer to answer a login, and the path is"
          + " then given up without need";

  private final HostSpec host;
  private final Platform platform;
  private final TimerSpec timers;
  private final Findings found;

  TimerAdvice(HostSpec host, Platform platform, Findings found) {
    this.host = host;
    this.platform = platform;
    this.timers = host.timers();
    this.found = found;
  }

  void compare() {
    login();
    if (!Platform.labTimers(host)) {
      recovery();
      liveness();
    }
  }

  private void login() {
    long ms = timers.loginTimeoutMs();
    switch (platform) {
      case ESXI -> {
        boolean atTargets =
            !host.vsphere()
                .map(VsphereNetwork::targets)
                .orElse(IscsiTargets.NONE)
                .dynamic()
                .isEmpty();
        if (ms < ESXI_LOGIN_MS && !atTargets) {
          esxiLogin(found, "timers: { login }", seconds(ms), "timers: { login: 30s }");
        }
      }
      case LINUX -> {
        if (ms < LOGIN_MS) {
          login(
              ms,
              Findings.OPEN_ISCSI,
              "iscsid.conf, node.conn[0].timeo.login_timeout",
              "open-iscsi: node.conn[0].timeo.login_timeout = 15");
        }
      }
      case WINDOWS -> {
        if (ms < LOGIN_MS) {
          login(ms, Findings.MICROSOFT, WINDOWS_PAGE, "on Windows TCPConnectTime = 15");
        }
      }
      case LAB -> {}
    }
  }

  private void login(long ms, String by, String source, String there) {
    found.add(
        "timers: { login }",
        seconds(ms),
        "15 s or more",
        by,
        source,
        GIVEN_UP,
        "timers: { login: 15s }; " + there);
  }

  /** Of the adapter or of a target. */
  static void esxiLogin(Findings found, String setting, String set, String here) {
    found.add(
        setting,
        set,
        "30 s (LoginTimeout)",
        Findings.PURE,
        Findings.PURE_PAGE,
        GIVEN_UP,
        here + "; on ESXi set LoginTimeout to 30 on the adapter or its dynamic targets");
  }

  private void recovery() {
    if (host.multipath().policy() == MultipathSpec.Policy.NONE) {
      return;
    }
    switch (platform) {
      case ESXI ->
          recovery(
              10_000,
              "10 s (RecoveryTimeout)",
              Findings.VMWARE,
              ESXI_PAGE,
              "timers: { recovery: 10s }; on ESXi: esxcli iscsi adapter param set --key"
                  + " RecoveryTimeout --value 10");
      case LINUX ->
          recovery(
              20_000,
              "5 to 20 s",
              Findings.RED_HAT,
              RED_HAT_PAGE,
              "timers: { recovery: 5s }; open-iscsi: node.session.timeo.replacement_timeout = 5, or"
                  + " fast_io_fail_tmo in multipath.conf");
      case WINDOWS ->
          recovery(
              15_000,
              "15 s (LinkDownTime)",
              Findings.MICROSOFT,
              WINDOWS_PAGE,
              "timers: { recovery: 15s }; on Windows LinkDownTime = 15");
      case LAB -> {}
    }
  }

  private void recovery(long mostMs, String advised, String by, String source, String how) {
    if (timers.recoveryTimeoutMs() > mostMs) {
      found.add(
          "timers: { recovery }",
          seconds(timers.recoveryTimeoutMs()),
          advised,
          by,
          source,
          "for so long a lost session keeps its I/O before multipathing may use another path",
          how);
    }
  }

  /** Windows sends no NOPs as it is shipped. */
  private void liveness() {
    if (platform == Platform.ESXI) {
      liveness(
          25_000,
          "15 s and 10 s (NoopOutInterval, NoopOutTimeout)",
          Findings.VMWARE,
          ESXI_PAGE,
          "timers: { nop-interval: 15s, nop-timeout: 10s }; on ESXi: esxcli iscsi adapter param set"
              + " --key NoopOutInterval --value 15");
    } else if (platform == Platform.LINUX) {
      liveness(
          20_000,
          "5 s and 5 s",
          Findings.OPEN_ISCSI,
          "iscsid.conf, node.conn[0].timeo.noop_out_interval and noop_out_timeout",
          "timers: { nop-interval: 5s, nop-timeout: 5s }");
    }
  }

  private void liveness(long mostMs, String advised, String by, String source, String how) {
    long ms = timers.nopIntervalMs() + timers.nopTimeoutMs();
    if (ms > mostMs) {
      found.add(
          "timers: { nop-interval, nop-timeout }",
          seconds(timers.nopIntervalMs()) + " and " + seconds(timers.nopTimeoutMs()),
          advised,
          by,
          source,
          "an idle path that has gone silent is noticed after " + seconds(ms) + " only",
          how);
    }
  }
}
