package io.pathproof.lab.advice;

import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.TimerSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.Compliance;
import io.pathproof.lab.vsphere.IscsiTargets;
import io.pathproof.lab.vsphere.NetworkState;
import io.pathproof.lab.vsphere.VmkernelPort;
import io.pathproof.lab.vsphere.VsphereNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares a topology's hosts with what vendors advise. */
public final class SettingsAdvice {
  private static final String PURE = "Pure Storage";
  private static final String PURE_PAGE =
      "Pure Storage, \"ESXi Host Configuration\" (VMware Platform Guide)";
  private static final String RED_HAT = "Red Hat";
  private static final String RED_HAT_ISCSI =
      "Red Hat Enterprise Linux, Storage Administration Guide, \"iSCSI Settings With dm-multipath\"";
  private static final String RED_HAT_QUEUE =
      "Red Hat Enterprise Linux, DM Multipath, \"Issues with queue_if_no_path feature\"";
  private static final String IBM = "IBM";
  private static final String IBM_PAGE =
      "IBM Spectrum Virtualize, \"Example iSCSI configurations\"";

  private static final String VMWARE = "VMware";
  private static final String VMWARE_PAGE = "VMware vSphere Storage, \"Port Binding\"";

  private static final String ONE_ADAPTER =
      "all paths share one adapter, cable and switch port: its failure is an I/O error in spite of"
          + " multipathing";

  private static final long LOGIN_MS = 30_000;
  private static final long RECOVERY_MS = 20_000;
  private static final long NOP_MS = 20_000;
  private static final long NO_PATH_MS = 300_000;

  private final Topology topology;
  private final HostSpec host;
  private final List<Advice> found = new ArrayList<>();

  private SettingsAdvice(Topology topology, HostSpec host) {
    this.topology = topology;
    this.host = host;
  }

  /** What departs on a host of the topology, in a fixed order. */
  public static List<Advice> of(Topology topology, HostSpec host) {
    SettingsAdvice advice = new SettingsAdvice(topology, host);
    advice.login();
    advice.delayedAck();
    advice.policy();
    advice.recovery();
    advice.liveness();
    advice.noPath();
    host.vsphere().ifPresentOrElse(advice::portBinding, advice::adapters);
    return List.copyOf(advice.found);
  }

  private void login() {
    IscsiTargets targets = targets();
    long ms = host.timers().loginTimeoutMs();
    if (targets.dynamic().isEmpty()) {
      if (ms < LOGIN_MS) {
        login("timers: { login }", seconds(ms), "timers: { login: 30s }");
      }
    } else {
      Map<Long, List<String>> departing = new TreeMap<>();
      for (IscsiTargets.Target target : targets.dynamic()) {
        long own = target.parameters().loginTimeoutMs().orElse(ms);
        if (own < LOGIN_MS) {
          departing.computeIfAbsent(own, each -> new ArrayList<>()).add(target.portal());
        }
      }
      departing.forEach(
          (own, portals) ->
              login(
                  "targets: { dynamic: [{ login-timeout }] }",
                  seconds(own) + " at " + String.join(", ", portals),
                  "login-timeout: 30s at the dynamic target, from where its static targets have it"));
    }
    targets.fixed().stream()
        .filter(target -> target.parameters().loginTimeoutMs().orElse(LOGIN_MS) < LOGIN_MS)
        .forEach(
            target ->
                login(
                    "targets: { static: [{ login-timeout }] }",
                    seconds(target.parameters().loginTimeoutMs().getAsLong())
                        + " at "
                        + target.portal(),
                    "leave out login-timeout there: its dynamic target's holds then"));
  }

  private void login(String setting, String set, String here) {
    add(
        setting,
        set,
        "30 s (LoginTimeout)",
        PURE,
        PURE_PAGE,
        "an array that moves its ports or is busy may take longer to answer a login, and the path"
            + " is then given up without need",
        here
            + "; on ESXi set LoginTimeout to 30 on the adapter or its dynamic targets; open-iscsi:"
            + " node.conn[0].timeo.login_timeout = 30");
  }

  /**
   * DelayedAck is a parameter of ESXi's software adapter: advice for hosts that are modelled so.
   */
  private void delayedAck() {
    if (host.vsphere().isEmpty()) {
      return;
    }
    IscsiTargets targets = targets();
    if (targets.dynamic().isEmpty()) {
      delayedAck("targets: { dynamic: [{ delayed-ack }] }", "on (nothing is set)");
    }
    String held =
        targets.dynamic().stream()
            .filter(target -> target.parameters().delayedAck().orElse(true))
            .map(IscsiTargets.Target::portal)
            .collect(Collectors.joining(", "));
    if (!held.isEmpty()) {
      delayedAck("targets: { dynamic: [{ delayed-ack }] }", "on at " + held);
    }
    targets.fixed().stream()
        .filter(target -> target.parameters().delayedAck().orElse(false))
        .forEach(
            target ->
                delayedAck("targets: { static: [{ delayed-ack }] }", "on at " + target.portal()));
  }

  private void delayedAck(String setting, String set) {
    add(
        setting,
        set,
        "off (DelayedAck)",
        PURE,
        PURE_PAGE,
        "when the network is congested the host holds back acknowledgements that the array waits"
            + " for, and latency rises",
        "delayed-ack: off at the dynamic target; on ESXi clear DelayedAck in the advanced options"
            + " of the adapter or its dynamic targets, and log in again");
  }

  private IscsiTargets targets() {
    return host.vsphere().map(VsphereNetwork::targets).orElse(IscsiTargets.NONE);
  }

  private void policy() {
    MultipathSpec multipath = host.multipath();
    int ways = topology.entryLinksOf(host).size();
    if (ways > 1 && multipath.policy() == MultipathSpec.Policy.NONE) {
      add(
          "multipath",
          "none, with " + ways + " paths",
          "a multipath driver",
          IBM,
          IBM_PAGE,
          "each path is a device of its own: one broken link is an I/O error, and load is not"
              + " balanced",
          "multipath: { policy: round-robin, ios: 1 }; on Linux install and enable multipathd");
    } else if (ways > 1 && !multipath.shares()) {
      add(
          "multipath: { policy }",
          word(multipath.policy()),
          "round-robin",
          PURE,
          PURE_PAGE,
          "one path carries everything while " + (ways - 1) + " idle",
          "policy: round-robin; on ESXi: esxcli storage nmp device set --psp VMW_PSP_RR");
    } else if (multipath.policy() == MultipathSpec.Policy.ROUND_ROBIN && multipath.ios() > 1) {
      add(
          "multipath: { ios }",
          multipath.ios() + " I/Os a path",
          "1 (I/O Operations Limit)",
          PURE,
          PURE_PAGE,
          "with "
              + multipath.ios()
              + " a burst loads one path at a time, and a failing path takes as many I/Os with it"
              + " before the next one is used",
          "multipath: { ios: 1 }; on ESXi: esxcli storage nmp psp roundrobin deviceconfig set"
              + " --type iops --iops 1, or a SATP claim rule for new devices");
    }
  }

  private static String word(MultipathSpec.Policy policy) {
    return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void recovery() {
    long ms = host.timers().recoveryTimeoutMs();
    if (host.multipath().policy() != MultipathSpec.Policy.NONE && ms > RECOVERY_MS) {
      add(
          "timers: { recovery }",
          seconds(ms),
          "5 to 20 s",
          RED_HAT,
          RED_HAT_ISCSI,
          "for so long a lost session keeps its I/O before multipathing may use another path",
          "timers: { recovery: 5s }; open-iscsi: node.session.timeo.replacement_timeout = 5, or"
              + " fast_io_fail_tmo in multipath.conf");
    }
  }

  private void liveness() {
    TimerSpec timers = host.timers();
    long ms = timers.nopIntervalMs() + timers.nopTimeoutMs();
    if (ms > NOP_MS) {
      add(
          "timers: { nop-interval, nop-timeout }",
          seconds(timers.nopIntervalMs()) + " and " + seconds(timers.nopTimeoutMs()),
          "5 s and 5 s",
          "open-iscsi",
          "iscsid.conf, node.conn[0].timeo.noop_out_interval and noop_out_timeout",
          "an idle path that has gone silent is noticed after " + seconds(ms) + " only",
          "timers: { nop-interval: 5s, nop-timeout: 5s }");
    }
  }

  private void noPath() {
    long ms = host.multipath().noPathRetryMs();
    if (ms > NO_PATH_MS) {
      add(
          "multipath: { no-path }",
          ms == MultipathSpec.QUEUE ? "queue" : "wait " + seconds(ms),
          "a bounded number of retries",
          RED_HAT,
          RED_HAT_QUEUE,
          "with all paths down whoever does I/O hangs until one is back, with no error to act on",
          "no-path: wait 60s; on Linux no_path_retry N in multipath.conf");
    }
  }

  private void adapters() {
    if (host.adapters().size() == 1 && host.multipath().policy() != MultipathSpec.Policy.NONE) {
      add(
          "adapters",
          "1",
          "2, on networks of their own",
          IBM,
          IBM_PAGE,
          ONE_ADAPTER,
          "give the host a second adapter on another fabric");
    }
  }

  /** Bound ports that are of no use, and how many physical adapters carry sessions. */
  private void portBinding(VsphereNetwork network) {
    NetworkState state = new NetworkState(network);
    for (String port : network.bound().orElse(List.of())) {
      Compliance compliance = state.compliance(port);
      if (!compliance.compliant()) {
        add(
            "port-binding: " + port,
            "not compliant (" + compliance.cause().word() + "): " + compliance.reason(),
            "exactly one active adapter, which leads to the port's network, and none in standby",
            VMWARE,
            VMWARE_PAGE,
            network.forced()
                ? "binding was forced: its sessions may leave by an adapter that leads elsewhere"
                : "a bound port that is not compliant carries no sessions",
            compliance.remedy());
      }
    }
    Set<String> carrying = new TreeSet<>();
    for (VmkernelPort port : network.ports().values()) {
      if (state.uses(port.name(), port.fabric())) {
        state.uplink(port.name()).ifPresent(carrying::add);
      }
    }
    if (carrying.size() == 1 && host.multipath().policy() != MultipathSpec.Policy.NONE) {
      boolean spare = network.adapters().size() > 1;
      add(
          "port-binding",
          "all sessions leave by " + carrying.iterator().next(),
          "a bound VMkernel port for each of 2 physical adapters",
          VMWARE,
          VMWARE_PAGE,
          ONE_ADAPTER,
          spare
              ? "give each physical adapter a VMkernel port with it alone active and the others"
                  + " unused, and bind them all (port-binding: [vmk1, vmk2])"
              : "give the host a second physical adapter, and bind a VMkernel port of its own");
    }
  }

  private void add(
      String setting,
      String set,
      String advised,
      String by,
      String source,
      String why,
      String how) {
    found.add(new Advice(host.name(), setting, set, advised, by, source, why, how));
  }

  private static String seconds(long ms) {
    return ms % 1000 == 0 ? ms / 1000 + " s" : ms + " ms";
  }
}
