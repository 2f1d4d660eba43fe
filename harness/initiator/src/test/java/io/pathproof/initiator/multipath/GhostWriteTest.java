package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random schedules over an array that carries out what a lost nexus left behind as late as it likes
 * until that nexus is fenced: whether an older write ever lands over a newer acknowledged one. The
 * seed is in each failure's name.
 */
class GhostWriteTest {
  private static final int SCHEDULES = 150;
  private static final int STEPS = 500;
  private static final int PATHS = 3;
  private static final int BLOCKS = 12;
  private static final long HOLD_MS = 120;

  @Test
  @DisplayName("with fencing no older write lands over a newer one, and writes do get through")
  void fenced() {
    int fences = 0;
    int held = 0;
    int strays = 0;
    int recoveries = 0;
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      Schedule schedule = run(seed, FencePolicy.required(0), Long.MAX_VALUE);
      assertThat(schedule.ghosts).as("seed " + seed).isEmpty();
      assertThat(schedule.unfenced).as("unfenced retries of seed " + seed).isZero();
      fences += schedule.fences;
      held += schedule.held;
      strays += schedule.landed;
      recoveries += schedule.recoveries;
    }
    assertThat(fences).as("fences that were had").isGreaterThan(SCHEDULES);
    assertThat(recoveries).as("sessions that recovered").isGreaterThan(SCHEDULES);
    assertThat(held).as("writes that waited").isGreaterThan(SCHEDULES);
    assertThat(strays).as("old writes that landed all the same, over nothing newer").isPositive();
  }

  @Test
  @DisplayName("with fencing taken away the same schedules show ghost writes")
  void unfenced() {
    assertThat(ghosts(FencePolicy.none(), Long.MAX_VALUE)).isPositive();
  }

  @Test
  @DisplayName("a hold is as good as the array's own bound: enough, and not enough")
  void held() {
    assertThat(ghosts(FencePolicy.hold(HOLD_MS), HOLD_MS)).isZero();
    assertThat(ghosts(FencePolicy.hold(HOLD_MS), 8 * HOLD_MS)).isPositive();
  }

  private static int ghosts(FencePolicy policy, long latestMs) {
    int found = 0;
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      found += run(seed, policy, latestMs).ghosts.size();
    }
    return found;
  }

  /**
   * @param latestMs how long after its loss the array may carry a write out
   */
  private static Schedule run(long seed, FencePolicy policy, long latestMs) {
    Schedule schedule = new Schedule(seed, policy, latestMs);
    schedule.run();
    return schedule;
  }

  private record Write(int version, BlockRange blocks) {}

  /** What the array may still carry out. */
  private record Stray(Write write, Nexus nexus, long lostNs) {}

  private record Nexus(int path, int number) {}

  private static final class Schedule implements MultipathEffects<Write> {
    final List<String> ghosts = new ArrayList<>();
    int fences;
    int held;
    int unfenced;
    int landed;
    int recoveries;

    private final Random random;
    private final String name;
    private final long latestNs;
    private final MultipathCore<Write> core;
    private final List<Attempt<Write>> inFlight = new ArrayList<>();
    private final List<Stray> strays = new ArrayList<>();
    private final List<Integer> checks = new ArrayList<>();
    private final Set<Nexus> fencesAsked = new HashSet<>();
    private final List<Nexus> fenceAnswers = new ArrayList<>();
    private final boolean[] broken = new boolean[PATHS];

    /** Sessions that are down and keep what they are given. */
    private final boolean[] recovering = new boolean[PATHS];

    private final List<Attempt<Write>> kept = new ArrayList<>();
    private final int[] nexuses = new int[PATHS];
    private final boolean[] busy = new boolean[BLOCKS];
    private final int[] acknowledged = new int[BLOCKS];
    private final Set<Integer> ended = new HashSet<>();
    private int submitted;
    private long nowNs = 1;

    Schedule(long seed, FencePolicy policy, long latestMs) {
      this.random = new Random(seed);
      this.name = policy + " seed " + seed;
      this.latestNs =
          latestMs == Long.MAX_VALUE ? latestMs : TimeUnit.MILLISECONDS.toNanos(latestMs);
      MultipathSettings settings =
          MultipathSettings.builder()
              .policy(random.nextBoolean() ? Policy.FAILOVER : Policy.ROUND_ROBIN)
              .failback(random.nextBoolean() ? Failback.IMMEDIATE : Failback.MANUAL)
              .noPathRetryMs(random.nextInt(3) * 500L)
              .checkerIntervalMs(1 + random.nextInt(100))
              .ioTimeoutMs(2_000)
              .fence(policy)
              .build();
      core = new MultipathCore<>(settings, Prioritizer.CONSTANT, this);
    }

    void run() {
      for (int path = 0; path < PATHS; path++) {
        core.addPath(path, true, nowNs);
      }
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      for (int turn = 0; ended.size() < submitted && turn < 2_000; turn++) {
        healAll();
        advance(10_000_000);
        answerCheck();
        endAttempt();
      }
      assertThat(ended).as(name + ": writes that ended").hasSize(submitted);
    }

    private void step() {
      advance(random.nextInt(15_000_000));
      switch (random.nextInt(16)) {
        case 0 -> breakPath(random.nextInt(PATHS));
        case 1 -> comeBack(random.nextInt(PATHS));
        case 2, 3, 4, 5, 6 -> submit();
        case 7 -> answerCheck();
        case 8 -> fenceOverAnotherWay();
        case 9 -> fenceAnswered();
        case 10 -> land();
        case 14 -> interrupt(random.nextInt(PATHS));
        case 15 -> recover(random.nextInt(PATHS), random.nextBoolean());
        default -> endAttempt();
      }
    }

    private void advance(long ns) {
      nowNs += ns;
      core.onDeadline(nowNs);
      strays.removeIf(stray -> nowNs - stray.lostNs() >= latestNs);
    }

    /** As a file system does: one write at a time to a block. */
    private void submit() {
      int first = random.nextInt(BLOCKS);
      int count = 1 + random.nextInt(Math.min(3, BLOCKS - first));
      for (int block = first; block < first + count; block++) {
        if (busy[block]) {
          return;
        }
      }
      Write write = new Write(++submitted, new BlockRange(first, count));
      each(write, block -> busy[block] = true);
      core.submit(write, IoTraits.write(512, write.blocks()), nowNs);
    }

    private static void each(Write write, java.util.function.IntConsumer use) {
      int first = (int) write.blocks().first();
      for (int block = first; block < first + write.blocks().count(); block++) {
        use.accept(block);
      }
    }

    private void breakPath(int path) {
      broken[path] = true;
      recovering[path] = false;
      core.onPathLost(path, FailureScope.CONNECTION, "broken", nowNs);
      lose(path, Rig.lost());
      for (Attempt<Write> attempt : taken(kept, path)) {
        core.onAttemptEnded(attempt, Rig.neverSent(), nowNs);
      }
    }

    /** The session of a path is lost, and recovers by itself. */
    private void interrupt(int path) {
      if (!broken[path]) {
        recovering[path] = true;
        lose(path, Rig.recovering());
      }
    }

    private void lose(int path, AttemptResult result) {
      List<Attempt<Write>> dead = taken(inFlight, path);
      for (Attempt<Write> attempt : dead) {
        strays.add(new Stray(attempt.io(), nexusOf(path), nowNs));
      }
      dead.forEach(attempt -> core.onAttemptEnded(attempt, result, nowNs));
    }

    private static List<Attempt<Write>> taken(List<Attempt<Write>> from, int path) {
      List<Attempt<Write>> taken = from.stream().filter(each -> each.path() == path).toList();
      from.removeAll(taken);
      return taken;
    }

    private Nexus nexusOf(int path) {
      return new Nexus(path, nexuses[path]);
    }

    /** A session that recovers logs in where it was, or elsewhere; then it sends what it kept. */
    private void recover(int path, boolean elsewhere) {
      if (!recovering[path]) {
        return;
      }
      recovering[path] = false;
      recoveries++;
      if (elsewhere) {
        nexuses[path]++;
        core.onNexusReplaced(path, nowNs);
      } else {
        backOn(path);
      }
      inFlight.addAll(taken(kept, path));
    }

    /** Its own session logs in again; what it has not answered to another fence is void. */
    private void comeBack(int path) {
      if (broken[path]) {
        broken[path] = false;
        backOn(path);
        core.checkNow(path, nowNs);
      }
    }

    private void backOn(int path) {
      Nexus nexus = nexusOf(path);
      reinstate(nexus);
      fencesAsked.remove(nexus);
      fenceAnswers.removeIf(nexus::equals);
      core.onNexusFenced(path, Fence.OWN_LOGIN, nowNs);
    }

    private void healAll() {
      for (int path = 0; path < PATHS; path++) {
        comeBack(path);
        recover(path, false);
      }
      fenceOverAnotherWay();
      fenceAnswered();
    }

    private void reinstate(Nexus nexus) {
      strays.removeIf(stray -> stray.nexus().equals(nexus));
    }

    /** The array ends the old nexus; its answer is under way. */
    private void fenceOverAnotherWay() {
      for (Nexus nexus : List.copyOf(fencesAsked)) {
        if (random.nextBoolean()) {
          fencesAsked.remove(nexus);
          reinstate(nexus);
          fenceAnswers.add(nexus);
        }
      }
    }

    private void fenceAnswered() {
      if (!fenceAnswers.isEmpty()) {
        fences++;
        Nexus nexus = fenceAnswers.remove(0);
        Fence fence = Fence.reinstatedOver("another way");
        core.onNexusFenced(nexus.path(), nexus.number(), fence, nowNs);
      }
    }

    /** The array carries out what a lost nexus left behind. */
    private void land() {
      if (!strays.isEmpty()) {
        Stray stray = strays.remove(random.nextInt(strays.size()));
        landed++;
        each(stray.write(), block -> landOn(block, stray));
      }
    }

    private void landOn(int block, Stray stray) {
      if (stray.write().version() < acknowledged[block]) {
        ghosts.add(name + ": " + stray + " over " + acknowledged[block] + " at block " + block);
      }
    }

    private void answerCheck() {
      if (!checks.isEmpty()) {
        int path = checks.remove(random.nextInt(checks.size()));
        core.onPathChecked(path, broken[path] ? Rig.neverSent() : Rig.GOOD, nowNs);
      }
    }

    private void endAttempt() {
      if (!inFlight.isEmpty()) {
        Attempt<Write> attempt = inFlight.remove(random.nextInt(inFlight.size()));
        core.onAttemptEnded(attempt, Rig.GOOD, nowNs);
      }
    }

    @Override
    public void send(Attempt<Write> attempt) {
      if (broken[attempt.path()]) {
        core.onAttemptEnded(attempt, Rig.neverSent(), nowNs);
      } else if (recovering[attempt.path()]) {
        kept.add(attempt);
      } else {
        inFlight.add(attempt);
      }
    }

    @Override
    public void completed(Write write, IoOutcome outcome, int path, AttemptResult result) {
      assertThat(ended.add(write.version())).as(name + " ended once").isTrue();
      each(write, block -> busy[block] = false);
      if (outcome == IoOutcome.OK) {
        each(write, block -> acknowledged[block] = write.version());
      }
    }

    @Override
    public void fence(int path, int nexus) {
      fencesAsked.add(new Nexus(path, nexus));
    }

    @Override
    public void retriedUnfenced(Attempt<Write> attempt, long heldNs) {
      unfenced++;
    }

    @Override
    public void sentFenced(Attempt<Write> attempt, Fence fence, long heldNs) {
      held += heldNs > 0 ? 1 : 0;
    }

    @Override
    public void check(int path) {
      checks.add(path);
    }

    @Override
    public void attemptEnded(Attempt<Write> attempt, AttemptResult result, boolean retried) {}

    @Override
    public void pathChanged(
        int path, PathState state, CheckerState checker, FailureScope scope, String cause) {}

    @Override
    public void deviceChanged(DeviceState state, String cause) {}

    @Override
    public void pathSwitched(int from, int to, String cause) {}
  }
}
