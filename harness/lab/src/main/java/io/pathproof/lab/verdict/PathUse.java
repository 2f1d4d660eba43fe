package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How much of the I/O each path gets, and which paths get any at the same time. */
final class PathUse {
  /** At the same time means: within so long. */
  private static final long SLICE_NS = 100_000_000L;

  /** Fewer slices, or I/Os, than this tell nothing. */
  private static final int SLICES = 5;

  private static final int IOS = 100;

  /** Points of a percentage by which a share may differ from the one that is expected. */
  private static final double TOLERANCE = 3;

  private PathUse() {}

  /** What was sent within one slice of time. */
  private static final class Slice {
    private final Set<String> paths = new TreeSet<>();
    private final Set<String> devices = new HashSet<>();
    private final Map<String, Integer> switches = new HashMap<>();

    /** A device that goes over to its next path uses two at once for that reason alone. */
    boolean goesOver() {
      return switches.values().stream().anyMatch(n -> n == 1)
          && switches.values().stream().allMatch(n -> n == 1);
    }
  }

  /**
   * Each host's I/O, of all its devices together, goes down so many paths at a time. Slices of time
   * in which a device goes over to another path, once, are left out, for what was sent before is
   * still under way then; so are those in which a device sent nothing.
   */
  static Finding atOnce(RunView run, int paths) {
    String name = "paths-at-once";
    String expected =
        count(paths, "path") + " at a time carr" + (paths == 1 ? "ies" : "y") + " I/O";
    List<String> seen = new ArrayList<>();
    Verdict verdict = Verdict.PASS;
    for (String host : run.hosts()) {
      Set<String> devices = run.iosOf(host).stream().map(Io::device).collect(Collectors.toSet());
      List<Slice> whole =
          slices(run, host).values().stream()
              .filter(slice -> !slice.goesOver() && slice.devices.equals(devices))
              .toList();
      Map<Integer, Long> often = new TreeMap<>();
      whole.forEach(slice -> often.merge(slice.paths.size(), 1L, Long::sum));
      List<String> words = new ArrayList<>();
      often.forEach((n, times) -> words.add(n + " in " + count(times, "slice") + " of 100 ms"));
      seen.add(host + ": " + (words.isEmpty() ? "no slice of 100 ms" : String.join(", ", words)));
      boolean other = often.keySet().stream().anyMatch(n -> n != paths);
      verdict =
          verdict.and(
              other ? Verdict.FAIL : whole.size() < SLICES ? Verdict.INCONCLUSIVE : Verdict.PASS);
    }
    return new Finding(name, verdict, expected, String.join("; ", seen));
  }

  /** By the time of their beginning; the last one, which the workload's end cut off, left out. */
  private static Map<Long, Slice> slices(RunView run, String host) {
    TreeMap<Long, Slice> slices = new TreeMap<>();
    Map<String, String> at = new HashMap<>();
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.IoSent sent && sent.host().equals(host)) {
        Slice slice =
            slices.computeIfAbsent((entry.atNs() - run.workloadNs()) / SLICE_NS, k -> new Slice());
        slice.paths.add(sent.path());
        slice.devices.add(sent.device());
        String before = at.put(sent.device(), sent.path());
        if (before != null && !before.equals(sent.path())) {
          slice.switches.merge(sent.device(), 1, Integer::sum);
        }
      }
    }
    if (!slices.isEmpty()) {
      // The first begins with the workload's lead, the last ends with the workload.
      slices.pollFirstEntry();
      slices.pollLastEntry();
    }
    return slices;
  }

  /**
   * While links are slow, the paths over them get less than their even share.
   *
   * @param percent of the even share, from 1 to 99
   */
  static Finding slowPath(RunView run, int percent) {
    String name = "slow-path";
    String expected = "less than " + percent + " % of its even share for a path that is slow";
    List<String> seen = new ArrayList<>();
    Verdict verdict = Verdict.PASS;
    for (Injection fault : run.injections()) {
      if (fault.arrayActs() || fault.cuts()) {
        continue;
      }
      for (String host : run.hosts()) {
        for (Event.DeviceFound device : run.devicesOf(host)) {
          Map<String, Long> sent = sentWhile(run, fault, device);
          long all = sent.values().stream().mapToLong(Long::longValue).sum();
          List<String> slow =
              sent.keySet().stream().filter(path -> run.hits(fault, host, path)).toList();
          if (slow.isEmpty()) {
            continue;
          }
          for (String path : slow) {
            double ofEven = 100.0 * sent.get(path) * sent.size() / Math.max(1, all);
            seen.add(
                String.format(
                    Locale.ROOT,
                    "%s %s: %d of %d I/Os while it was slow, %.0f %% of an even share",
                    host,
                    path,
                    sent.get(path),
                    all,
                    ofEven));
            verdict =
                verdict.and(
                    all < IOS
                        ? Verdict.INCONCLUSIVE
                        : ofEven < percent ? Verdict.PASS : Verdict.FAIL);
          }
        }
      }
    }
    return seen.isEmpty()
        ? inconclusive(name, expected, "no fault made a path slow")
        : new Finding(name, verdict, expected, String.join("; ", seen));
  }

  private static Map<String, Long> sentWhile(
      RunView run, Injection fault, Event.DeviceFound device) {
    Map<String, Long> sent = new TreeMap<>();
    device.paths().forEach(path -> sent.put(path.id(), 0L));
    for (Io io : run.iosOf(device.host())) {
      if (io.device().equals(device.device())) {
        io.sent().stream()
            .filter(one -> one.atNs() >= fault.inPlaceNs() && one.atNs() < fault.healedNs())
            .forEach(one -> sent.merge(one.path(), 1L, Long::sum));
      }
    }
    return sent;
  }

  /**
   * The uneven split that the report tells of is this one, with the paths behind each part.
   *
   * @param shares percent of a device's I/O by adapter or array port, at least two
   */
  static Finding imbalance(RunView run, Map<String, Integer> shares) {
    String name = "imbalance";
    String expected =
        "an uneven split is told: "
            + shares.entrySet().stream()
                .map(part -> part.getKey() + " " + part.getValue() + " %")
                .collect(Collectors.joining(", "));
    List<PathLoads> loads = LoadCheckers.loads(run);
    String observed =
        loads.stream()
            .map(load -> load.host() + " " + load.device() + ", " + load.balance())
            .collect(Collectors.joining("; "));
    if (loads.isEmpty()) {
      return inconclusive(name, expected, "no host told what its paths carried");
    }
    return loads.stream().anyMatch(load -> load.uneven() && tells(load, shares))
        ? pass(name, expected, observed)
        : fail(name, expected, observed);
  }

  /** Whether the shares add up so, and the words name every path behind each part. */
  private static boolean tells(PathLoads load, Map<String, Integer> shares) {
    double all = 0;
    for (Map.Entry<String, Integer> part : shares.entrySet()) {
      List<String> behind =
          load.portions().keySet().stream()
              .filter(
                  path ->
                      path.startsWith(part.getKey() + ":") || path.endsWith(":" + part.getKey()))
              .toList();
      double percent = 100 * behind.stream().mapToDouble(load.portions()::get).sum();
      all += percent;
      if (behind.isEmpty()
          || Math.abs(percent - part.getValue()) > TOLERANCE
          || !load.balance().contains(String.join(", ", behind))) {
        return false;
      }
    }
    return all > 100 - TOLERANCE;
  }
}
