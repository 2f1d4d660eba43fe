package io.pathproof.cli;

import io.pathproof.lab.Lab;
import io.pathproof.lab.advice.Advice;
import io.pathproof.lab.advice.MeasuredShares;
import io.pathproof.lab.advice.SettingsAdvice;
import io.pathproof.lab.document.BadValueException;
import io.pathproof.lab.document.Suggestion;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.CutPoint;
import io.pathproof.lab.engine.DiagnosisSpec;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.fault.Fault;
import io.pathproof.lab.fault.FaultWords;
import io.pathproof.lab.fault.Places;
import io.pathproof.lab.fault.ResolvedFault;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.HostDiagnosis;
import io.pathproof.lab.topology.AluaSpec;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The hosts of a topology, each examined through its own links of a lab. */
final class LabDoctor {
  private static final long SEED = 1;
  private static final Duration STEP = Duration.ofSeconds(60);

  /** The reading over a host's devices has so many times as long as a command. */
  private static final int READING_TIMEOUTS = 2;

  private final Engine engine;
  private final Topology topology;
  private final List<HostSpec> hosts;
  private final DiagnosisSpec how;
  private final DoctorProgress progress;
  private final List<ResolvedFault> faults = new ArrayList<>();

  LabDoctor(
      Engine engine, Topology topology, List<HostSpec> hosts, DiagnosisSpec how, PrintWriter err) {
    this.engine = engine;
    this.topology = topology;
    this.hosts = hosts;
    this.how = how;
    this.progress = new DoctorProgress(err);
  }

  /**
   * Has something broken before the examination.
   *
   * @throws BadInput where the place or the effect is not known, or the engine cannot do it
   */
  void breaking(String place, String effect) {
    String word = effect.strip().split("\\s+")[0];
    try {
      if (!FaultWords.knows(word)) {
        throw new BadInput(
            "--how " + effect + ": unknown; " + Suggestion.remedy(word, effectsAt(place)));
      }
      FaultWords.Effect parsed = FaultWords.parse(effect);
      Fault fault =
          new Fault(
              0,
              place,
              parsed.how(),
              parsed.action(),
              parsed.hostAction(),
              Direction.BOTH,
              Optional.empty());
      parsed
          .hostAction()
          .filter(action -> action.kind() != HostAction.Kind.LINK_DOWN)
          .ifPresent(
              action -> {
                // every link is examined, whether or not the host uses it
                throw new BadInput(
                    "--how "
                        + effect
                        + ": that changes which ports a host uses, and breaks no path; run a"
                        + " scenario with it: pathproof qualify --scenarios FILE");
              });
      ResolvedFault resolved = new Places(topology).resolve(fault);
      Capabilities can = engine.capabilities(topology);
      boolean able =
          fault.how().map(each -> can.impairments().contains(each.kind())).orElse(true)
              && fault.action().map(each -> can.arrayActions().contains(each.kind())).orElse(true)
              && fault
                  .hostAction()
                  .map(each -> can.hostActions().contains(each.kind()))
                  .orElse(true);
      if (!able) {
        throw new BadInput(
            "--how " + effect + ": engine " + engine.name() + " cannot do that; try another");
      }
      fault
          .action()
          .filter(each -> each.kind() == ArrayAction.Kind.DEFECT)
          .map(ArrayAction::detail)
          .filter(defect -> !can.defects().contains(defect))
          .ifPresent(
              defect -> {
                throw new BadInput(
                    "--how "
                        + effect
                        + ": this array has no such defect; "
                        + Suggestion.remedy(defect, can.defects()));
              });
      requireEffect(effect, fault);
      faults.add(resolved);
    } catch (BadValueException e) {
      throw new BadInput(
          "--break " + place + " --how " + effect + ": " + e.getMessage() + "; " + e.remedy(), e);
    }
  }

  /** Refuses what this examination, or this array, could not show. */
  private void requireEffect(String effect, Fault fault) {
    boolean atDataOut =
        fault
            .how()
            .filter(
                each ->
                    each instanceof Impairment.Cut cut
                        && cut.at() instanceof CutPoint.AtPdu at
                        && at.pdu().equals("data-out"))
            .isPresent();
    if (atDataOut) {
      throw new BadInput(
          "--how "
              + effect
              + ": an examination never writes, so that no Data-Out comes; run a scenario with it:"
              + " pathproof qualify --scenarios FILE");
    }
    boolean accessState =
        fault.action().filter(each -> each.kind() == ArrayAction.Kind.ACCESS_STATE).isPresent();
    boolean symmetric =
        topology.arrays().values().stream()
            .allMatch(array -> array.alua().mode() == AluaSpec.Mode.NONE);
    if (accessState && symmetric) {
      throw new BadInput(
          "--how "
              + effect
              + ": the array has no access states; give it some in the topology file: alua: { mode:"
              + " implicit }");
    }
  }

  /**
   * The words of what can be broken at a place.
   *
   * @throws BadValueException where there is no such place
   */
  private List<String> effectsAt(String place) {
    Capabilities can = engine.capabilities(topology);
    List<String> words = new ArrayList<>();
    Optional<BadValueException> noLink =
        refusal(place, Optional.of(new Impairment.Refuse()), Optional.empty(), Optional.empty());
    if (noLink.isEmpty()) {
      can.impairments().stream().sorted().forEach(each -> words.add(each.word()));
    }
    can.arrayActions().stream()
        .sorted()
        .filter(
            each ->
                refusal(
                        place,
                        Optional.empty(),
                        Optional.of(ArrayAction.of(each)),
                        Optional.empty())
                    .isEmpty())
        .forEach(each -> words.add(each.word()));
    HostAction linkDown = HostAction.of(HostAction.Kind.LINK_DOWN);
    if (can.hostActions().contains(linkDown.kind())
        && refusal(place, Optional.empty(), Optional.empty(), Optional.of(linkDown)).isEmpty()) {
      words.add(linkDown.kind().word());
    }
    if (words.isEmpty() && noLink.isPresent()) {
      throw noLink.get();
    }
    return words;
  }

  private Optional<BadValueException> refusal(
      String place,
      Optional<Impairment> how,
      Optional<ArrayAction> action,
      Optional<HostAction> hostAction) {
    try {
      new Places(topology)
          .resolve(new Fault(0, place, how, action, hostAction, Direction.BOTH, Optional.empty()));
      return Optional.empty();
    } catch (BadValueException e) {
      return Optional.of(e);
    }
  }

  /**
   * Builds the lab, breaks what is to be broken, and examines.
   *
   * @throws LabException when the lab could not be built, or failed
   */
  DoctorReport examine(String subject) throws LabException {
    progress.begins("building lab " + topology.name() + " on engine " + engine.name(), 0);
    LabSettings settings = Lab.settings(SEED);
    LabDriver driver = engine.start(topology, settings);
    // closes what outlives this JVM when a person loses patience
    Thread hook = new Thread(driver::close, "pathproof-doctor-end");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      for (ResolvedFault fault : faults) {
        apply(driver, fault);
      }
      List<DoctorReport.Host> all = new ArrayList<>();
      for (HostSpec host : hosts) {
        all.add(host(driver, host));
      }
      return new DoctorReport(
          subject,
          Optional.of(engine.name()),
          faults.stream().map(ResolvedFault::text).toList(),
          how.timeoutMs(),
          all);
    } finally {
      progress.done();
      driver.close();
      forget(hook);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs already.
    }
  }

  private void apply(LabDriver driver, ResolvedFault fault) throws LabException {
    progress.begins("breaking " + fault.text(), 0);
    if (fault.onHost().isPresent()) {
      String place = fault.onHost().get();
      driver.await(
          fault
              .fault()
              .hostAction()
              .map(action -> driver.act(place, action))
              .orElseGet(
                  () ->
                      driver.impairAdapter(
                          place, Direction.BOTH, fault.fault().how().orElseThrow())),
          STEP,
          fault.text());
    } else if (fault.fault().how().isPresent()) {
      for (LinkId link : fault.links()) {
        driver.await(
            driver.impair(link, Direction.BOTH, fault.fault().how().get()), STEP, fault.text());
      }
    } else {
      for (String place : fault.nodes()) {
        driver.await(driver.act(place, fault.fault().action().orElseThrow()), STEP, fault.text());
      }
    }
  }

  private DoctorReport.Host host(LabDriver driver, HostSpec host) throws LabException {
    progress.begins("examining " + host.name(), topology.entryLinksOf(host).size());
    Duration bound = Duration.ofMillis(20 * how.timeoutMs()).plus(STEP);
    HostDiagnosis diagnosis =
        driver.await(
            driver.diagnose(host, how, path -> progress.partEnded()),
            bound,
            "the examination of " + host.name());
    List<ReadRound.Result> rounds = measurable(host, diagnosis) ? rounds(driver, host) : List.of();
    List<MeasuredShares> shares =
        rounds.stream().filter(ReadRound.Result::complete).map(ReadRound.Result::shares).toList();
    List<Advice> advice = new ArrayList<>(SettingsAdvice.of(topology, host));
    shares.forEach(each -> each.imbalance(diagnosis.paths()).ifPresent(advice::add));
    return new DoctorReport.Host(
        host.initiatorName(),
        noting(diagnosis, rounds),
        shares,
        advice,
        SettingsAdvice.notCompared(host));
  }

  /** Some policies give all to one path on purpose; a broken path is told already. */
  private static boolean measurable(HostSpec host, HostDiagnosis diagnosis) {
    return diagnosis.sound() && diagnosis.paths().size() > 1 && host.multipath().shares();
  }

  /** Says of which devices too few reads were done to judge their spread. */
  private HostDiagnosis noting(HostDiagnosis diagnosis, List<ReadRound.Result> rounds) {
    List<String> notes = new ArrayList<>(diagnosis.notes());
    for (ReadRound.Result round : rounds) {
      if (!round.complete()) {
        notes.add(
            "%s (%s): %d of %d reads were done in %d ms: how they spread over the paths is not judged"
                .formatted(
                    round.shares().device(),
                    round.shares().volume(),
                    round.ended(),
                    round.wanted(),
                    readingBound().toMillis()));
      }
    }
    return new HostDiagnosis(diagnosis.host(), diagnosis.paths(), diagnosis.advertised(), notes);
  }

  private Duration readingBound() {
    return Duration.ofMillis(READING_TIMEOUTS * how.timeoutMs());
  }

  private List<ReadRound.Result> rounds(LabDriver driver, HostSpec host) throws LabException {
    progress.begins("reading over the devices of " + host.name(), 0);
    HostDriver up =
        driver.await(
            driver.attach(host, new History(driver.scheduler().nowNs())),
            STEP,
            host.name() + " to come up");
    try {
      return driver.await(
          ReadRound.over(up, host.multipath(), readingBound()),
          readingBound().plus(STEP),
          "reads of " + host.name());
    } finally {
      driver.await(up.detach(), STEP, "the logout of " + host.name());
    }
  }
}
