package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.verdict.LoadBalance.Evenness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What each path carried, and whether those that ought to share evenly did. That is asked of round
 * robin alone, as other policies go by load or latency; of the paths that the array does not rank
 * below others; and until the first fault, as afterwards some paths are gone by intent.
 */
final class LoadCheckers {
  private static final String OPTIMIZED = "active/optimized";

  private LoadCheckers() {}

  /** Of each device of the hosts that did I/O. */
  static List<PathLoads> loads(RunView run) {
    List<PathLoads> all = new ArrayList<>();
    for (String host : run.hosts()) {
      for (Event.DeviceFound device : run.devicesOf(host)) {
        Map<String, PathShare> shares = shares(run, device);
        if (!shares.isEmpty()) {
          LoadBalance.Result balance = balance(run, device);
          long total = shares.values().stream().mapToLong(PathShare::ios).sum();
          Map<String, Double> portions = new LinkedHashMap<>();
          shares.forEach(
              (path, share) -> portions.put(path, total == 0 ? 0 : (double) share.ios() / total));
          all.add(
              new PathLoads(
                  host,
                  device.device(),
                  device.volume(),
                  shares,
                  portions,
                  balance.text(),
                  balance.evenness() == Evenness.UNEVEN));
        }
      }
    }
    return all;
  }

  /** By the host's own count, from the beginning of the workload to its end. */
  private static Map<String, PathShare> shares(RunView run, Event.DeviceFound device) {
    Map<String, PathShare> shares = new LinkedHashMap<>();
    run.events(Event.PathLoadsObserved.class)
        .filter(e -> e.host().equals(device.host()) && e.device().equals(device.device()))
        .forEach(
            e ->
                e.shares()
                    .forEach(
                        (path, share) ->
                            shares.merge(path, share, (earlier, now) -> now.since(earlier))));
    return shares;
  }

  /** {@code balance: even}, or {@code uneven}: an unevenness that is there has to be noticed. */
  static Finding balance(RunView run, boolean even) {
    String name = "balance";
    String expected =
        even ? "paths and adapters share the load evenly" : "an uneven split, noticed and told";
    List<LoadBalance.Result> results = new ArrayList<>();
    for (String host : run.hosts()) {
      run.devicesOf(host).forEach(device -> results.add(balance(run, device)));
    }
    String observed =
        results.stream()
            .map(LoadBalance.Result::text)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; "));
    boolean uneven = results.stream().anyMatch(r -> r.evenness() == Evenness.UNEVEN);
    boolean known = results.stream().anyMatch(r -> r.evenness() != Evenness.UNKNOWN);
    if (!known) {
      String why = observed.isEmpty() ? "no device that shares its load evenly" : observed;
      return inconclusive(name, expected, why);
    }
    return uneven == even ? fail(name, expected, observed) : pass(name, expected, observed);
  }

  /** Of one device: its paths, and the adapters under them. */
  private static LoadBalance.Result balance(RunView run, Event.DeviceFound device) {
    MultipathSpec multipath = run.topology().hosts().get(device.host()).multipath();
    if (multipath.policy() != MultipathSpec.Policy.ROUND_ROBIN) {
      return new LoadBalance.Result(Evenness.UNKNOWN, "");
    }
    Map<String, Long> sent = sentBeforeFaults(run, device);
    Set<String> lower = rankedBelow(run, device, sent.keySet());
    if (!lower.isEmpty() && run.topology().volumes().size() > 1) {
      // the history tells states by path, whichever volume they are of
      return new LoadBalance.Result(Evenness.UNKNOWN, "");
    }
    Map<String, Long> shared = new LinkedHashMap<>();
    Map<String, String> adapters = new LinkedHashMap<>();
    for (PathInfo path : device.paths()) {
      if (!lower.contains(path.id())) {
        shared.put(path.id(), sent.get(path.id()));
        adapters.put(path.id(), path.link().adapter());
      }
    }
    return LoadBalance.ofDevice(shared, adapters, multipath.turn());
  }

  private static Map<String, Long> sentBeforeFaults(RunView run, Event.DeviceFound device) {
    long until =
        run.events(Event.FaultInjected.class)
            .mapToLong(Event.FaultInjected::startedNs)
            .min()
            .orElse(Long.MAX_VALUE);
    Map<String, Long> sent = new LinkedHashMap<>();
    device.paths().forEach(path -> sent.put(path.id(), 0L));
    for (Io io : run.iosOf(device.host())) {
      if (io.device().equals(device.device())) {
        io.sent().stream()
            .filter(each -> each.atNs() < until && sent.containsKey(each.path()))
            .forEach(each -> sent.merge(each.path(), 1L, Long::sum));
      }
    }
    return sent;
  }

  /** Paths whose last told access state was not optimized, where another path's was. */
  private static Set<String> rankedBelow(RunView run, Event.DeviceFound device, Set<String> paths) {
    Map<String, String> states = new TreeMap<>();
    for (Entry entry : run.entries()) {
      if (entry.event() instanceof Event.FaultInjected) {
        break;
      }
      if (entry.event() instanceof Event.AccessStateSeen seen
          && seen.host().equals(device.host())
          && paths.contains(seen.path())) {
        states.put(seen.path(), seen.state());
      }
    }
    Set<String> lower = new TreeSet<>();
    if (states.containsValue(OPTIMIZED)) {
      states.forEach(
          (path, state) -> {
            if (!state.equals(OPTIMIZED)) {
              lower.add(path);
            }
          });
    }
    return lower;
  }
}
