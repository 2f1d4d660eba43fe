package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Measures a failover; see {@link Failover}. */
final class FailoverTimes {
  private FailoverTimes() {}

  /**
   * Of the first fault that made I/O change paths, or wait for its session to come back. What a
   * defect did is only looked at where no other fault did anything.
   */
  static Optional<Failover> measure(RunView run) {
    return run.injections().stream()
        .filter(Injection::cuts)
        .sorted(Comparator.comparing(fault -> fault.defect().isPresent()))
        .map(fault -> measure(run, fault))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private record Moved(long sentNs, Io io) {}

  private static Optional<Failover> measure(RunView run, Injection fault) {
    Optional<Long> knownNs = firstKnown(run, fault, fault.startedNs());
    if (knownNs.isEmpty()) {
      return Optional.empty();
    }
    List<Moved> moved = moved(run, fault, knownNs.get());
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
    if (fault.flaps()) {
      return longest(run, fault, moved);
    }
    long blackoutNs =
        run.ios().stream()
            .filter(io -> io.ok() && met(fault, io))
            .mapToLong(Io::latencyNs)
            .max()
            .orElse(0);
    return Optional.of(
        parts(
            run, fault, fault.inPlaceNs(), knownNs.get(), sentNs.get(), goodNs.get(), blackoutNs));
  }

  /** The longest wait for a fence of a write that was sent once this fault was there. */
  private static long fenceNs(RunView run, Injection fault) {
    return run.entries().stream()
        .filter(entry -> entry.atNs() >= fault.startedNs())
        .mapToLong(entry -> heldNs(run, entry.event()))
        .max()
        .orElse(0);
  }

  private static long heldNs(RunView run, Event event) {
    if (event instanceof Event.WriteFenced fenced && run.hosts().contains(fenced.host())) {
      return fenced.heldNs();
    }
    return event instanceof Event.RetriedUnfenced sent && run.hosts().contains(sent.host())
        ? sent.heldNs()
        : 0;
  }

  /** Of what comes and goes, the parts of one pause, the longest, from when its I/O was due. */
  private static Optional<Failover> longest(RunView run, Injection fault, List<Moved> moved) {
    return moved.stream()
        .filter(move -> move.io().ok() && met(fault, move.io()))
        .max(Comparator.comparingLong(move -> move.io().latencyNs()))
        .map(
            move -> {
              long fromNs = Math.max(fault.inPlaceNs(), move.io().intendedNs());
              long knownNs =
                  Math.min(move.sentNs(), firstKnown(run, fault, fromNs).orElse(move.sentNs()));
              return parts(
                  run,
                  fault,
                  fromNs,
                  knownNs,
                  move.sentNs(),
                  move.io().endedNs(),
                  move.io().latencyNs());
            });
  }

  private static Failover parts(
      RunView run,
      Injection fault,
      long fromNs,
      long knownNs,
      long sentNs,
      long goodNs,
      long blackoutNs) {
    // What was noticed while the fault was still being applied was noticed at once.
    long detectedNs = Math.max(knownNs, fromNs);
    long decidedNs = Math.max(sentNs, detectedNs);
    return new Failover(
        ms(detectedNs - fromNs),
        ms(decidedNs - detectedNs),
        ms(Math.max(goodNs, decidedNs) - decidedNs),
        ms(fenceNs(run, fault)),
        ms(blackoutNs));
  }

  /** A path or its session lost or asked to leave, or an attempt that failed, where it broke. */
  private static Optional<Long> firstKnown(RunView run, Injection fault, long fromNs) {
    return run.entries().stream()
        .filter(entry -> entry.atNs() >= fromNs && tells(run, fault, entry.event()))
        .map(Entry::atNs)
        .min(Comparator.naturalOrder());
  }

  private static boolean tells(RunView run, Injection fault, Event event) {
    if (event instanceof Event.PathChanged change) {
      return !change.up() && hits(run, fault, change.host(), change.path());
    } else if (event instanceof Event.SessionChanged change) {
      return change.state().equals("FAILED") && hits(run, fault, change.host(), change.path());
    } else if (event instanceof Event.LogoutRequested asked) {
      return hits(run, fault, asked.host(), asked.path());
    }
    return event instanceof Event.IoAttemptEnded lost && run.hits(fault, lost.host(), lost.path());
  }

  private static boolean hits(RunView run, Injection fault, String host, String path) {
    return run.hosts().contains(host) && run.hits(fault, host, path);
  }

  /**
   * I/O that had been sent down a broken path and was sent down another; or else, where there was
   * none to take, what was sent again down such a path; or else, where sessions had to go and no
   * I/O was lost with them, what was then sent for the first time; or else what found no path at
   * all and waited for one.
   */
  private static List<Moved> moved(RunView run, Injection fault, long knownNs) {
    List<Moved> elsewhere = sent(run, knownNs, io -> elsewhere(run, fault, io));
    if (!elsewhere.isEmpty()) {
      return elsewhere;
    }
    List<Moved> again = sent(run, knownNs, io -> last(run, fault, io, 2));
    if (!again.isEmpty()) {
      return again;
    }
    return fault.endsSessions()
        ? sent(run, knownNs, io -> met(fault, io) ? last(run, fault, io, 1) : Optional.empty())
        : sent(run, knownNs, io -> stranded(run, fault, io));
  }

  /** When an I/O that came while there was no path at all was sent for the first time. */
  private static Optional<Moved> stranded(RunView run, Injection fault, Io io) {
    return io.ok() && !io.sent().isEmpty() && SoundnessCheckers.stranded(run, fault, io)
        ? Optional.of(new Moved(io.sent().get(0).atNs(), io))
        : Optional.empty();
  }

  private static List<Moved> sent(RunView run, long fromNs, Function<Io, Optional<Moved>> how) {
    return run.ios().stream()
        .flatMap(io -> how.apply(io).stream())
        .filter(move -> move.sentNs() >= fromNs)
        .toList();
  }

  /** When an I/O that had been sent down a broken path was sent down another. */
  private static Optional<Moved> elsewhere(RunView run, Injection fault, Io io) {
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

  /** The attempt that ended an I/O well, if it was on a broken path and not an earlier one. */
  private static Optional<Moved> last(RunView run, Injection fault, Io io, int attempt) {
    if (!io.ok() || io.sent().isEmpty()) {
      return Optional.empty();
    }
    Io.Sent last = io.sent().get(io.sent().size() - 1);
    return last.attempt() >= attempt && run.hits(fault, io.host(), last.path())
        ? Optional.of(new Moved(last.atNs(), io))
        : Optional.empty();
  }

  /** Due while the fault stood, or under way when it came. */
  private static boolean met(Injection fault, Io io) {
    return io.intendedNs() < fault.healedNs() && io.endedNs() > fault.startedNs();
  }

  private static double ms(long ns) {
    return ns / 1e6;
  }
}
