package io.pathproof.lab.verdict;

import static io.pathproof.lab.verdict.Checker.fail;
import static io.pathproof.lab.verdict.Checker.inconclusive;
import static io.pathproof.lab.verdict.Checker.pass;
import static io.pathproof.lab.verdict.RunView.count;

import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.workload.WorkloadCore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Whether the run says anything at all: what it needs in order to be judged, and liveness. */
final class SoundnessCheckers {
  /** An arrival later than this was not on time. */
  private static final long LATE_NS = 250_000_000L;

  /** The percentile of arrivals that has to be on time. */
  private static final double ON_TIME_PERCENTILE = 99.0;

  /** What arrivals that were not kept mean, and what to do about it. */
  static final String BUSY =
      ": this machine was too busy to issue I/O on time; run it again with less beside it, or at a"
          + " lower rate";

  /** Fewer samples than this have no median worth comparing. */
  private static final int SAMPLES = 5;

  private SoundnessCheckers() {}

  /** Every fault of the scenario was injected and hit something that the workload used. */
  static Finding faultTookEffect(RunView run) {
    String name = "fault-took-effect";
    String expected = "each fault hits a path that the workload uses";
    List<String> seen = new ArrayList<>();
    Verdict verdict = Verdict.PASS;
    if (run.injections().size() < run.faultsDue()) {
      verdict = Verdict.INCONCLUSIVE;
      seen.add(run.injections().size() + " of " + count(run.faultsDue(), "fault") + " injected");
    }
    for (Injection fault : run.injections()) {
      Finding one =
          fault.hostActs()
              ? VsphereCheckers.acted(run, fault)
              : fault.arrayActs()
                  ? acted(run, fault)
                  : fault.cuts() ? cut(run, fault) : slowed(run, fault);
      verdict = verdict.and(one.verdict());
      seen.add(fault.text() + ": " + one.observed());
    }
    return new Finding(
        name, verdict, expected, seen.isEmpty() ? "there is no fault" : String.join("; ", seen));
  }

  /**
   * What the array was told to do is in its own journal. A defect has to have done its damage, and
   * what ends sessions has to have found one that was in use.
   */
  private static Finding acted(RunView run, Injection fault) {
    List<String> told =
        run.entries().stream()
            .filter(entry -> entry.atNs() >= fault.startedNs())
            .map(Entry::event)
            .filter(event -> event instanceof Event.ArrayChanged)
            .map(event -> ((Event.ArrayChanged) event).text())
            .filter(text -> fault.defect().map(text::contains).orElse(!text.startsWith("defect ")))
            .toList();
    if (told.isEmpty()) {
      return inconclusive("", "", "the array's journal tells of nothing since");
    }
    if (fault.defect().isPresent()) {
      List<String> strikes = told.stream().filter(text -> text.contains(" struck")).toList();
      return strikes.isEmpty()
          ? inconclusive("", "", "switched on but never struck")
          : pass("", "", strikes.get(0));
    }
    return fault.endsSessions()
        ? endedSessions(run, fault, told.get(0))
        : pass("", "", told.get(0));
  }

  private static Finding endedSessions(RunView run, Injection fault, String told) {
    long sessions = run.sessionsHit(fault);
    if (sessions == 0) {
      String nobody = ", but no session of the workload's hosts was there, nor at an address on it";
      return inconclusive("", "", told + nobody);
    }
    return inTurn(run, fault) || noWayAround(run, fault)
        ? pass("", "", told + "; the workload used " + count(sessions, "session") + " there")
        : inconclusive("", "", told + ", but no I/O used " + count(sessions, "session") + " there");
  }

  private static Finding cut(RunView run, Injection fault) {
    long carried =
        run.ios().stream()
            .flatMap(io -> io.sent().stream().filter(s -> run.hits(fault, io.host(), s.path())))
            .count();
    long lost =
        run.ios().stream()
            .filter(
                io ->
                    io.lost().stream()
                            .anyMatch(
                                l ->
                                    l.atNs() >= fault.startedNs()
                                        && run.hits(fault, io.host(), l.path()))
                        || io.ends() > 0
                            && io.notOk()
                            && io.endedNs() >= fault.startedNs()
                            && run.hits(fault, io.host(), io.ended().path()))
            .count();
    long down =
        run.entries().stream()
            .filter(entry -> entry.atNs() >= fault.startedNs())
            .map(Entry::event)
            .filter(
                event ->
                    event instanceof Event.PathChanged change
                        && !change.up()
                        && run.hits(fault, change.host(), change.path())
                        && run.hosts().contains(change.host()))
            .map(event -> (Event.PathChanged) event)
            .map(change -> change.host() + " " + change.path())
            .distinct()
            .count();
    boolean used = lost > 0 || inTurn(run, fault) || noWayAround(run, fault);
    String observed =
        count(carried, "I/O")
            + " on the broken paths in the whole run, "
            + count(lost, "I/O")
            + " lost there since, "
            + count(down, "path")
            + " reported down"
            + (used ? "" : "; none was in use, nor would have been, while it stood");
    return carried > 0 && used && lost + down > 0
        ? pass("", "", observed)
        : inconclusive("", "", observed);
  }

  /**
   * Whether a host had a broken path in use when the fault came, or would have come round to it
   * while it stood. Where the loss is noticed at once and nothing was under way, no I/O is lost
   * although the path was in use; where round robin had just moved on, none is lost either, and the
   * run says nothing.
   */
  private static boolean inTurn(RunView run, Injection fault) {
    for (String host : run.hosts()) {
      MultipathSpec multipath = run.topology().hosts().get(host).multipath();
      boolean turns = multipath.shares();
      for (Event.DeviceFound device : run.devicesOf(host)) {
        long stood = 0;
        long inOneTurn = 0;
        String last = "";
        for (Io io : run.iosOf(host)) {
          if (!io.device().equals(device.device()) || io.sent().isEmpty()) {
            continue;
          }
          Io.Sent sent = io.sent().get(0);
          if (sent.atNs() < fault.startedNs()) {
            inOneTurn = sent.path().equals(last) ? inOneTurn + 1 : 1;
            last = sent.path();
          } else if (sent.atNs() < fault.healedNs()) {
            stood++;
          }
        }
        boolean unfinished = !turns || inOneTurn < multipath.turn();
        boolean wholeRound =
            turns
                && run.hitsDevice(fault, host, device.device())
                && stood >= (long) multipath.turn() * device.paths().size();
        if (unfinished && run.hits(fault, host, last) || wholeRound) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Whether an I/O came while this fault and others together stood on all paths of its device: it
   * had to fail or to wait, and none need be lost that had not been sent.
   */
  private static boolean noWayAround(RunView run, Injection fault) {
    return run.ios().stream().anyMatch(io -> stranded(run, fault, io));
  }

  /** Whether this fault and others together stood on all paths of an I/O's device when it came. */
  static boolean stranded(RunView run, Injection fault, Io io) {
    List<Injection> standing =
        run.injections().stream()
            .filter(one -> one.bars() && one.inPlaceNs() <= io.issuedNs())
            .filter(one -> io.issuedNs() < one.healedNs())
            .toList();
    return standing.contains(fault)
        && run.hitsDevice(fault, io.host(), io.device())
        && run.everyPath(
            io.host(),
            io.device(),
            path -> standing.stream().anyMatch(one -> run.hits(one, io.host(), path)));
  }

  private static Finding slowed(RunView run, Injection fault) {
    List<Long> before = new ArrayList<>();
    List<Long> during = new ArrayList<>();
    for (Io io : run.ios()) {
      if (io.sent().size() != 1
          || io.ends() == 0
          || !run.hits(fault, io.host(), io.sent().get(0).path())) {
        continue;
      }
      long sentNs = io.sent().get(0).atNs();
      if (io.endedNs() < fault.startedNs()) {
        before.add(io.endedNs() - sentNs);
      } else if (sentNs >= fault.inPlaceNs() && sentNs < fault.healedNs()) {
        during.add(io.endedNs() - sentNs);
      }
    }
    if (before.size() < SAMPLES || during.size() < SAMPLES) {
      long lost = run.ios().stream().filter(io -> lostOn(run, fault, io)).count();
      if (lost > 0) {
        return pass("", "", "so slow that " + count(lost, "I/O") + " were lost on it");
      }
      return inconclusive(
          "", "", before.size() + " I/Os before and " + during.size() + " during, too few to tell");
    }
    double beforeMs = medianMs(before);
    double duringMs = medianMs(during);
    String observed =
        String.format(Locale.ROOT, "median %.2f ms before, %.2f ms during", beforeMs, duringMs);
    return duringMs >= leastMs(fault, beforeMs)
        ? pass("", "", observed)
        : inconclusive("", "", observed);
  }

  /** Whether an attempt ended badly on such a path while the fault stood. */
  private static boolean lostOn(RunView run, Injection fault, Io io) {
    return io.lost().stream()
        .anyMatch(
            lost ->
                lost.atNs() >= fault.inPlaceNs()
                    && lost.atNs() < fault.healedNs()
                    && run.hits(fault, io.host(), lost.path()));
  }

  /** What the median has to rise to: half of the added delay; a fifth more for a throttle. */
  private static double leastMs(Injection fault, double beforeMs) {
    if (fault.fault().how().orElseThrow() instanceof Impairment.Latency latency) {
      int ways = fault.fault().direction() == Direction.BOTH ? 2 : 1;
      return beforeMs + ways * latency.delayMs() / 2.0;
    }
    return beforeMs * 1.2 + 0.1;
  }

  private static double medianMs(List<Long> samples) {
    long[] sorted = samples.stream().mapToLong(Long::longValue).sorted().toArray();
    return Arrays.stream(sorted).skip(sorted.length / 2).findFirst().orElseThrow() / 1e6;
  }

  /** The open loop was kept: every arrival came, and nearly all of them on time. */
  static Finding arrivalsKept(RunView run) {
    String name = "arrivals-kept";
    String expected = "every arrival, 99 % of them within 250 ms of their time";
    long due = run.scenario().workloads().stream().mapToLong(WorkloadCore::arrivals).sum();
    Histogram lateness = new Histogram(3);
    lateness.setAutoResize(true);
    run.ios().forEach(io -> lateness.recordValue(Math.max(0, io.issuedNs() - io.intendedNs())));
    long issued = lateness.getTotalCount();
    long atPercentile = lateness.getValueAtPercentile(ON_TIME_PERCENTILE);
    String observed =
        String.format(
            Locale.ROOT,
            "%d of %d arrivals, p99 %.1f ms late, worst %.1f ms",
            issued,
            due,
            atPercentile / 1e6,
            lateness.getMaxValue() / 1e6);
    return issued == due && atPercentile <= LATE_NS
        ? pass(name, expected, observed)
        : inconclusive(name, expected, observed + BUSY);
  }

  /** Every link of every host had a session when the workload began. */
  static Finding allPathsAtStart(RunView run) {
    String name = "all-paths-at-start";
    if (run.expects(Expectation.SingleSession.class)) {
      return pass(name, "one session", "the scenario is about links without a session");
    }
    String expected = "every link logged in when the workload began";
    int present = 0;
    List<String> missing = new ArrayList<>();
    for (String host : run.hosts()) {
      present += Links.presentAtStart(run, host).size();
      Links.absentAtStart(run, host)
          .forEach(absent -> missing.add(host + " " + absent.link() + ": " + absent.cause()));
    }
    return missing.isEmpty() && present > 0
        ? pass(name, expected, count(present, "link"))
        : inconclusive(
            name, expected, missing.isEmpty() ? "no link at all" : String.join("; ", missing));
  }

  /** After healing, every device gave a read. */
  static Finding liveness(RunView run) {
    String name = "liveness";
    String expected = "after healing, every device answers a read";
    List<Event.LivenessChecked> all = run.events(Event.LivenessChecked.class).toList();
    if (all.isEmpty()) {
      return inconclusive(name, expected, "not asked");
    }
    List<Event.LivenessChecked> dead = all.stream().filter(check -> !check.ok()).toList();
    long slowest = all.stream().mapToLong(Event.LivenessChecked::tookNs).max().orElse(0);
    return dead.isEmpty()
        ? pass(
            name,
            expected,
            count(all.size(), "device")
                + ", slowest after "
                + slowest / 1_000_000
                + " ms"
                + overdue(run))
        : fail(
            name,
            expected,
            dead.stream()
                .map(
                    check ->
                        run.deviceText(check.host(), check.device())
                            + " of "
                            + check.host()
                            + " gave none in "
                            + check.tookNs() / 1_000_000
                            + " ms: "
                            + check.detail())
                .collect(Collectors.joining("; ")));
  }

  /** The commands that took far longer than expected, where the host watches for such. */
  private static String overdue(RunView run) {
    List<Event.CommandOverdue> late = run.events(Event.CommandOverdue.class).toList();
    return late.stream()
        .max(Comparator.comparingLong(Event.CommandOverdue::waitedNs))
        .map(
            longest ->
                "; "
                    + count(late.size(), "command")
                    + " overdue, one ("
                    + longest.operation()
                    + " over "
                    + longest.path()
                    + ") after "
                    + longest.waitedNs() / 1_000_000
                    + " ms where "
                    + longest.allowedNs() / 1_000_000
                    + " ms were expected at most")
        .orElse("");
  }

  /** Each I/O issued has exactly one end, and nothing happens to one that was never issued. */
  static Finding historyComplete(RunView run) {
    String name = "history-complete";
    String expected = "each I/O has exactly one end";
    List<String> odd = new ArrayList<>(run.strays());
    for (Io io : run.ios()) {
      if (io.ends() != 1) {
        odd.add("op " + io.issued().op() + " has " + count(io.ends(), "end"));
      }
    }
    for (int i = 0; i < run.entries().size(); i++) {
      if (run.entries().get(i).seq() != i) {
        odd.add("entry " + i + " has number " + run.entries().get(i).seq());
        break;
      }
    }
    return odd.isEmpty()
        ? pass(name, expected, count(run.ios().size(), "I/O"))
        : inconclusive(
            name,
            expected,
            odd.stream().limit(3).collect(Collectors.joining("; "))
                + (odd.size() > 3 ? " and " + (odd.size() - 3) + " more" : ""));
  }

  /** The lab itself did not fail. */
  static Finding labSound(RunView run) {
    String name = "lab";
    String expected = "the lab itself works";
    return run.labFailure()
        .map(failure -> inconclusive(name, expected, "the lab failed: " + failure.message()))
        .orElseGet(() -> pass(name, expected, "it did"));
  }
}
