package io.pathproof.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.Failback;
import io.pathproof.initiator.multipath.FencePolicy;
import io.pathproof.initiator.multipath.HoldDown;
import io.pathproof.initiator.multipath.MultipathSettings;
import io.pathproof.initiator.multipath.PathGrouping;
import io.pathproof.initiator.session.SessionTimers;
import io.pathproof.lab.topology.FenceSpec;
import io.pathproof.lab.topology.MultipathSpec;
import io.pathproof.lab.topology.TimerSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a host of a topology gets the settings that its file says. */
class InitiatorHostTest {
  private static void same(MultipathSpec spec, MultipathSettings settings) {
    assertThat(InitiatorHost.multipath(spec)).usingRecursiveComparison().isEqualTo(settings);
  }

  @Test
  void everyTimerArrives() {
    assertThat(InitiatorHost.timers(new TimerSpec(1, 2, 3, 4, 5, 6, 7, 8)))
        .isEqualTo(
            new SessionTimers(
                1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 7_000_000,
                8_000_000));
  }

  /** None of the values is a default of either side. */
  @Test
  void everyMultipathSettingArrives() {
    same(
        MultipathSpec.builder(MultipathSpec.Policy.ROUND_ROBIN)
            .ios(3)
            .bytes(4096)
            .retry(false)
            .failback(MultipathSpec.Failback.DEFERRED)
            .failbackDelayMs(1234)
            .noPathRetryMs(4321)
            .checkerIntervalMs(777)
            .maxCheckerIntervalMs(7770)
            .fence(new FenceSpec(FenceSpec.Mode.HOLD, 55))
            .latencyIntervalMs(99)
            .latencyProbes(5)
            .checker(MultipathSpec.Checker.READ)
            .flapping(new MultipathSpec.Flapping(3, 10, 30_000))
            .grouping(MultipathSpec.Grouping.MULTIBUS)
            .prioritizer(MultipathSpec.Prioritizer.WEIGHTED)
            .build(),
        MultipathSettings.builder()
            .policy(MultipathSettings.Policy.ROUND_ROBIN)
            .ios(3)
            .bytes(4096)
            .retry(false)
            .failback(Failback.DEFERRED)
            .failbackDelayMs(1234)
            .noPathRetryMs(4321)
            .checkerIntervalMs(777)
            .maxCheckerIntervalMs(7770)
            .fence(FencePolicy.hold(55))
            .latencyIntervalMs(99)
            .latencyProbes(5)
            .checker(CheckedBy.READ)
            .holdDown(HoldDown.flapping(3, 10, 30_000))
            .grouping(PathGrouping.MULTIBUS)
            .prioritizer(MultipathSettings.PrioritizedBy.WEIGHTED)
            .build());
  }

  @Test
  void aMarginalPathIsHeldDownByItsOwnRule() {
    MultipathSpec spec =
        MultipathSpec.builder(MultipathSpec.Policy.FAILOVER)
            .marginal(new MultipathSpec.Marginal(10_000, 120_000, 10, 300_000))
            .build();
    assertThat(InitiatorHost.multipath(spec).holdDown())
        .isEqualTo(HoldDown.marginal(10_000, 120_000, 10, 300_000));
    MultipathSpec neither = MultipathSpec.builder(MultipathSpec.Policy.FAILOVER).build();
    assertThat(InitiatorHost.multipath(neither).holdDown()).isEqualTo(HoldDown.OFF);
  }

  @Test
  void withoutMultipathingOnlyTheCheckerHasItsInterval() {
    same(
        MultipathSpec.builder(MultipathSpec.Policy.NONE)
            .retry(false)
            .checkerIntervalMs(777)
            .build(),
        MultipathSettings.singlePath(777));
  }

  @ParameterizedTest
  @EnumSource(MultipathSpec.Policy.class)
  void everyPolicyArrives(MultipathSpec.Policy policy) {
    assertThat(InitiatorHost.multipath(MultipathSpec.builder(policy).build()).policy().name())
        .isEqualTo(policy.name());
  }
}
