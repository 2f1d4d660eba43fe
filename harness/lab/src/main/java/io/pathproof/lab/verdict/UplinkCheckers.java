package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.vsphere.VsphereNetwork;
import io.pathproof.lab.workload.BlockStamp;
import io.pathproof.lab.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which physical adapter I/O leaves by, and how much gets through. */
final class UplinkCheckers {
  /** A host that gets through this share of what it is given is not limited by its links. */
  private static final double UNLIMITED = 0.9;

  /** A host that gets through less than this of what its adapters carry has another limit. */
  private static final double REACHED = 0.75;

  private UplinkCheckers() {}

  /** Which adapter each VMkernel port's traffic left by, over time. */
  private static final class Uplinks {
    private final Map<String, TreeMap<Long, String>> byPort = new HashMap<>();

    Uplinks(RunView run) {
      for (Entry entry : run.entries()) {
        if (entry.event() instanceof Event.VmkernelPortSeen seen) {
          put(seen.host() + "." + seen.port(), entry.atNs(), seen.uplink());
        } else if (entry.event() instanceof Event.UplinkMoved moved) {
          put(moved.host() + "." + moved.port(), entry.atNs(), moved.to());
        }
      }
    }

    private void put(String port, long atNs, String adapter) {
      byPort.computeIfAbsent(port, each -> new TreeMap<>()).put(atNs, adapter);
    }

    String at(String port, long atNs) {
      Map.Entry<Long, String> last = byPort.getOrDefault(port, new TreeMap<>()).floorEntry(atNs);
      return last == null || last.getValue().isEmpty() ? "?" : last.getValue();
    }
  }

  /** A host's I/O leaves by so many physical adapters; several of them evenly. */
  static Finding adaptersUsed(RunView run, Map<String, Integer> counts) {
    String name = "adapters-used";
    String expected =
        counts.entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + (each.getValue() == 1
                            ? ": all I/O leaves by one adapter"
                            : ": I/O leaves evenly by " + each.getValue() + " adapters"))
            .collect(Collectors.joining("; "));
    Uplinks uplinks = new Uplinks(run);
    Verdict verdict = Verdict.PASS;
    List<String> seen = new ArrayList<>();
    for (Map.Entry<String, Integer> count : counts.entrySet()) {
      String host = count.getKey();
      Map<String, Long> perAdapter = new TreeMap<>();
      for (Io io : run.iosOf(host)) {
        for (Io.Sent sent : io.sent()) {
          if (sent.attempt() == 1) {
            perAdapter.merge(adapter(run, uplinks, host, sent), 1L, Long::sum);
          }
        }
      }
      seen.add(host + ": " + Counts.shares(perAdapter, "I/O", "by"));
      verdict = verdict.and(LayoutCheckers.spread(run, host, perAdapter, count.getValue()));
    }
    return new Finding(name, verdict, expected, String.join("; ", seen));
  }

  private static String adapter(RunView run, Uplinks uplinks, String host, Io.Sent sent) {
    return run.link(host, sent.path())
        .map(LinkId::adapter)
        .map(port -> uplinks.at(port, sent.atNs()))
        .orElse("?");
  }

  /** A port's I/O moves from the adapter that lost its link to another one of its team. */
  static Finding moves(RunView run, String port) {
    String name = "uplink-moved";
    String expected =
        "I/O of " + port + " leaves by one adapter, and by another one when that has no link";
    if (run.injections().isEmpty()) {
      return inconclusive(name, expected, "no fault was injected");
    }
    Injection fault = run.injections().get(0);
    String host = port.substring(0, port.indexOf('.'));
    Uplinks uplinks = new Uplinks(run);
    String first = uplinks.at(port, fault.startedNs() - 1);
    if (!fault.fault().place().equals(host + "." + first)) {
      return inconclusive(name, expected, fault.text() + ", while " + port + " used " + first);
    }
    Map<String, Long> before = carried(run, uplinks, host, 0, fault.startedNs());
    if (before.size() != 1 || !before.containsKey(first)) {
      return fail(name, expected, "before the fault " + Counts.shares(before, "I/O", "by"));
    }
    Optional<Entry> move =
        run.entries().stream()
            .filter(entry -> entry.atNs() >= fault.startedNs())
            .filter(
                entry ->
                    entry.event() instanceof Event.UplinkMoved moved
                        && (moved.host() + "." + moved.port()).equals(port))
            .findFirst();
    String second = move.map(each -> ((Event.UplinkMoved) each.event()).to()).orElse("");
    if (second.isEmpty() || second.equals(first)) {
      return fail(name, expected, port + " did not move from " + first + " to another adapter");
    }
    Map<String, Long> during =
        carried(run, uplinks, host, move.orElseThrow().atNs(), fault.healedNs());
    if (during.size() != 1 || !during.containsKey(second)) {
      return fail(
          name, expected, "after the move to " + second + " " + Counts.shares(during, "I/O", "by"));
    }
    String observed =
        count(before.get(first), "I/O")
            + " by "
            + first
            + ", then "
            + count(during.get(second), "I/O")
            + " by "
            + second;
    if (fault.healedNs() == Long.MAX_VALUE || !failback(run, port)) {
      return pass(name, expected, observed);
    }
    String last = uplinks.at(port, Long.MAX_VALUE);
    return last.equals(first)
        ? pass(name, expected, observed + ", and back to " + first)
        : fail(name, expected, observed + "; it did not go back to " + first);
  }

  private static boolean failback(RunView run, String port) {
    HostSpec host = run.topology().hosts().get(port.substring(0, port.indexOf('.')));
    VsphereNetwork network = host.vsphere().orElseThrow();
    String on = network.ports().get(port.substring(port.indexOf('.') + 1)).virtualSwitch();
    return network.switches().get(on).failback();
  }

  /** I/Os of a host that were sent in a time and ended well, by adapter. */
  private static Map<String, Long> carried(
      RunView run, Uplinks uplinks, String host, long fromNs, long untilNs) {
    Map<String, Long> perAdapter = new TreeMap<>();
    for (Io io : run.iosOf(host)) {
      for (Io.Sent sent : io.sent()) {
        if (io.ok() && sent.atNs() >= fromNs && sent.atNs() < untilNs) {
          perAdapter.merge(adapter(run, uplinks, host, sent), 1L, Long::sum);
        }
      }
    }
    return perAdapter;
  }

  /** One host gets through so many times what another one does. */
  static Finding throughput(RunView run, Expectation.Throughput wanted) {
    String name = "throughput";
    String expected =
        String.format(
            Locale.ROOT,
            "%s gets through at least %.2f times as much as %s",
            wanted.host(),
            wanted.times(),
            wanted.than());
    double more = kibPerSecond(run, wanted.host());
    double less = kibPerSecond(run, wanted.than());
    double given = givenKibPerSecond(run, wanted.than());
    if (less <= 0 || more <= 0) {
      return inconclusive(name, expected, "one of them got nothing through");
    }
    String observed =
        String.format(
            Locale.ROOT,
            "%s %.0f KiB/s, %s %.0f KiB/s of %.0f KiB/s given: %.2f times",
            wanted.host(),
            more,
            wanted.than(),
            less,
            given,
            more / less);
    if (less >= UNLIMITED * given) {
      return inconclusive(name, expected, observed + "; its links are not the limit");
    }
    long able = bandwidth(run, wanted.than());
    if (less < REACHED * able) {
      String limit = "; its adapters carry " + able + " KiB/s, so something else is the limit";
      return inconclusive(name, expected, observed + limit);
    }
    return more / less >= wanted.times()
        ? pass(name, expected, observed)
        : fail(name, expected, observed);
  }

  /** What the adapters that a host's I/O left by carry in each direction; 0: not known. */
  private static long bandwidth(RunView run, String host) {
    Optional<VsphereNetwork> network = run.topology().hosts().get(host).vsphere();
    if (network.isEmpty()) {
      return 0;
    }
    Uplinks uplinks = new Uplinks(run);
    return run.iosOf(host).stream()
        .flatMap(io -> io.sent().stream())
        .map(sent -> adapter(run, uplinks, host, sent))
        .distinct()
        .map(network.get().adapters()::get)
        .filter(Objects::nonNull)
        .mapToLong(adapter -> adapter.kibPerSecond().orElse(0))
        .sum();
  }

  /** What ended well while the host's workloads ran. */
  private static double kibPerSecond(RunView run, String host) {
    double kib = 0;
    for (Io io : run.iosOf(host)) {
      if (io.ok() && io.endedNs() - run.workloadNs() <= lastMs(run, host) * 1_000_000L) {
        kib += io.issued().blocks() * BlockStamp.BYTES / 1024.0;
      }
    }
    return kib * 1000 / lastMs(run, host);
  }

  private static double givenKibPerSecond(RunView run, String host) {
    double kib = 0;
    for (Io io : run.iosOf(host)) {
      kib += io.issued().blocks() * BlockStamp.BYTES / 1024.0;
    }
    return kib * 1000 / lastMs(run, host);
  }

  private static long lastMs(RunView run, String host) {
    return run.scenario().workloads().stream()
        .filter(workload -> workload.host().equals(host))
        .mapToLong((Workload workload) -> workload.atMs() + workload.forMs())
        .max()
        .orElse(1);
  }
}
