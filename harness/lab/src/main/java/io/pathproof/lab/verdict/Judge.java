package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads a history and concludes. A pure function of scenario, topology and history: the same three
 * give the same judgement, now or from a file a year later.
 *
 * <p>One checker for each expectation, and always: data integrity, liveness after healing, and
 * whether the run can be judged at all (the lab worked, all paths were there, the fault took
 * effect, arrivals were kept, the history is complete). When the lab itself failed, nothing else is
 * held against what was under test: a FAIL becomes INCONCLUSIVE.
 */
public final class Judge {
  private Judge() {}

  /** Judges a run. */
  public static Judgement judge(Scenario scenario, Topology topology, List<Entry> history) {
    RunView run = new RunView(scenario, topology, history);
    List<Finding> asked =
        scenario.expectations().stream()
            .map(expectation -> temper(run, checker(expectation).check(run)))
            .toList();
    List<Finding> findings = new ArrayList<>(asked);
    for (Checker checker : ALWAYS) {
      findings.add(temper(run, checker.check(run)));
    }
    Verdict verdict = findings.stream().map(Finding::verdict).reduce(Verdict.PASS, Verdict::and);
    return new Judgement(
        verdict,
        reason(run, findings, verdict),
        asked.stream().map(Finding::expected).collect(Collectors.joining("; ")),
        asked.stream().map(Finding::observed).collect(Collectors.joining("; ")),
        counts(run),
        FailoverTimes.measure(run),
        List.copyOf(findings));
  }

  private static final List<Checker> ALWAYS =
      List.of(
          SoundnessCheckers::labSound,
          DataIntegrity::check,
          ArrayCheckers::protocolKept,
          ArrayCheckers::accessStatesTrue,
          ArrayCheckers::addressesOwnedOnce,
          SoundnessCheckers::liveness,
          SoundnessCheckers::allPathsAtStart,
          SoundnessCheckers::faultTookEffect,
          SoundnessCheckers::arrivalsKept,
          SoundnessCheckers::historyComplete);

  private static Checker checker(Expectation expectation) {
    if (expectation instanceof Expectation.PauseBelow pause) {
      return run -> IoCheckers.pauseBelow(run, pause.limitMs());
    } else if (expectation instanceof Expectation.Devices devices) {
      return run -> LayoutCheckers.devices(run, devices.count());
    } else if (expectation instanceof Expectation.Paths paths) {
      return run -> LayoutCheckers.paths(run, paths.count());
    } else if (expectation instanceof Expectation.PortsUsed ports) {
      return run -> LayoutCheckers.portsUsed(run, ports.count());
    } else if (expectation instanceof Expectation.Rotation rotation) {
      return run -> LayoutCheckers.rotation(run, rotation.ios());
    } else if (expectation instanceof Expectation.IoContinues) {
      return IoCheckers::continues;
    } else if (expectation instanceof Expectation.IoFails) {
      return IoCheckers::fails;
    } else if (expectation instanceof Expectation.IoFailsWhenTried) {
      return IoCheckers::failsWhenTried;
    } else if (expectation instanceof Expectation.ArrayUnchanged) {
      return LayoutCheckers::arrayUnchanged;
    } else if (expectation instanceof Expectation.SeveralSessions) {
      return LayoutCheckers::severalSessions;
    } else if (expectation instanceof Expectation.SingleSession) {
      return LayoutCheckers::singleSession;
    }
    return arrayChecker(expectation);
  }

  private static Checker arrayChecker(Expectation expectation) {
    if (expectation instanceof Expectation.PortalsSeen portals) {
      return run -> ArrayCheckers.portalsSeen(run, portals.count());
    } else if (expectation instanceof Expectation.Redirected redirected) {
      return run -> RedirectCheckers.redirected(run, redirected.extent());
    } else if (expectation instanceof Expectation.SpreadEven) {
      return RedirectCheckers::spreadEven;
    } else if (expectation instanceof Expectation.LogoutObeyed) {
      return ArrayCheckers::logoutObeyed;
    } else if (expectation instanceof Expectation.AddressMoved moved) {
      return run -> ArrayCheckers.addressMoved(run, moved.address());
    } else if (expectation instanceof Expectation.TakenOver taken) {
      return run -> ArrayCheckers.takenOver(run, taken.node());
    } else if (expectation instanceof Expectation.UnitAttention attention) {
      return run -> ArrayCheckers.unitAttention(run, attention.asc(), attention.ascq());
    }
    throw new IllegalArgumentException("no checker for " + expectation);
  }

  private static Finding temper(RunView run, Finding finding) {
    if (finding.verdict() != Verdict.FAIL || run.labFailure().isEmpty()) {
      return finding;
    }
    return new Finding(
        finding.checker(),
        Verdict.INCONCLUSIVE,
        finding.expected(),
        finding.observed() + " (the lab failed)");
  }

  /** The gravest finding; of several, the first: expectations stand first, but a dead lab leads. */
  private static String reason(RunView run, List<Finding> findings, Verdict verdict) {
    if (verdict == Verdict.PASS) {
      return "";
    }
    if (run.labFailure().isPresent()) {
      return SoundnessCheckers.labSound(run).observed();
    }
    return findings.stream()
        .filter(finding -> finding.verdict() == verdict)
        .findFirst()
        .map(finding -> finding.checker() + ": " + finding.observed())
        .orElseThrow();
  }

  private static IoCounts counts(RunView run) {
    long ok = run.ios().stream().filter(Io::ok).count();
    long failed = run.ios().stream().filter(Io::failed).count();
    return new IoCounts(run.ios().size(), ok, failed, run.ios().size() - ok - failed);
  }
}
