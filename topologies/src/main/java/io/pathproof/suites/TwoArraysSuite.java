package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.arrayUnchanged;
import static io.pathproof.lab.scenario.Expectations.devices;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.ioFails;
import static io.pathproof.lab.scenario.Expectations.ioUndisturbed;
import static io.pathproof.lab.scenario.Expectations.ofArray;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.pauseBelow;
import static io.pathproof.lab.scenario.Expectations.portsUsed;
import static io.pathproof.lab.scenario.Expectations.rotation;
import static io.pathproof.lab.scenario.Expectations.severalSessions;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/** Two arrays share a host's two adapters; each is judged by itself. */
@DisplayName("Two arrays on the same adapters")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoArraysSuite {
  private static final String PURE = "pure1";
  private static final String SPECTRUM = "spectrum1";

  @Order(1)
  @FailoverTest(topology = "two-arrays", scenario = "two-arrays-side-by-side", behaviours = "PB-15")
  @DisplayName("PB-15: a device on each array, over the same adapters, each with its own paths")
  void sideBySide(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        onBoth(scenario)
            .expect(
                ofArray(PURE, devices(1), paths(4), portsUsed(4), rotation(1), severalSessions()))
            .expect(
                ofArray(
                    SPECTRUM, devices(1), paths(4), portsUsed(2), rotation(1), severalSessions()))
            .expect(ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(
      topology = "two-arrays",
      scenario = "two-arrays-one-loses-a-controller",
      behaviours = "PB-15")
  @DisplayName("PB-15: a controller of one array dies: the other array's I/O notices nothing")
  void oneLosesAController(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        onBoth(scenario)
            .breaking(f -> f.at("500ms").place("pure1.ct0").how("kill").healAfter("1s"))
            .expect(ofArray(PURE, ioContinues(), pauseBelow("3s")))
            .expect(ofArray(SPECTRUM, ioUndisturbed(), pauseBelow("2s"), arrayUnchanged()))
            .build());
  }

  @Order(3)
  @FailoverTest(
      topology = "two-arrays",
      scenario = "two-arrays-one-is-cut-off",
      behaviours = "PB-15")
  @DisplayName("PB-15: one array is cut off: errors there, and none on the other")
  void oneIsCutOff(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        onBoth(scenario)
            .breaking(f -> f.at("500ms").place(SPECTRUM).how("reset").healAfter("1s"))
            .expect(ofArray(SPECTRUM, ioFails(), arrayUnchanged()))
            .expect(ofArray(PURE, ioUndisturbed(), pauseBelow("2s"), arrayUnchanged()))
            .build());
  }

  private static ScenarioBuilder onBoth(ScenarioBuilder scenario) {
    return scenario
        .workload(w -> w.host("esx1").volume("pure1.vol0").rate(500).reads(70).lasting("2s"))
        .workload(w -> w.host("esx1").volume("spectrum1.vol0").rate(500).reads(70).lasting("2s"));
  }
}
