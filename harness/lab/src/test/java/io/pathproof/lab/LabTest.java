package io.pathproof.lab;

import static io.pathproof.lab.scenario.Expectations.arrayUnchanged;
import static io.pathproof.lab.scenario.Expectations.devices;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.ioFails;
import static io.pathproof.lab.scenario.Expectations.ioFailsWhenTried;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.pauseBelow;
import static io.pathproof.lab.scenario.Expectations.portsUsed;
import static io.pathproof.lab.scenario.Expectations.rotation;
import static io.pathproof.lab.scenario.Expectations.severalSessions;
import static io.pathproof.lab.scenario.Expectations.singleSession;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.fake.Defect;
import io.pathproof.lab.fake.FakeEngine;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Expectation;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.scenario.ScenarioBuilder;
import io.pathproof.lab.scenario.ScenarioException;
import io.pathproof.lab.scenario.ScenarioLoader;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyException;
import io.pathproof.lab.verdict.Finding;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs on a lab in memory and virtual time. */
class LabTest {
  private static final LabSettings SETTINGS = new LabSettings("test", 42, text -> {});

  private static Outcome run(FakeEngine engine, Topology topology, Scenario scenario) {
    try (Lab lab = Lab.open(engine, topology, SETTINGS, LabListener.NONE)) {
      return lab.run(scenario);
    }
  }

  private static Outcome run(Scenario scenario, Defect... defects) {
    return run(new FakeEngine(defects), Examples.ioGroup(), scenario);
  }

  private static Scenario losesANodePort() {
    // Not at 2 s: with 500 I/Os a second, round robin at 1000 leaves node1.a in that very moment.
    return ScenarioLoader.parse(
        Examples.replaced(Examples.LOSES_A_NODE_PORT, "at: 2s", "at: 1s"), "scenario.yaml");
  }

  private static ScenarioBuilder host1(Expectation... expected) {
    return Scenario.named("host1-loses-x")
        .workload(w -> w.host("host1").volume("vol0").device("node1.a").rate(200).lasting("4s"))
        .breaking(f -> f.at("1s").place("X").how("reset"))
        .expect(expected);
  }

  private static Finding finding(Outcome outcome, String checker) {
    return outcome.findings().stream()
        .filter(finding -> finding.checker().equals(checker))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMultipathHostThatLosesANodePortPasses() {
    Outcome outcome = run(losesANodePort());
    assertThat(outcome.findings())
        .extracting(Finding::verdict)
        .as(outcome.findings().toString())
        .containsOnly(Verdict.PASS);
    assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
    assertThat(outcome.reason()).isEmpty();
    assertThat(outcome.io().issued()).isEqualTo(3000L).isEqualTo(outcome.io().ok());
    assertThat(outcome.failover())
        .hasValueSatisfying(
            failover -> {
              assertThat(failover.detectMs()).isBetween(90.0, 110.0);
              assertThat(failover.decideMs()).isBetween(5.0, 15.0);
              assertThat(failover.firstIoMs()).isBetween(0.5, 2.0);
              assertThat(failover.blackoutMs()).isBetween(105.0, 125.0);
            });
    assertThat(outcome.logs()).extracting("text").containsExactly("a link was cut");
  }

  @Test
  void blocksAreReadAgainOverAnotherPathAndOnTheStore() {
    Outcome outcome = run(losesANodePort());
    List<Event.BlockVerified> verified =
        outcome.history().stream()
            .map(entry -> entry.event())
            .filter(Event.BlockVerified.class::isInstance)
            .map(Event.BlockVerified.class::cast)
            .toList();
    assertThat(verified).hasSizeGreaterThan(400);
    assertThat(verified).allMatch(block -> !block.path().equals(block.found().path()));
    assertThat(
            outcome.history().stream()
                .filter(e -> e.event() instanceof Event.StoreVerified)
                .count())
        .isEqualTo(verified.size());
  }

  @Test
  void theSnapshotIsTakenWhileTheFaultStands() {
    List<Event> events =
        run(losesANodePort()).history().stream().map(entry -> entry.event()).toList();
    int injected = index(events, Event.FaultInjected.class);
    int healed = index(events, Event.FaultHealed.class);
    assertThat(events.subList(injected, healed))
        .anyMatch(e -> e instanceof Event.ArrayObserved seen && seen.when().equals("after"));
  }

  private static int index(List<Event> events, Class<? extends Event> type) {
    for (int i = 0; i < events.size(); i++) {
      if (type.isInstance(events.get(i))) {
        return i;
      }
    }
    throw new AssertionError("no " + type);
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    assertThat(run(losesANodePort()).history()).isEqualTo(run(losesANodePort()).history());
  }

  @Test
  void withRetrySwitchedOffIoFails() {
    Topology noRetry = Examples.ioGroup("ios: 1000", "ios: 1000, retry: off");
    Outcome outcome = run(new FakeEngine(), noRetry, losesANodePort());
    assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outcome.reason()).startsWith("io-continues: ").contains("errors on host2 mpatha");
  }

  @Test
  void aHostWithoutMultipathingRecordsErrors() {
    Outcome outcome = run(host1(ioFails(), arrayUnchanged(), devices(4), portsUsed(1)).build());
    assertThat(outcome.verdict()).as(outcome.findings().toString()).isEqualTo(Verdict.PASS);
    assertThat(outcome.observed()).contains("sda (10.10.1.10:3260)").contains("after the break");
    assertThat(outcome.io().failed()).isPositive();
    assertThat(outcome.io().indeterminate()).isPositive();
  }

  @Test
  void givenMultipathingTheHostThatShouldFailDoesNot() {
    Topology cured = Examples.ioGroup("multipath: none", "multipath: { policy: round-robin }");
    Scenario scenario =
        Scenario.named("cured")
            .workload(w -> w.host("host1").volume("vol0").rate(200).lasting("4s"))
            .breaking(f -> f.at("1s").place("X").how("reset"))
            .expect(ioFails())
            .build();
    Outcome outcome = run(new FakeEngine(), cured, scenario);
    assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outcome.reason()).contains("no error on mpatha of host1");
  }

  @Test
  void anIdleHostFailsOnlyWhenItTries() {
    Scenario scenario =
        Scenario.named("idle")
            .workload(w -> w.host("host1").volume("vol0").device("node1.a").lasting("1s"))
            .workload(w -> w.host("host1").volume("vol0").device("node1.a").at("3s").lasting("1s"))
            .breaking(f -> f.at("1500ms").place("X").how("silent-drop"))
            .expect(ioFailsWhenTried())
            .build();
    Outcome outcome = run(scenario);
    assertThat(outcome.verdict()).as(outcome.findings().toString()).isEqualTo(Verdict.PASS);
    assertThat(outcome.observed()).contains("idle for 1.50 s without error");
  }

  @Test
  void roundRobinIsSeen() {
    Scenario scenario =
        Scenario.named("rotation")
            .workload(w -> w.host("host2").volume("vol0").rate(1000).lasting("8s"))
            .expect(
                rotation(1000),
                portsUsed(4),
                devices(1),
                paths(4),
                severalSessions(),
                ioContinues())
            .build();
    Outcome outcome = run(scenario);
    assertThat(outcome.verdict()).as(outcome.findings().toString()).isEqualTo(Verdict.PASS);
    Topology faster = Examples.ioGroup("ios: 1000", "ios: 999");
    assertThat(finding(run(new FakeEngine(), faster, scenario), "rotation").verdict())
        .isEqualTo(Verdict.FAIL);
  }

  @Test
  void latencyIsMeasured() {
    Scenario scenario =
        Scenario.named("slow")
            .workload(w -> w.host("host3").volume("vol0").lasting("4s"))
            .breaking(f -> f.at("1s").place("green").how("latency 50ms").healAfter("2s"))
            .expect(ioContinues(), pauseBelow("200ms"))
            .build();
    Outcome outcome = run(scenario);
    assertThat(outcome.verdict()).as(outcome.findings().toString()).isEqualTo(Verdict.PASS);
    assertThat(finding(outcome, "fault-took-effect").observed()).contains("101.00 ms during");
    assertThat(run(scenario, Defect.FAULTS_DO_NOTHING).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void aKilledNodeIsSurvivedAndRestored() {
    Scenario scenario =
        Scenario.named("kill")
            .workload(w -> w.host("host3").volume("vol0").lasting("4s"))
            .breaking(f -> f.at("1s").place("node1").how("kill").healAfter("2s"))
            .expect(ioContinues())
            .build();
    Outcome outcome = run(scenario);
    assertThat(outcome.verdict()).as(outcome.findings().toString()).isEqualTo(Verdict.PASS);
  }

  @ParameterizedTest
  @EnumSource(names = {"LOSES_WRITES", "TEARS_WRITES", "MISDIRECTS_WRITES", "GHOST_WRITES"})
  void damagedDataFails(Defect defect) {
    assertThat(run(hot("hot")).verdict()).isEqualTo(Verdict.PASS);
    Outcome outcome = run(hot("hot"), defect);
    assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outcome.reason()).startsWith("data-integrity: ");
  }

  /** A lab's medium outlives its scenarios. */
  @ParameterizedTest
  @EnumSource(names = {"LOSES_WRITES", "TEARS_WRITES", "MISDIRECTS_WRITES", "GHOST_WRITES"})
  void whatOneScenarioDamagedIsNotHeldAgainstTheNext(Defect defect) {
    FakeEngine engine = new FakeEngine(defect);
    try (Lab lab = Lab.open(engine, Examples.ioGroup(), SETTINGS, LabListener.NONE)) {
      assertThat(lab.run(hot("one")).verdict()).isEqualTo(Verdict.FAIL);
      engine.defects().clear();
      Outcome next = lab.run(hot("next"));
      assertThat(next.verdict()).as(next.reason()).isEqualTo(Verdict.PASS);
    }
  }

  private static Scenario hot(String id) {
    return ScenarioLoader.parse(
        Examples.LOSES_A_NODE_PORT
            .replace("host2-loses-a-node-port", id)
            .replace("at: 2s", "at: 1s")
            .replace("block: 4KiB", "block: 4KiB, region: 256KiB"),
        "scenario.yaml");
  }

  @Test
  void aFaultWithoutEffectIsInconclusive() {
    Outcome outcome = run(losesANodePort(), Defect.FAULTS_DO_NOTHING);
    assertThat(outcome.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(outcome.reason()).startsWith("fault-took-effect: ");
    assertThat(run(host1(ioFails()).build(), Defect.FAULTS_DO_NOTHING).verdict())
        .isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void aFaultOnAPathThatRoundRobinHasJustLeftIsInconclusive() {
    Outcome outcome = run(ScenarioLoader.parse(Examples.LOSES_A_NODE_PORT, "scenario.yaml"));
    assertThat(outcome.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(outcome.reason()).contains("none was in use");
  }

  @Test
  void anArrayThatFailsOverFails() {
    Outcome outcome = run(losesANodePort(), Defect.ARRAY_FAILS_OVER);
    assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outcome.reason()).startsWith("array-unchanged: node2").contains("10.10.1.10");
  }

  @Test
  void aPathMissingFromTheStartIsInconclusive() {
    Outcome outcome = run(losesANodePort(), Defect.A_LINK_IS_DOWN);
    assertThat(outcome.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(outcome.reason())
        .startsWith("all-paths-at-start: host2 host2.nic0 -> node1.a: connect timed out");
  }

  @Test
  void aTargetThatTakesOneSessionIsReportedAsSuch() {
    ScenarioBuilder several =
        Scenario.named("sessions")
            .workload(w -> w.host("host2").volume("vol0").lasting("1s"))
            .expect(severalSessions());
    Outcome refused = run(several.build(), Defect.ONE_SESSION_ONLY);
    assertThat(refused.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(refused.reason()).contains("0x0206");
    Scenario single =
        Scenario.named("session")
            .workload(w -> w.host("host2").volume("vol0").lasting("1s"))
            .expect(singleSession(), paths(1))
            .build();
    assertThat(run(single, Defect.ONE_SESSION_ONLY).verdict()).isEqualTo(Verdict.PASS);
    assertThat(run(single).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void ioThatNeverEndsIsIndeterminateAndToldSo() {
    Outcome outcome = run(losesANodePort(), Defect.I_O_NEVER_ENDS);
    assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outcome.io().indeterminate()).isPositive();
    assertThat(outcome.io().issued())
        .isEqualTo(outcome.io().ok() + outcome.io().failed() + outcome.io().indeterminate());
    assertThat(outcome.history())
        .anyMatch(
            e ->
                e.event() instanceof Event.Note note && note.text().contains("never ended within"));
    assertThat(finding(outcome, "history-complete").verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void aPathThatNeverComesBackFailsLiveness() {
    Outcome outcome = run(host1(ioFails()).build(), Defect.NEVER_COMES_BACK);
    assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outcome.reason()).startsWith("liveness: sda (10.10.1.10:3260) of host1");
  }

  @Test
  void aLabThatDiesIsInconclusiveAndTheNextRunGetsAFreshOne() {
    FakeEngine engine = new FakeEngine(Defect.DIES_AT_FAULT);
    try (Lab lab = Lab.open(engine, Examples.ioGroup(), SETTINGS, LabListener.NONE)) {
      Outcome died = lab.run(losesANodePort());
      assertThat(died.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(died.reason()).isEqualTo("the lab failed: node1 is gone");
      assertThat(died.history())
          .anyMatch(e -> e.event() instanceof Event.LabFailed f && f.log().equals("signal 9"));
      assertThat(engine.started().get(0).closed()).isTrue();
      assertThat(engine.started().get(0).hosts()).isEmpty();
      engine.defects().clear();
      assertThat(lab.run(losesANodePort()).verdict()).isEqualTo(Verdict.PASS);
      assertThat(engine.runIds()).containsExactly("test", "test-2");
      assertThat(lab.run(losesANodePort()).verdict()).isEqualTo(Verdict.PASS);
      assertThat(engine.startsTried()).isEqualTo(2);
    }
    assertThat(engine.started()).allMatch(driver -> driver.closed());
  }

  @Test
  void aLabThatCannotBeBuiltIsTriedTwiceAndNoMore() throws LabException {
    FakeEngine engine = new FakeEngine(Defect.CANNOT_START);
    assertThatThrownBy(
            () -> Lab.start(engine, Examples.ioGroup(), SETTINGS, LabListener.NONE).close())
        .isInstanceOf(LabException.class)
        .hasMessage("node1 never answered");
    FakeEngine again = new FakeEngine(Defect.CANNOT_START);
    try (Lab lab = Lab.open(again, Examples.ioGroup(), SETTINGS, LabListener.NONE)) {
      for (int i = 0; i < 4; i++) {
        Outcome outcome = lab.run(losesANodePort());
        assertThat(outcome.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(outcome.reason()).contains("node1 never answered");
        assertThat(outcome.history().get(0).event())
            .isEqualTo(new Event.LabFailed(failure(i), "tgtd: no such device"));
      }
    }
    assertThat(again.startsTried()).isEqualTo(2);
  }

  private static String failure(int run) {
    return run < 2
        ? "node1 never answered"
        : "the lab could not be built 2 times in a row, not tried again: node1 never answered";
  }

  @Test
  void aBugIsNotHidden() {
    FakeEngine engine = new FakeEngine();
    LabListener buggy =
        new LabListener() {
          @Override
          public void step(Scenario scenario, String step, Duration elapsed) {
            if (step.startsWith("break")) {
              throw new ArithmeticException("a bug of ours");
            }
          }
        };
    try (Lab lab = Lab.open(engine, Examples.ioGroup(), SETTINGS, buggy)) {
      assertThatThrownBy(() -> lab.run(losesANodePort())).isInstanceOf(ArithmeticException.class);
    }
    assertThat(engine.started().get(0).closed()).isTrue();
  }

  @Test
  void progressIsTold() {
    List<String> told = new ArrayList<>();
    LabListener listener =
        new LabListener() {
          @Override
          public void labProgress(String text) {
            told.add("progress " + text);
          }

          @Override
          public void scenarioStarted(Scenario scenario, Topology topology) {
            told.add("started " + scenario.id());
          }

          @Override
          public void step(Scenario scenario, String step, Duration elapsed) {
            told.add(step);
          }

          @Override
          public void scenarioEnded(Outcome outcome) {
            told.add("ended " + outcome.verdict());
          }
        };
    try (Lab lab = Lab.open(new FakeEngine(), Examples.ioGroup(), SETTINGS, listener)) {
      lab.run(losesANodePort());
    }
    assertThat(told)
        .containsExactly(
            "started host2-loses-a-node-port",
            "progress building io-group",
            "prepare",
            "attach",
            "workload",
            "break host2.nic0 -> node1.a silent-drop",
            "heal host2.nic0 -> node1.a silent-drop",
            "drain",
            "liveness",
            "verify",
            "detach",
            "ended PASS");
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAnythingStarts() {
    FakeEngine engine = new FakeEngine();
    try (Lab lab = Lab.open(engine, Examples.ioGroup(), SETTINGS, LabListener.NONE)) {
      Scenario scenario =
          Scenario.named("one-way")
              .workload(w -> w.host("host2").volume("vol0").lasting("2s"))
              .breaking(f -> f.at("1s").place("Y").how("silent-drop").direction("to-host"))
              .expect(ioContinues())
              .build();
      assertThatThrownBy(() -> lab.run(scenario))
          .isInstanceOf(ScenarioException.class)
          .hasMessageContaining("cannot do silent-drop in one direction")
          .hasMessageContaining("one of: latency");
    }
    Topology other = Examples.ioGroup("array:", "array:\n  kind: istgt");
    assertThatThrownBy(() -> Lab.open(engine, other, SETTINGS, LabListener.NONE))
        .isInstanceOf(TopologyException.class)
        .hasMessageContaining("it knows tgt alone");
    assertThat(engine.startsTried()).isZero();
  }

  @Test
  void aClosedLabRunsNothing() {
    Lab lab = Lab.open(new FakeEngine(), Examples.ioGroup(), SETTINGS, LabListener.NONE);
    lab.close();
    lab.close();
    assertThatThrownBy(() -> lab.run(losesANodePort())).isInstanceOf(IllegalStateException.class);
  }
}
