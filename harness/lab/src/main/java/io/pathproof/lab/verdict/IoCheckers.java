package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;
import static io.pathproof.lab.verdict.RunView.seconds;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What became of the workload's I/O. */
final class IoCheckers {
  private IoCheckers() {}

  /** No I/O of any host in the scenario ended otherwise than well. */
  static Finding continues(RunView run) {
    String name = "io-continues";
    String expected = "I/O continues without error";
    List<Io> bad = run.ios().stream().filter(Io::notOk).toList();
    if (run.ios().isEmpty()) {
      return inconclusive(name, expected, "there was no I/O");
    }
    return bad.isEmpty()
        ? pass(name, expected, count(run.ios().size(), "I/O") + ", no error")
        : fail(name, expected, errors(run, bad));
  }

  /** While faults stood elsewhere, nothing happened here: no error, no lost try, no lost path. */
  static Finding undisturbed(RunView run) {
    String name = "io-undisturbed";
    String expected = "I/O goes on as if nothing had been broken";
    List<Injection> faults = new ArrayList<>(run.elsewhere());
    faults.addAll(run.injections());
    long meanwhile =
        run.ios().stream()
            .filter(
                io ->
                    faults.stream()
                        .anyMatch(
                            fault ->
                                io.issuedNs() >= fault.inPlaceNs()
                                    && io.issuedNs() < fault.healedNs()))
            .count();
    if (faults.isEmpty() || meanwhile == 0) {
      return inconclusive(name, expected, "no I/O was issued while a fault stood");
    }
    List<String> seen = new ArrayList<>();
    List<Io> bad = run.ios().stream().filter(Io::notOk).toList();
    if (!bad.isEmpty()) {
      seen.add(errors(run, bad));
    }
    long lost = run.ios().stream().mapToLong(io -> io.lost().size()).sum();
    if (lost > 0) {
      seen.add(count(lost, "attempt") + " lost");
    }
    Set<String> gone = lostWays(run);
    if (!gone.isEmpty()) {
      seen.add("lost: " + String.join(", ", gone));
    }
    return seen.isEmpty()
        ? pass(
            name,
            expected,
            count(run.ios().size(), "I/O") + ", " + meanwhile + " of them while it stood")
        : fail(name, expected, String.join("; ", seen));
  }

  /** Paths and sessions that went down between the workload's beginning and its last end. */
  private static Set<String> lostWays(RunView run) {
    long endNs =
        run.ios().stream().filter(io -> io.ends() > 0).mapToLong(Io::endedNs).max().orElse(0);
    Set<String> lost = new TreeSet<>();
    for (Entry entry : run.entries()) {
      boolean within = entry.atNs() >= run.workloadNs() && entry.atNs() <= endNs;
      if (within && entry.event() instanceof Event.PathChanged change && !change.up()) {
        lost.add(change.host() + " " + change.path());
      } else if (within
          && entry.event() instanceof Event.SessionChanged change
          && RunView.LOST.contains(change.state())) {
        lost.add(change.host() + " " + change.path());
      }
    }
    return lost;
  }

  /**
   * Every device that a fault takes the paths of records errors, after the fault and on the broken
   * path; every other one records none.
   */
  static Finding fails(RunView run) {
    String name = "io-fails";
    String expected = "I/O errors on the host's device, after the break and not before";
    Optional<Finding> broken = wrongErrors(run, name, expected);
    if (broken.isPresent()) {
      return broken.get();
    }
    List<Io> bad = run.ios().stream().filter(Io::notOk).toList();
    List<String> without = new ArrayList<>();
    for (RunView.DeviceKey used : usedAndHit(run)) {
      if (bad.stream().noneMatch(io -> key(io).equals(used))) {
        without.add(run.deviceText(used.host(), used.device()) + " of " + used.host());
      }
    }
    if (usedAndHit(run).isEmpty()) {
      return inconclusive(name, expected, "no fault hit a device that was in use");
    }
    if (!without.isEmpty()) {
      String observed = "no error on " + String.join(", ", without);
      return SoundnessCheckers.faultTookEffect(run).verdict() == Verdict.PASS
          ? fail(name, expected, observed)
          : inconclusive(name, expected, observed + ", but the fault took no effect either");
    }
    return pass(name, expected, errors(run, bad));
  }

  /** No error while idle, though the path is gone; errors once I/O is tried again. */
  static Finding failsWhenTried(RunView run) {
    String name = "io-fails-when-tried";
    String expected = "no I/O error while idle, errors once I/O is tried";
    if (run.firstFaultNs().isEmpty()) {
      return inconclusive(name, expected, "no fault was injected");
    }
    long brokenNs = run.firstFaultNs().get();
    long inPlaceNs = run.injections().get(0).inPlaceNs();
    Optional<Finding> broken = wrongErrors(run, name, expected);
    if (broken.isPresent()) {
      return broken.get();
    }
    boolean busy =
        run.ios().stream()
            .anyMatch(
                io -> io.issuedNs() < inPlaceNs && (io.ends() == 0 || io.endedNs() >= brokenNs));
    if (busy) {
      return inconclusive(name, expected, "I/O was under way when the fault came");
    }
    Optional<Long> triedNs =
        run.ios().stream()
            .map(Io::issuedNs)
            .filter(ns -> ns >= inPlaceNs)
            .min(Comparator.naturalOrder());
    if (triedNs.isEmpty()) {
      return inconclusive(name, expected, "no I/O was tried after the fault");
    }
    List<Io> bad = run.ios().stream().filter(Io::notOk).toList();
    String idle = "idle for " + seconds(triedNs.get() - inPlaceNs) + " without error";
    if (bad.isEmpty()) {
      String observed = idle + ", and none when tried";
      return SoundnessCheckers.faultTookEffect(run).verdict() == Verdict.PASS
          ? fail(name, expected, observed)
          : inconclusive(name, expected, observed + "; the fault took no effect either");
    }
    return pass(name, expected, idle + ", then " + errors(run, bad));
  }

  /** No I/O waited longer for a good end than the limit. */
  static Finding pauseBelow(RunView run, long limitMs) {
    String name = "pause";
    String expected = "no I/O waits longer than " + limitMs + " ms";
    long lost = run.ios().stream().filter(Io::notOk).count();
    Optional<Io> longest =
        run.ios().stream().filter(Io::ok).max(Comparator.comparingLong(Io::latencyNs));
    if (longest.isEmpty()) {
      return lost == 0
          ? inconclusive(name, expected, "there was no I/O")
          : fail(name, expected, "no I/O ended well, " + lost + " did not");
    }
    String observed = "longest " + Math.round(longest.get().latencyNs() / 1e6) + " ms";
    if (lost > 0) {
      return fail(name, expected, observed + ", and " + count(lost, "I/O") + " had no good end");
    }
    if (longest.get().latencyNs() < limitMs * 1_000_000L) {
      return pass(name, expected, observed);
    }
    // a machine that cannot issue I/O on time does not notice a dead path on time either
    return SoundnessCheckers.arrivalsKept(run).verdict() == Verdict.PASS
        ? fail(name, expected, observed)
        : inconclusive(name, expected, observed + SoundnessCheckers.BUSY);
  }

  /** Errors where there must be none: before any fault, off the broken paths. */
  private static Optional<Finding> wrongErrors(RunView run, String name, String expected) {
    long firstNs = run.firstFaultNs().orElse(Long.MAX_VALUE);
    List<Io> early =
        run.ios().stream()
            .filter(io -> io.notOk() && io.ends() > 0 && io.endedNs() < firstNs)
            .toList();
    if (!early.isEmpty()) {
      return Optional.of(
          fail(name, expected, count(early.size(), "error") + " before anything was broken"));
    }
    List<Io> elsewhere =
        run.ios().stream().filter(io -> io.notOk() && !attributable(run, io)).toList();
    if (!elsewhere.isEmpty()) {
      Io first = elsewhere.get(0);
      String where =
          first.ends() == 0 || first.ended().path().isEmpty()
              ? run.deviceText(first.host(), first.device())
              : first.ended().path();
      return Optional.of(
          fail(
              name,
              expected,
              count(elsewhere.size(), "error")
                  + " away from the broken path, the first on "
                  + first.host()
                  + " "
                  + where));
    }
    return Optional.empty();
  }

  /** An error belongs to a fault that breaks its path or, where it had none, all paths. */
  private static boolean attributable(RunView run, Io io) {
    String path = io.ends() == 0 ? "" : io.ended().path();
    if (!path.isEmpty()) {
      return run.injections().stream().anyMatch(fault -> run.hits(fault, io.host(), path));
    }
    return run.device(io.host(), io.device())
        .map(
            found ->
                found.paths().stream()
                    .allMatch(
                        p ->
                            run.injections().stream()
                                .anyMatch(fault -> run.hits(fault, io.host(), p.id()))))
        .orElse(false);
  }

  private static List<RunView.DeviceKey> usedAndHit(RunView run) {
    return run.ios().stream()
        .map(IoCheckers::key)
        .distinct()
        .filter(
            used ->
                run.injections().stream()
                    .anyMatch(fault -> run.hitsDevice(fault, used.host(), used.device())))
        .toList();
  }

  private static RunView.DeviceKey key(Io io) {
    return new RunView.DeviceKey(io.host(), io.device());
  }

  /** {@code 4 errors on sda (10.10.1.10:3260), first 0.51 s after the break}. */
  private static String errors(RunView run, List<Io> bad) {
    Map<RunView.DeviceKey, List<Io>> byDevice =
        bad.stream()
            .collect(
                Collectors.groupingBy(IoCheckers::key, LinkedHashMap::new, Collectors.toList()));
    return byDevice.entrySet().stream()
        .map(
            entry -> {
              String device = run.deviceText(entry.getKey().host(), entry.getKey().device());
              String text =
                  count(entry.getValue().size(), "error")
                      + " on "
                      + entry.getKey().host()
                      + " "
                      + device;
              return text + first(run, entry.getValue());
            })
        .collect(Collectors.joining("; "));
  }

  private static String first(RunView run, List<Io> bad) {
    Optional<Io> first =
        bad.stream().filter(io -> io.ends() > 0).min(Comparator.comparingLong(Io::endedNs));
    if (first.isEmpty()) {
      return ", none of which ever ended";
    }
    String detail = first.get().ended().detail();
    String when =
        run.firstFaultNs()
            .map(
                ns ->
                    first.get().endedNs() >= ns
                        ? ", first " + seconds(first.get().endedNs() - ns) + " after the break"
                        : ", first " + seconds(ns - first.get().endedNs()) + " before the break")
            .orElse("");
    return when + (detail.isEmpty() ? "" : " (" + detail + ")");
  }
}
