package io.pathproof.initiator.diagnosis;

import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.session.ConnectionFailure;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionFailure;
import io.pathproof.initiator.session.SessionListener;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.initiator.session.SessionState;
import io.pathproof.initiator.session.TargetsListener;
import io.pathproof.initiator.session.TaskFailure;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.initiator.unit.UnitCommands;
import io.pathproof.initiator.unit.UnitCommands.Question;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.iscsi.LoginStatus;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.LunList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One path, step by step, until it stops or has carried I/O. No I/O inside: inputs come with the
 * time, effects go to {@link ExaminationEffects}. One thread; ends once, in bounded time.
 */
final class Examination implements SessionListener, TargetsListener {
  private static final long NO_DEADLINE = Long.MAX_VALUE;

  /** How often {@link #onTick} is due. */
  static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A machine that stood still for one part in so many of the timeout is told to be busy. */
  private static final int BUSY_PART = 10;

  private final HostLink link;
  private final Optional<String> target;
  private final DiagnosisSettings settings;
  private final ExaminationEffects effects;
  private final Map<Step, StepResult> results = new EnumMap<>(Step.class);
  private final Redirections redirections = new Redirections();
  private Optional<Portal> awaitingName = Optional.empty();
  private final List<UnitReport> units = new ArrayList<>();
  private final List<String> notDisks = new ArrayList<>();
  private final Deque<Lun> left = new ArrayDeque<>();
  private List<SendTargets.Target> targets = List.of();
  private int unitsLeftOut;
  private Step step = Step.ROUTE;
  private long stepBeganNs;
  private long beganNs;
  private long tickedNs;
  private long stoodStillNs;
  private Optional<LoginStatus> refusedWith = Optional.empty();
  private Optional<Failure> awaitingPing = Optional.empty();
  private UnitExamination unit;
  private long unitWakesNs = NO_DEADLINE;
  private long endByNs = NO_DEADLINE;
  private Optional<Failure> lostBy = Optional.empty();
  private boolean challenged;
  private boolean up;
  private boolean over;

  /**
   * @param target the target to log in to; empty asks the portal for its targets
   */
  Examination(
      HostLink link,
      Optional<String> target,
      DiagnosisSettings settings,
      ExaminationEffects effects) {
    this.link = link;
    this.target = target;
    this.settings = settings;
    this.effects = effects;
  }

  void start(long nowNs) {
    stepBeganNs = nowNs;
    beganNs = nowNs;
    tickedNs = nowNs;
    endByNs = nowNs + DiagnosisSettings.PATH_TIMEOUTS * settings.timeoutNs();
    effects.wakeAt(endByNs);
    effects.route();
  }

  /**
   * To be called each {@value #TICK_NS} ns. What is late beyond that is this machine's own standing
   * still, for which the path is not to be blamed alone.
   */
  void onTick(long nowNs) {
    long lateNs = nowNs - tickedNs - TICK_NS;
    if (lateNs > TICK_NS) {
      stoodStillNs += lateNs;
    }
    tickedNs = nowNs;
  }

  /** Where it is now, for a person who waits. */
  Step step() {
    return step;
  }

  void onRoute(Route route, long nowNs) {
    if (over) {
      return;
    }
    if (route instanceof Route.Missing missing) {
      fail(missing.seen(), Explanation.route(missing), nowNs);
      return;
    }
    pass(((Route.Found) route).seen(), Step.TCP, nowNs);
    effects.open(settings.session(link, target), this);
  }

  void onPing(boolean answered, long nowNs) {
    if (!over && awaitingPing.isPresent()) {
      noConnection(
          awaitingPing.get(),
          answered ? Explanation.Ping.ANSWERED : Explanation.Ping.SILENT,
          nowNs);
    }
  }

  /** A time that was asked for has come; harmless when nothing is due. */
  void onDeadline(long nowNs) {
    if (over) {
      return;
    }
    if (endByNs <= nowNs) {
      long ms =
          TimeUnit.NANOSECONDS.toMillis(DiagnosisSettings.PATH_TIMEOUTS * settings.timeoutNs());
      if (awaitingPing.isPresent()) {
        noConnection(awaitingPing.get(), Explanation.Ping.SILENT, nowNs);
      } else {
        fail(
            "not done within " + ms + " ms in all",
            new Explanation(
                "the path is too slow to be examined in its time",
                "look at the load of array and network, or give more time with --timeout"),
            nowNs);
      }
    } else if (unitWakesNs <= nowNs) {
      unitWakesNs = NO_DEADLINE;
      unit.onDeadline(nowNs);
    }
  }

  // TCP and login

  @Override
  public void event(SessionEvent event, long nowNs) {
    if (over) {
      return;
    }
    if (event instanceof SessionEvent.StateChanged change
        && change.to() == SessionState.IN_LOGIN
        && step == Step.TCP) {
      pass("connected to " + link.portal(), Step.LOGIN, nowNs);
    } else if (event instanceof SessionEvent.Redirected redirected) {
      redirections.add(redirected);
    } else if (event instanceof SessionEvent.Connecting) {
      challenged = false;
    } else if (event instanceof SessionEvent.ChapChallenged) {
      challenged = true;
    } else if (event instanceof SessionEvent.LoginRefused refused) {
      refusedWith = LoginStatus.of(refused.statusClass() << 8 | refused.statusDetail());
    } else if (event instanceof SessionEvent.LoginFailed failed) {
      loginFailed(failed.failure(), nowNs);
    }
  }

  private void loginFailed(Failure failure, long nowNs) {
    if (step == Step.TCP) {
      boolean silent =
          failure instanceof ConnectionFailure lost
              && lost.reason() == ConnectionFailure.Reason.LOGIN_TIMED_OUT;
      if (silent) {
        awaitingPing = Optional.of(failure);
        effects.ping();
      } else {
        noConnection(failure, Explanation.Ping.NOT_TRIED, nowNs);
      }
      return;
    }
    if (awaitingName.isPresent()) {
      return;
    }
    awaitingName = redirections.toBeLookedUp(failure);
    if (awaitingName.isPresent()) {
      effects.lookUp(awaitingName.get());
    } else {
      notLoggedIn(failure, nowNs);
    }
  }

  /** Whether a name that the login was redirected to has an address now: then it is made anew. */
  void onName(boolean known, long nowNs) {
    if (over || awaitingName.isEmpty()) {
      return;
    }
    String name = awaitingName.get().toString();
    awaitingName = Optional.empty();
    if (known) {
      redirections.begin();
      effects.open(settings.session(link, target), this);
    } else {
      fail(redirections.said(), Explanation.redirectedToAName(name), nowNs);
    }
  }

  private void notLoggedIn(Failure failure, long nowNs) {
    fail(
        seen(failure) + andRedirected(),
        Explanation.login(
            failure,
            refusedWith,
            redirections.at(link.portal()),
            settings.chap().isPresent(),
            challenged),
        nowNs);
  }

  /** For a way of which it is not known whether pings pass. */
  void onNoPing(long nowNs) {
    if (!over && awaitingPing.isPresent()) {
      noConnection(awaitingPing.get(), Explanation.Ping.NOT_TRIED, nowNs);
    }
  }

  private void noConnection(Failure failure, Explanation.Ping ping, long nowNs) {
    fail(seen(failure), Explanation.tcp(failure, link.portal().toString(), ping), nowNs);
  }

  /** What a socket says of a refused connect is about this machine's calls, not about the path. */
  private static String seen(Failure failure) {
    return failure instanceof ConnectionFailure lost
            && lost.reason() == ConnectionFailure.Reason.REFUSED
        ? "connection refused"
        : failure.text();
  }

  private String andRedirected() {
    return redirections.said().isEmpty() ? "" : "; " + redirections.said();
  }

  @Override
  public void sessionUp(SessionParameters parameters, long nowNs) {
    if (over) {
      return;
    }
    up = true;
    awaitingName = Optional.empty();
    String group =
        parameters.targetPortalGroupTag().isPresent()
            ? "portal group " + parameters.targetPortalGroupTag().getAsInt()
            : "no portal group told";
    // many targets that want CHAP want none in a discovery session
    boolean untested = settings.chap().isPresent() && !challenged && target.isPresent();
    String chap = untested ? "; " + PathReport.NO_CHAP : "";
    pass("logged in, " + group + andRedirected() + chap, Step.LUN, nowNs);
    if (target.isEmpty()) {
      effects.sendTargets(this);
    } else {
      reportLuns();
    }
  }

  @Override
  public void sessionDown(Failure failure, long nowNs) {
    up = false;
    lostBy = Optional.of(failure);
    // its tasks end with this failure right after: whoever waits for one tells it better
    if (!over && target.isEmpty()) {
      fail(failure.text(), Explanation.lost(failure), nowNs);
    }
  }

  @Override
  public void sessionEnded(SessionFailure failure, long nowNs) {
    up = false;
    if (!over) {
      fail(failure.text(), Explanation.lost(failure), nowNs);
    }
  }

  // discovery

  @Override
  public void found(List<SendTargets.Target> found, long nowNs) {
    if (over) {
      return;
    }
    targets = found;
    for (Step rest : List.of(Step.LUN, Step.IDENTITY, Step.ALUA, Step.IO)) {
      results.put(rest, StepResult.notApplicable(rest, 0, "discovery"));
    }
    end(nowNs);
  }

  @Override
  public void failed(Failure failure, long nowNs) {
    if (!over) {
      step = Step.LOGIN;
      fail(
          "SendTargets: " + failure.text(),
          new Explanation("the portal does not tell its targets", "name the target with --target"),
          nowNs);
    }
  }

  // logical units

  private void reportLuns() {
    new UnitCommands(Lun.of(0), new Luns())
        .reportLuns(
            (data, nowNs) -> {
              if (!over) {
                luns(LunList.decode(data).luns(), nowNs);
              }
            });
  }

  /** What becomes of REPORT LUNS where it brings no list. */
  private final class Luns implements UnitCommands.Asker {
    @Override
    public void submit(ScsiTask task) {
      effects.submit(task);
    }

    @Override
    public void refused(Question question, TaskOutcome outcome, long nowNs) {
      if (over) {
        return;
      }
      if (outcome instanceof Failure failure) {
        boolean alive = failure instanceof TaskFailure;
        fail(
            question.name() + ": " + failure.text(),
            alive ? Explanation.notCarriedOut(question.name()) : Explanation.lost(failure),
            nowNs);
      } else {
        fail(
            question.name() + ": status " + ((ScsiResult) outcome).status(),
            new Explanation(
                "the target does not tell its logical units", "look at the array's event log"),
            nowNs);
      }
    }

    @Override
    public void unreadable(Question question, ProtocolException why, long nowNs) {
      fail(
          question.name() + ": " + why.getMessage(),
          new Explanation(
              "the list of logical units cannot be read",
              "the array breaks SPC-4 6.33: tell its vendor"),
          nowNs);
    }
  }

  private void luns(List<Lun> luns, long nowNs) {
    left.addAll(luns);
    if (luns.isEmpty()) {
      fail("REPORT LUNS: none", Explanation.nothingMapped(settings.initiatorName()), nowNs);
    } else {
      next(nowNs);
    }
  }

  private void next(long nowNs) {
    Lun lun = left.poll();
    if (lun == null || !up || units.size() >= settings.maxUnits()) {
      unitsLeftOut = left.size() + (lun == null ? 0 : 1);
      examined(nowNs);
      return;
    }
    unit = new UnitExamination(lun, settings, new Units(lun));
    unit.start(nowNs);
  }

  private final class Units implements UnitExamination.Sink {
    private final Lun lun;

    Units(Lun lun) {
      this.lun = lun;
    }

    @Override
    public void submit(ScsiTask task) {
      effects.submit(task);
    }

    @Override
    public void wakeAt(long deadlineNs) {
      unitWakesNs = deadlineNs;
      effects.wakeAt(deadlineNs);
    }

    @Override
    public void ended(UnitReport report, long nowNs) {
      if (!over) {
        units.add(report);
        next(nowNs);
      }
    }

    @Override
    public void noDisk(String what, long nowNs) {
      if (!over) {
        notDisks.add("LUN " + lun + " is " + what);
        next(nowNs);
      }
    }
  }

  private void examined(long nowNs) {
    Set<Integer> absent = new TreeSet<>(settings.expectedLuns());
    for (UnitReport report : units) {
      OptionalInt number = report.lun().number();
      number.ifPresent(absent::remove);
    }
    for (Step each : List.of(Step.LUN, Step.IDENTITY, Step.ALUA, Step.IO)) {
      joined(each).ifPresent(result -> results.put(each, result));
    }
    if (units.isEmpty() && lostBy.isPresent()) {
      fail(lostBy.get().text(), Explanation.lost(lostBy.get()), nowNs);
    } else if (units.isEmpty()) {
      step = Step.LUN;
      fail(String.join("; ", notDisks), Explanation.nothingMapped(settings.initiatorName()), nowNs);
    } else if (!absent.isEmpty() && unitsLeftOut == 0) {
      String luns =
          absent.stream().map(number -> "LUN " + number).collect(Collectors.joining(", "));
      results.put(
          Step.LUN,
          StepResult.failed(
              Step.LUN,
              results.get(Step.LUN).tookNs(),
              results.get(Step.LUN).seen() + "; not " + luns,
              Explanation.absent(luns)));
      end(nowNs);
    } else {
      end(nowNs);
    }
  }

  private Optional<StepResult> joined(Step of) {
    List<StepResult> all =
        units.stream()
            .flatMap(report -> report.steps().stream())
            .filter(result -> result.step() == of)
            .toList();
    String more =
        of == Step.LUN && unitsLeftOut > 0
            ? "; " + unitsLeftOut + " further LUNs not examined"
            : "";
    return StepResult.joined(of, all, more);
  }

  // ends

  private void pass(String seen, Step then, long nowNs) {
    results.put(step, StepResult.passed(step, nowNs - stepBeganNs, seen));
    step = then;
    stepBeganNs = nowNs;
  }

  private void fail(String seen, Explanation reason, long nowNs) {
    boolean busy =
        nowNs - beganNs >= settings.timeoutNs() && stoodStillNs >= settings.timeoutNs() / BUSY_PART;
    Explanation explanation = busy ? reason.onABusyMachine(stoodStillNs) : reason;
    results.put(step, StepResult.failed(step, nowNs - stepBeganNs, seen, explanation));
    end(nowNs);
  }

  private void end(long nowNs) {
    over = true;
    List<StepResult> all = new ArrayList<>();
    for (Step each : Step.values()) {
      all.add(results.getOrDefault(each, StepResult.notReached(each)));
    }
    PathReport report = new PathReport(link, target, all, units, targets);
    boolean stuck = report.stop().filter(stop -> stop.step().compareTo(Step.LUN) >= 0).isPresent();
    effects.ended(report, up && !stuck);
  }
}
