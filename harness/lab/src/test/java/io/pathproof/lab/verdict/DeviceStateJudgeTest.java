package io.pathproof.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Expectation.DeviceState;
import org.junit.jupiter.api.Test;

/** Whether a host told what became of a device without a path. */
class DeviceStateJudgeTest {
  private static final String AVAILABLE = "available";

  /** A run in which the host told these states, one after the other, before it left. */
  private static Finding judged(String wanted, String... told) {
    return judged(new SyntheticRun(new DeviceState(wanted)), told);
  }

  private static Finding judged(SyntheticRun run, String... told) {
    for (int i = 0; i < told.length; i++) {
      tell(run, 1300 + 10 * i, SyntheticRun.DEVICE, told[i]);
    }
    return run.judge().findings().stream()
        .filter(finding -> finding.checker().equals("device-state"))
        .findFirst()
        .orElseThrow();
  }

  private static void tell(SyntheticRun run, long ms, String device, String state) {
    run.at(ms, new Event.DeviceChanged(SyntheticRun.HOST, device, state, "cause"));
  }

  private static void fails(Finding finding, String observed) {
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.observed()).isEqualTo(observed);
  }

  @Test
  void whatWasToldAndIsOverPasses() {
    Finding finding = judged(DeviceState.ALL_PATHS_DOWN, DeviceState.ALL_PATHS_DOWN, AVAILABLE);
    assertThat(finding.verdict()).isEqualTo(Verdict.PASS);
    assertThat(finding.expected())
        .isEqualTo("each device is told: all paths down, and then: available");
    assertThat(finding.observed()).isEqualTo("host2 mpatha: all paths down, available");
    assertThat(
            judged(
                    DeviceState.ALL_PATHS_DOWN,
                    DeviceState.ALL_PATHS_DOWN,
                    AVAILABLE,
                    DeviceState.ALL_PATHS_DOWN,
                    AVAILABLE)
                .verdict())
        .as("twice")
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void oneStateIsNotTakenForTheOther() {
    fails(
        judged(DeviceState.PERMANENT_LOSS, DeviceState.ALL_PATHS_DOWN, AVAILABLE),
        "host2 mpatha: all paths down, available");
    fails(
        judged(
            DeviceState.ALL_PATHS_DOWN,
            DeviceState.ALL_PATHS_DOWN,
            DeviceState.PERMANENT_LOSS,
            AVAILABLE),
        "host2 mpatha: all paths down, permanent device loss, available");
  }

  @Test
  void nothingToldFails() {
    fails(judged(DeviceState.ALL_PATHS_DOWN), "host2 mpatha: never without a path");
    fails(judged(DeviceState.ALL_PATHS_DOWN, AVAILABLE), "host2 mpatha: available");
  }

  @Test
  void aDeviceThatDoesNotComeBackFails() {
    fails(
        judged(DeviceState.ALL_PATHS_DOWN, DeviceState.ALL_PATHS_DOWN),
        "host2 mpatha: all paths down");
    fails(
        judged(
            DeviceState.ALL_PATHS_DOWN,
            DeviceState.ALL_PATHS_DOWN,
            AVAILABLE,
            DeviceState.ALL_PATHS_DOWN),
        "host2 mpatha: all paths down, available, all paths down");
  }

  @Test
  void whatIsToldWhileTheHostLeavesOrOfOtherDevicesDoesNotCount() {
    SyntheticRun run = new SyntheticRun(new DeviceState(DeviceState.ALL_PATHS_DOWN));
    run.at(8000, new Event.PhaseStarted("detach"));
    tell(run, 8010, SyntheticRun.DEVICE, DeviceState.PERMANENT_LOSS);
    tell(run, 1500, "mpathb", DeviceState.PERMANENT_LOSS);
    run.at(
        1500,
        new Event.DeviceChanged("host3", SyntheticRun.DEVICE, DeviceState.PERMANENT_LOSS, "cause"));
    Finding finding = judged(run, DeviceState.ALL_PATHS_DOWN, AVAILABLE);
    assertThat(finding.verdict()).as(finding.observed()).isEqualTo(Verdict.PASS);
    assertThat(finding.observed()).isEqualTo("host2 mpatha: all paths down, available");
  }

  @Test
  void aHostWithoutTheDeviceFails() {
    SyntheticRun run = new SyntheticRun(new DeviceState(DeviceState.ALL_PATHS_DOWN));
    run.without(Event.DeviceFound.class, any -> true);
    fails(judged(run), "no device");
  }
}
