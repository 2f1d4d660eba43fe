package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A multipath core whose effects are written down as text, with a clock set by hand. */
final class Rig implements MultipathEffects<String> {
  static final AttemptResult GOOD = new Good();

  final List<String> log = new ArrayList<>();
  final List<Attempt<String>> inFlight = new ArrayList<>();
  final List<Integer> sentOn = new ArrayList<>();

  /** Of the changes of paths, in their order. */
  final List<String> causes = new ArrayList<>();

  /** Whether the log has the device's state. */
  boolean tellsDevice;

  /** What completed I/Os were told for a person. */
  final List<String> details = new ArrayList<>();

  final MultipathCore<String> core;
  long nowNs = 5_000_000_000L;

  /** Answers each I/O GOOD from within {@code send}, as a fast session might. */
  boolean answerAtOnce;

  /** Called from within {@code pathChanged}. */
  Runnable onPathChanged = () -> {};

  Rig(MultipathSettings settings) {
    this(settings, Prioritizer.CONSTANT);
  }

  Rig(MultipathSettings settings, Prioritizer prioritizer) {
    core = new MultipathCore<>(settings, prioritizer, this);
  }

  /** A device with that many paths, all up, whose log is still empty. */
  static Rig up(int paths, MultipathSettings settings) {
    return up(paths, settings, Prioritizer.CONSTANT);
  }

  static Rig up(int paths, MultipathSettings settings, Prioritizer prioritizer) {
    Rig rig = new Rig(settings, prioritizer);
    IntStream.range(0, paths).forEach(path -> rig.core.addPath(path, true, rig.nowNs));
    rig.log.clear();
    return rig;
  }

  /** As above, with options for each path; as many paths as there are options. */
  static Rig up(MultipathSettings settings, PathOptions... options) {
    Rig rig = new Rig(settings);
    for (int path = 0; path < options.length; path++) {
      rig.core.addPath(path, options[path], true, rig.nowNs);
    }
    rig.log.clear();
    return rig;
  }

  static MultipathSettings.Builder policy(Policy policy) {
    return MultipathSettings.builder().policy(policy).checkerIntervalMs(1000);
  }

  static MultipathSettings failover() {
    return failover(Failback.IMMEDIATE, 0);
  }

  /** Writes are retried unfenced, unless a test asks for more. */
  static MultipathSettings failover(Failback failback, long noPathRetryMs) {
    return unfenced(
        MultipathSettings.multipath(Policy.FAILOVER, 1, 0, true, failback, noPathRetryMs, 1000));
  }

  static MultipathSettings roundRobin(int ios, long bytes) {
    return unfenced(
        MultipathSettings.multipath(
            Policy.ROUND_ROBIN, ios, bytes, true, Failback.IMMEDIATE, 0, 1000));
  }

  private static MultipathSettings unfenced(MultipathSettings settings) {
    return settings.toBuilder().fence(FencePolicy.none()).build();
  }

  static NexusLost lost() {
    return new NexusLost(FailureScope.CONNECTION, true, false, "reset");
  }

  /** The session of the path takes the I/O again, and recovers by itself. */
  static NexusLost recovering() {
    return new NexusLost(FailureScope.CONNECTION, true, true, "reset");
  }

  static NexusLost neverSent() {
    return new NexusLost(FailureScope.CONNECTION, false, false, "not connected");
  }

  void read(String io) {
    core.submit(io, IoTraits.read(4096), nowNs);
  }

  void write(String io) {
    core.submit(io, IoTraits.write(4096), nowNs);
  }

  /** Ends the oldest attempt under way. */
  void end(AttemptResult result) {
    core.onAttemptEnded(inFlight.remove(0), result, nowNs);
  }

  void end(String io, AttemptResult result) {
    Attempt<String> attempt =
        inFlight.stream().filter(each -> each.io().equals(io)).findFirst().orElseThrow();
    inFlight.remove(attempt);
    core.onAttemptEnded(attempt, result, nowNs);
  }

  void lose(int path) {
    core.onPathLost(path, FailureScope.SESSION, "gone", nowNs);
  }

  /** Sends an I/O of that many bytes, and tells the path that it went down. */
  int send(String io, long bytes) {
    core.submit(io, IoTraits.read(bytes), nowNs);
    return sentOn.get(sentOn.size() - 1);
  }

  /** A failed path answers its next check well. */
  void heal(int path) {
    core.checkNow(path, nowNs);
    checked(path, GOOD);
  }

  void checked(int path, AttemptResult answer) {
    core.onPathChecked(path, answer, nowNs);
  }

  /** Lets time pass; the core is called at each of its deadlines, as a binding would. */
  void pass(long ms) {
    long until = nowNs + TimeUnit.MILLISECONDS.toNanos(ms);
    while (core.nextDeadlineNs() <= until) {
      assertThat(core.nextDeadlineNs())
          .as("a deadline that is served")
          .isGreaterThanOrEqualTo(nowNs);
      nowNs = core.nextDeadlineNs();
      core.onDeadline(nowNs);
      assertThat(core.nextDeadlineNs()).as("the deadline after " + nowNs).isGreaterThan(nowNs);
    }
    nowNs = until;
  }

  /** What was written down since the last call. */
  List<String> taken() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  @Override
  public void send(Attempt<String> attempt) {
    log.add("send " + attempt.io() + " on " + attempt.path() + " #" + attempt.number());
    sentOn.add(attempt.path());
    if (answerAtOnce) {
      core.onAttemptEnded(attempt, GOOD, nowNs);
    } else {
      inFlight.add(attempt);
    }
  }

  @Override
  public void attemptEnded(Attempt<String> attempt, AttemptResult result, boolean retried) {
    log.add(
        "ended "
            + attempt.io()
            + " on "
            + attempt.path()
            + " #"
            + attempt.number()
            + (retried ? " retried" : " not retried"));
  }

  @Override
  public void completed(String io, IoOutcome outcome, int path, AttemptResult result) {
    log.add("completed " + io + " " + outcome + " on " + path);
    details.add(result.detail());
  }

  @Override
  public void check(int path) {
    log.add("check " + path);
  }

  @Override
  public void pathChanged(
      int path, PathState state, CheckerState checker, FailureScope scope, String cause) {
    log.add("path " + path + " " + state + " " + checker);
    causes.add(cause);
    onPathChanged.run();
  }

  @Override
  public void deviceChanged(DeviceState state, String cause) {
    if (tellsDevice) {
      log.add("device " + state.word());
    }
  }

  @Override
  public void pathSwitched(int from, int to, String cause) {
    log.add("switch " + from + " to " + to);
  }

  @Override
  public void fence(int path, int nexus) {
    log.add("fence " + path + (nexus == 0 ? "" : " nexus " + nexus));
  }

  @Override
  public void retriedUnfenced(Attempt<String> attempt, long heldNs) {
    log.add("unfenced " + attempt.io() + " on " + attempt.path() + held(heldNs));
  }

  @Override
  public void sentFenced(Attempt<String> attempt, Fence fence, long heldNs) {
    log.add("fenced " + attempt.io() + " on " + attempt.path() + held(heldNs) + " by " + fence);
  }

  private static String held(long ns) {
    return ns == 0 ? "" : " after " + TimeUnit.NANOSECONDS.toMillis(ns) + " ms";
  }
}
