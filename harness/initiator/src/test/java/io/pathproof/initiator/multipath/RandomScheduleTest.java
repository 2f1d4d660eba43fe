package io.pathproof.initiator.multipath;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.AttemptResult.TaskAborted;
import io.pathproof.initiator.multipath.AttemptResult.TaskEnded;
import io.pathproof.initiator.multipath.MultipathSettings.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random schedules of paths going and coming under I/O; the seed is in each failure's name. */
class RandomScheduleTest {
  private static final int SCHEDULES = 15;
  private static final int STEPS = 400;
  private static final int PATHS = 4;

  @DisplayName("every I/O ends once, on a path that exists; none fails while a path is sound")
  @ParameterizedTest
  @EnumSource(value = Policy.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void soundPath(Policy policy) {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      Schedule schedule = new Schedule(policy, seed, true);
      schedule.run();
      assertThat(schedule.outcomes.values()).as("seed " + seed).containsOnly(IoOutcome.OK);
      assertThat(schedule.retries).as("retries of seed " + seed).isPositive();
    }
  }

  @DisplayName("every I/O ends once also when all paths may go, and only writes are indeterminate")
  @ParameterizedTest
  @EnumSource(value = Policy.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void anyPath(Policy policy) {
    int failed = 0;
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      Schedule schedule = new Schedule(policy, seed, false);
      schedule.run();
      for (Map.Entry<Integer, IoOutcome> each : schedule.outcomes.entrySet()) {
        failed += each.getValue() == IoOutcome.OK ? 0 : 1;
        if (each.getValue() == IoOutcome.INDETERMINATE) {
          assertThat(schedule.writes).as("seed " + seed).contains(each.getKey());
        }
      }
    }
    assertThat(failed).as("schedules without any failure would prove nothing").isPositive();
  }

  private static final class Schedule implements MultipathEffects<Integer> {
    private final Random random;
    private final boolean oneStaysSound;
    private final String name;
    private final MultipathCore<Integer> core;
    private final List<Attempt<Integer>> inFlight = new ArrayList<>();
    private final List<Integer> checks = new ArrayList<>();
    private final boolean[] broken = new boolean[PATHS];
    private final int[] ranks = {0, 1, 0, 1};
    private final MultipathSettings settings;
    private int loads;
    private final TreeSet<Integer> writes = new TreeSet<>();
    private final Map<Integer, IoOutcome> outcomes = new HashMap<>();
    private int submitted;
    private int retries;
    private long nowNs = 1;

    Schedule(Policy policy, long seed, boolean oneStaysSound) {
      this.random = new Random(seed);
      this.oneStaysSound = oneStaysSound;
      this.name = policy + " seed " + seed;
      this.settings = settings(policy);
      core = new MultipathCore<>(settings, path -> ranks[path], this);
    }

    private MultipathSettings settings(Policy policy) {
      long checkerMs = 1 + random.nextInt(200);
      HoldDown[] holdDown = {
        HoldDown.OFF, HoldDown.flapping(2, 3, 300), HoldDown.marginal(200, 250, 100, 400)
      };
      return MultipathSettings.builder()
          .policy(policy)
          .ios(1 + random.nextInt(5))
          .bytes(random.nextInt(3) * 10_000L)
          .latencyProbes(1 + random.nextInt(3))
          .latencyIntervalMs(1 + random.nextInt(1_000))
          .grouping(any(PathGrouping.values()))
          .failback(any(Failback.values()))
          .failbackDelayMs(1 + random.nextInt(300))
          .noPathRetryMs(random.nextInt(3) * 500L)
          .checkerIntervalMs(checkerMs)
          .maxCheckerIntervalMs(random.nextBoolean() ? 0 : 4 * checkerMs)
          .holdDown(any(holdDown))
          .fence(random.nextBoolean() ? FencePolicy.none() : FencePolicy.hold(50))
          .build();
    }

    private <E> E any(E[] all) {
      return all[random.nextInt(all.length)];
    }

    void run() {
      for (int path = 0; path < PATHS; path++) {
        PathOptions options = new PathOptions(path == 2, random.nextInt(3), 0);
        core.addPath(path, options, random.nextBoolean() || path == 0, nowNs);
      }
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      drain();
      assertThat(outcomes).as(name).hasSize(submitted);
      assertThat(core.loads().stream().mapToLong(PathLoad::ios).sum()).as(name).isEqualTo(loads);
    }

    private void step() {
      nowNs += random.nextInt(20_000_000);
      core.onDeadline(nowNs);
      switch (random.nextInt(10)) {
        case 0 -> breakPath(random.nextInt(PATHS));
        case 9 -> rerank(random.nextInt(PATHS));
        case 1, 2 -> broken[random.nextInt(PATHS)] = false;
        case 3, 4, 5, 6 -> submit();
        case 7 -> answerCheck();
        default -> endAttempt();
      }
    }

    private void rerank(int path) {
      ranks[path] = random.nextInt(3);
      core.onPriorityChanged(path, nowNs);
      endAttempt();
    }

    private void submit() {
      int io = submitted++;
      if (random.nextBoolean()) {
        writes.add(io);
        core.submit(io, IoTraits.write(4096), nowNs);
      } else {
        core.submit(io, IoTraits.read(4096), nowNs);
      }
    }

    private void breakPath(int path) {
      int sound = 0;
      for (int other = 0; other < PATHS; other++) {
        boolean usable = !broken[other] && core.pathState(other) == PathState.ACTIVE;
        sound += other != path && usable ? 1 : 0;
      }
      if (oneStaysSound && sound == 0) {
        return;
      }
      broken[path] = true;
      if (random.nextBoolean()) {
        core.onPathLost(path, FailureScope.CONNECTION, "broken", nowNs);
      }
      List<Attempt<Integer>> dead =
          inFlight.stream().filter(attempt -> attempt.path() == path).toList();
      inFlight.removeAll(dead);
      dead.forEach(attempt -> core.onAttemptEnded(attempt, Rig.lost(), nowNs));
      if (random.nextInt(4) == 0) {
        core.onNexusFenced(path, Fence.OWN_LOGIN, nowNs);
      }
    }

    private void answerCheck() {
      if (!checks.isEmpty()) {
        int path = checks.remove(random.nextInt(checks.size()));
        core.onPathChecked(path, broken[path] ? Rig.lost() : Rig.GOOD, nowNs);
      }
    }

    private void endAttempt() {
      if (inFlight.isEmpty()) {
        return;
      }
      Attempt<Integer> attempt = inFlight.remove(random.nextInt(inFlight.size()));
      core.onAttemptEnded(attempt, resultOn(attempt.path()), nowNs);
    }

    private AttemptResult resultOn(int path) {
      if (broken[path]) {
        return random.nextBoolean() ? Rig.neverSent() : new TaskAborted(true, "timed out");
      }
      return switch (random.nextInt(20)) {
        case 0 -> TaskEnded.checkCondition(6, 0x29, 0);
        case 1 -> TaskEnded.checkCondition(2, 0x04, 0x0A);
        case 2 -> TaskEnded.status(ScsiStatus.BUSY);
        default -> Rig.GOOD;
      };
    }

    /** Heals everything and lets what is under way come to its end. */
    private void drain() {
      java.util.Arrays.fill(broken, false);
      for (int turn = 0; outcomes.size() < submitted && turn < 5_000; turn++) {
        nowNs += 10_000_000;
        core.onDeadline(nowNs);
        answerCheck();
        endAttempt();
      }
    }

    @Override
    public void send(Attempt<Integer> attempt) {
      assertThat(attempt.path()).as(name).isBetween(0, PATHS - 1);
      assertThat(core.pathState(attempt.path())).as(name).isNotEqualTo(PathState.FAILED);
      if (core.pathState(attempt.path()) == PathState.MARGINAL && attempt.number() == 1) {
        assertThat(othersActive(attempt.path())).as(name + " held down").isZero();
      }
      loads++;
      assertThat(outcomes).as(name + " ended already").doesNotContainKey(attempt.io());
      retries += attempt.number() > 1 ? 1 : 0;
      if (broken[attempt.path()] && random.nextBoolean()) {
        core.onAttemptEnded(attempt, Rig.neverSent(), nowNs);
      } else {
        inFlight.add(attempt);
      }
    }

    private long othersActive(int path) {
      return IntStream.range(0, PATHS)
          .filter(other -> other != path && core.pathState(other) == PathState.ACTIVE)
          .count();
    }

    @Override
    public void completed(Integer io, IoOutcome outcome, int path, AttemptResult result) {
      assertThat(path).as(name).isBetween(-1, PATHS - 1);
      assertThat(outcomes.put(io, outcome)).as(name + " I/O " + io + " ended before").isNull();
    }

    @Override
    public void check(int path) {
      assertThat(checks).as(name + " one check at a time").doesNotContain(path);
      checks.add(path);
    }

    @Override
    public void attemptEnded(Attempt<Integer> attempt, AttemptResult result, boolean retried) {
      assertThat(outcomes).as(name).doesNotContainKey(attempt.io());
    }

    @Override
    public void pathChanged(
        int path, PathState state, CheckerState checker, FailureScope scope, String cause) {
      assertThat(core.pathState(path)).as(name).isEqualTo(state);
    }

    @Override
    public void deviceChanged(DeviceState state, String cause) {}

    @Override
    public void pathSwitched(int from, int to, String cause) {
      assertThat(from).as(name).isNotEqualTo(to);
    }

    @Override
    public void fence(int path, int nexus) {
      assertThat(path).as(name).isBetween(0, PATHS - 1);
    }

    @Override
    public void retriedUnfenced(Attempt<Integer> attempt, long heldNs) {
      assertThat(writes).as(name).contains(attempt.io());
    }

    @Override
    public void sentFenced(Attempt<Integer> attempt, Fence fence, long heldNs) {
      assertThat(writes).as(name).contains(attempt.io());
    }
  }
}
