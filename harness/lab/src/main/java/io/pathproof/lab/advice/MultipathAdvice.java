package io.pathproof.lab.advice;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.Topology;
import java.util.Locale;

/** How a host uses its paths, beside what is advised for its kind. */
final class MultipathAdvice {
  private final MultipathSpec multipath;
  private final int ways;
  private final Platform platform;
  private final Findings found;

  MultipathAdvice(Topology topology, HostSpec host, Platform platform, Findings found) {
    this.multipath = host.multipath();
    this.ways = topology.entryLinksOf(host).size();
    this.platform = platform;
    this.found = found;
  }

  void compare() {
    if (ways > 1 && multipath.policy() == MultipathSpec.Policy.NONE) {
      none();
    } else if (ways > 1 && !multipath.shares()) {
      oneAtATime();
    } else if (multipath.policy() == MultipathSpec.Policy.ROUND_ROBIN && multipath.ios() > 1) {
      turns();
    }
    noPath();
  }

  private void none() {
    found.add(
        "multipath",
        "none, with " + ways + " paths",
        "a multipath driver",
        Findings.IBM,
        Findings.IBM_PAGE,
        "each path is a device of its own: one broken link is an I/O error, and load is not"
            + " balanced",
        "multipath: { policy: round-robin, ios: 1 }; "
            + switch (platform) {
              case ESXI -> "on ESXi let its native multipathing (NMP) claim the volume";
              case WINDOWS -> "on Windows add MPIO, and have it claim iSCSI devices";
              case LINUX, LAB -> "on Linux install and enable multipathd";
            });
  }

  private void oneAtATime() {
    String set = multipath.policy().name().toLowerCase(Locale.ROOT).replace('_', '-');
    String why = "one path carries everything while " + (ways - 1) + " idle";
    switch (platform) {
      case ESXI ->
          found.add(
              "multipath: { policy }",
              set,
              "round-robin",
              Findings.PURE,
              Findings.PURE_PAGE,
              why,
              "policy: round-robin; on ESXi: esxcli storage nmp device set --psp VMW_PSP_RR");
      case WINDOWS ->
          found.add(
              "multipath: { policy }",
              set,
              "round-robin",
              Findings.MICROSOFT,
              "Microsoft, \"MPIO Policies\"",
              why,
              "policy: round-robin; on Windows: mpclaim -L -M 2");
      case LINUX, LAB ->
          found.add(
              "multipath: { policy }",
              set,
              "service-time, queue-length or round-robin",
              Findings.MULTIPATH_TOOLS,
              "multipath.conf(5), path_selector",
              why,
              "policy: service-time; on Linux path_selector \"service-time 0\", with the paths of"
                  + " one priority in one group (path_grouping_policy group_by_prio)");
    }
  }

  /** Windows' round robin has no such limit. */
  private void turns() {
    String set = multipath.ios() + " I/Os a path";
    String why =
        "with "
            + multipath.ios()
            + " a burst loads one path at a time, and a failing path takes as many I/Os with it"
            + " before the next one is used";
    if (platform == Platform.ESXI) {
      found.add(
          "multipath: { ios }",
          set,
          "1 (I/O Operations Limit)",
          Findings.PURE,
          Findings.PURE_PAGE,
          why,
          "multipath: { ios: 1 }; on ESXi: esxcli storage nmp psp roundrobin deviceconfig set"
              + " --type iops --iops 1, or a SATP claim rule for new devices");
    } else if (platform != Platform.WINDOWS) {
      found.add(
          "multipath: { ios }",
          set,
          "1 (rr_min_io_rq)",
          Findings.MULTIPATH_TOOLS,
          "multipath.conf(5), rr_min_io_rq",
          why,
          "multipath: { ios: 1 }; on Linux leave out rr_min_io_rq, which is 1 then");
    }
  }

  private void noPath() {
    switch (platform) {
      case ESXI ->
          noPath(
              140_000,
              "140 s (Misc.APDTimeout)",
              Findings.VMWARE,
              "VMware vSphere Storage, \"Handling Transient APD Conditions\"",
              "no-path: wait 140s");
      case WINDOWS ->
          noPath(
              300_000,
              "a bounded time (PDORemovePeriod, 20 s as it is shipped)",
              Findings.MICROSOFT,
              "Microsoft, \"Configuring MPIO Timers\"",
              "no-path: wait 20s; on Windows PDORemovePeriod");
      case LINUX, LAB ->
          noPath(
              300_000,
              "a bounded number of retries",
              Findings.RED_HAT,
              "Red Hat Enterprise Linux, DM Multipath, \"Issues with queue_if_no_path feature\"",
              "no-path: wait 60s; on Linux no_path_retry N in multipath.conf");
    }
  }

  private void noPath(long mostMs, String advised, String by, String source, String how) {
    long ms = multipath.noPathRetryMs();
    if (ms > mostMs) {
      found.add(
          "multipath: { no-path }",
          ms == MultipathSpec.QUEUE ? "queue" : "wait " + Findings.seconds(ms),
          advised,
          by,
          source,
          "with all paths down whoever does I/O hangs until one is back, with no error to act on",
          how);
    }
  }
}
