package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Measures a failover; see {@link Failover}. */
final class FailoverTimes {
  private FailoverTimes() {}

  /** Of the first fault that made I/O change paths. */
  static Optional<Failover> measure(RunView run) {
    return run.injections().stream()
        .filter(Injection::cuts)
        .map(fault -> measure(run, fault))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private record Moved(long sentNs, Io io) {}

  private static Optional<Failover> measure(RunView run, Injection fault) {
    Optional<Long> knownNs = firstKnown(run, fault);
    if (knownNs.isEmpty()) {
      return Optional.empty();
    }
    List<Moved> moved =
        run.ios().stream()
            .flatMap(io -> moved(run, fault, io).stream())
            .filter(move -> move.sentNs() >= knownNs.get())
            .toList();
    Optional<Long> sentNs = moved.stream().map(Moved::sentNs).min(Comparator.naturalOrder());
    Optional<Long> goodNs =
        moved.stream()
            .map(Moved::io)
            .filter(Io::ok)
            .map(Io::endedNs)
            .min(Comparator.naturalOrder());
    if (sentNs.isEmpty() || goodNs.isEmpty()) {
      return Optional.empty();
    }
    long blackoutNs =
        run.ios().stream()
            .filter(io -> io.ok() && met(fault, io))
            .mapToLong(Io::latencyNs)
            .max()
            .orElse(0);
    // What was noticed while the fault was still being applied was noticed at once.
    long detectedNs = Math.max(knownNs.get(), fault.inPlaceNs());
    long decidedNs = Math.max(sentNs.get(), detectedNs);
    return Optional.of(
        new Failover(
            ms(detectedNs - fault.inPlaceNs()),
            ms(decidedNs - detectedNs),
            ms(Math.max(goodNs.get(), decidedNs) - decidedNs),
            ms(blackoutNs)));
  }

  /** A path reported down, or an attempt that failed, on a broken link. */
  private static Optional<Long> firstKnown(RunView run, Injection fault) {
    return run.entries().stream()
        .filter(entry -> entry.atNs() >= fault.startedNs() && tells(run, fault, entry.event()))
        .map(Entry::atNs)
        .min(Comparator.naturalOrder());
  }

  private static boolean tells(RunView run, Injection fault, Event event) {
    if (event instanceof Event.PathChanged change) {
      return !change.up()
          && fault.links().contains(change.link())
          && run.hosts().contains(change.host());
    }
    return event instanceof Event.IoAttemptEnded lost && run.hits(fault, lost.host(), lost.path());
  }

  /** When an I/O that had been sent down a broken path was sent down another. */
  private static Optional<Moved> moved(RunView run, Injection fault, Io io) {
    boolean onBroken = false;
    for (Io.Sent sent : io.sent()) {
      if (run.hits(fault, io.host(), sent.path())) {
        onBroken = true;
      } else if (onBroken && sent.attempt() > 1) {
        return Optional.of(new Moved(sent.atNs(), io));
      }
    }
    return Optional.empty();
  }

  /** Due while the fault stood, or under way when it came. */
  private static boolean met(Injection fault, Io io) {
    return io.intendedNs() < fault.healedNs() && io.endedNs() > fault.startedNs();
  }

  private static double ms(long ns) {
    return ns / 1e6;
  }
}
