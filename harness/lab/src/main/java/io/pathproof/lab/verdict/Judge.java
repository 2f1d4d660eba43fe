package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads a history and concludes. A pure function of scenario, topology and history: the same three
 * give the same judgement, now or from a file a year later.
 *
 * <p>One checker for each expectation, and always: data integrity, liveness after healing, and
 * whether the run can be judged at all (the lab worked, all paths were there, the fault took
 * effect, arrivals were kept, the history is complete). Of several arrays each is judged by itself.
 * When the lab itself failed, nothing else is held against what was under test: a FAIL becomes
 * INCONCLUSIVE.
 */
public final class Judge {
  private Judge() {}

  /** Judges a run. */
  public static Judgement judge(Scenario scenario, Topology topology, List<Entry> history) {
    RunView run = new RunView(scenario, topology, history);
    Map<String, RunView> shares = new LinkedHashMap<>();
    if (topology.arrays().size() > 1) {
      topology.arrays().forEach((name, array) -> shares.put(name, OneArray.of(run, array)));
    }
    List<Judged> asked = new ArrayList<>();
    for (Expectation expectation : scenario.expectations()) {
      asked.add(asked(run, shares, expectation));
    }
    List<Judged> judged = new ArrayList<>(asked);
    shares.forEach((name, share) -> judged.addAll(always(run, name, share)));
    for (Checker checker : ALWAYS) {
      if (shares.isEmpty() || OF_THE_RUN.contains(checker)) {
        judged.add(new Judged("", temper(run, checker.check(run))));
      }
    }
    List<Finding> findings = judged.stream().map(Judged::finding).toList();
    Verdict verdict = findings.stream().map(Finding::verdict).reduce(Verdict.PASS, Verdict::and);
    return new Judgement(
        verdict,
        reason(run, findings, verdict),
        summary(asked, Finding::expected),
        summary(asked, Finding::observed),
        counts(run),
        FailoverTimes.measure(run),
        findings,
        arrays(shares, judged),
        LoadCheckers.loads(run));
  }

  /**
   * A finding and the array that it is about.
   *
   * @param array one of several; empty: the run as a whole
   */
  private record Judged(String array, Finding finding) {
    /** A finding about one of several arrays has its name in front. */
    static Judged of(String array, Finding finding) {
      return new Judged(
          array,
          new Finding(
              array + ": " + finding.checker(),
              finding.verdict(),
              finding.expected(),
              finding.observed()));
    }
  }

  /** In a few words; where several arrays are judged by themselves, each one's words together. */
  private static String summary(List<Judged> asked, Function<Finding, String> words) {
    StringBuilder text = new StringBuilder();
    String of = "";
    for (Judged each : asked) {
      text.append(text.isEmpty() ? "" : "; ");
      if (!each.array().equals(of)) {
        text.append(each.array().isEmpty() ? "all" : each.array()).append(": ");
        of = each.array();
      }
      text.append(words.apply(each.finding()));
    }
    return text.toString();
  }

  /** An expectation of one array is judged by what the run says of it alone. */
  private static Judged asked(RunView run, Map<String, RunView> shares, Expectation expectation) {
    if (expectation instanceof Expectation.OfArray of) {
      RunView share = shares.getOrDefault(of.array(), run);
      return Judged.of(of.array(), temper(run, checker(of.expectation()).check(share)));
    }
    return new Judged("", temper(run, checker(expectation).check(run)));
  }

  /** What holds of each of several arrays always. */
  private static List<Judged> always(RunView run, String array, RunView share) {
    boolean used = !share.scenario().workloads().isEmpty();
    return ALWAYS.stream()
        .filter(checker -> !OF_THE_RUN.contains(checker))
        .filter(checker -> used || !OF_A_WORKLOAD.contains(checker))
        .map(checker -> Judged.of(array, temper(run, checker.check(share))))
        .toList();
  }

  /**
   * The verdict of each of several arrays that has a workload: the gravest of what was found of it
   * and of what was found of the run as a whole, whatever became of the other arrays.
   */
  private static Map<String, Verdict> arrays(Map<String, RunView> shares, List<Judged> judged) {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    shares.forEach(
        (name, share) -> {
          if (!share.scenario().workloads().isEmpty()) {
            verdicts.put(
                name,
                judged.stream()
                    .filter(each -> each.array().isEmpty() || each.array().equals(name))
                    .map(each -> each.finding().verdict())
                    .reduce(Verdict.PASS, Verdict::and));
          }
        });
    return Collections.unmodifiableMap(verdicts);
  }

  private static final Checker LAB_SOUND = SoundnessCheckers::labSound;
  private static final Checker DATA_INTEGRITY = DataIntegrity::check;
  private static final Checker LIVENESS = SoundnessCheckers::liveness;
  private static final Checker ALL_PATHS = SoundnessCheckers::allPathsAtStart;
  private static final Checker TOOK_EFFECT = SoundnessCheckers::faultTookEffect;
  private static final Checker ARRIVALS = SoundnessCheckers::arrivalsKept;
  private static final Checker COMPLETE = SoundnessCheckers::historyComplete;

  private static final List<Checker> ALWAYS =
      List.of(
          LAB_SOUND,
          DATA_INTEGRITY,
          ArrayCheckers::protocolKept,
          ArrayCheckers::accessStatesTrue,
          ArrayCheckers::addressesOwnedOnce,
          LIVENESS,
          ALL_PATHS,
          TOOK_EFFECT,
          ARRIVALS,
          COMPLETE);

  /** Those that say nothing of any one array. */
  private static final List<Checker> OF_THE_RUN =
      List.of(LAB_SOUND, TOOK_EFFECT, ARRIVALS, COMPLETE);

  /** Those that say nothing of an array without a workload. */
  private static final List<Checker> OF_A_WORKLOAD = List.of(DATA_INTEGRITY, LIVENESS, ALL_PATHS);

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
      return run -> LayoutCheckers.rotation(run, rotation);
    } else if (expectation instanceof Expectation.PathsAtOnce paths) {
      return run -> PathUse.atOnce(run, paths.count());
    } else if (expectation instanceof Expectation.SlowPath slow) {
      return run -> PathUse.slowPath(run, slow.percent());
    } else if (expectation instanceof Expectation.Imbalance split) {
      return run -> PathUse.imbalance(run, split.shares());
    } else if (expectation instanceof Expectation.IoContinues) {
      return IoCheckers::continues;
    } else if (expectation instanceof Expectation.IoUndisturbed) {
      return IoCheckers::undisturbed;
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
    } else if (expectation instanceof Expectation.Balance balance) {
      return run -> LoadCheckers.balance(run, balance.even());
    } else if (expectation instanceof Expectation.DeviceState wanted) {
      return run -> DeviceStateChecker.check(run, wanted.state());
    } else if (expectation instanceof Expectation.LogoutObeyed) {
      return ArrayCheckers::logoutObeyed;
    } else if (expectation instanceof Expectation.AddressMoved moved) {
      return run -> ArrayCheckers.addressMoved(run, moved.address());
    } else if (expectation instanceof Expectation.TakenOver taken) {
      return run -> ArrayCheckers.takenOver(run, taken.node());
    } else if (expectation instanceof Expectation.Diagnosed diagnosed) {
      return run -> DiagnosisChecker.check(run, diagnosed);
    } else if (expectation instanceof Expectation.UnitAttention attention) {
      return run -> ArrayCheckers.unitAttention(run, attention.asc(), attention.ascq());
    }
    return vsphereChecker(expectation);
  }

  private static Checker vsphereChecker(Expectation expectation) {
    if (expectation instanceof Expectation.PortsBound bound) {
      return run -> VsphereCheckers.portsBound(run, bound.ports());
    } else if (expectation instanceof Expectation.OutOfUse out) {
      return run -> VsphereCheckers.outOfUse(run, out.port());
    } else if (expectation instanceof Expectation.StaysInUse stays) {
      return run -> VsphereCheckers.staysInUse(run, stays.port());
    } else if (expectation instanceof Expectation.AdaptersUsed adapters) {
      return run -> UplinkCheckers.adaptersUsed(run, adapters.byHost());
    } else if (expectation instanceof Expectation.UplinkMoves moves) {
      return run -> UplinkCheckers.moves(run, moves.port());
    } else if (expectation instanceof Expectation.Removal removal) {
      return run -> VsphereCheckers.removal(run, removal.refused());
    } else if (expectation instanceof Expectation.Throughput throughput) {
      return run -> UplinkCheckers.throughput(run, throughput);
    } else if (expectation instanceof Expectation.TargetParameters) {
      return TargetParameterChecker::check;
    } else if (expectation instanceof Expectation.TargetHas target) {
      return run -> TargetParameterChecker.has(run, target);
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
