package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.arrayUnchanged;
import static io.pathproof.lab.scenario.Expectations.devices;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.pauseBelow;
import static io.pathproof.lab.scenario.Expectations.portsUsed;
import static io.pathproof.lab.scenario.Expectations.rotation;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/** Host 3 has two adapters, one on each network, and multipathing (round robin, every I/O). */
@DisplayName("Host 3: two adapters on two networks, multipathing")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Host3Suite {

  @Order(1)
  @FailoverTest(topology = "io-group", scenario = "host3-spreads-its-io", behaviours = "IO-11")
  @DisplayName("IO-11: one device over two adapters; I/O is spread over all four ports")
  void spreadsItsIo(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("host3").volume("vol0").rate(1000).reads(70).lasting("2s"))
            .expect(devices(1), paths(4), portsUsed(4), rotation(1), ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(
      topology = "io-group",
      scenario = "host3-an-adapter-goes-silent",
      behaviours = "IO-8")
  @DisplayName("IO-8: one adapter goes silent: no error")
  void anAdapterGoesSilent(Lab lab, ScenarioBuilder scenario) {
    survives(lab, scenario, "host3.nic0", "silent-drop", "2s");
  }

  @Order(3)
  @FailoverTest(topology = "io-group", scenario = "host3-an-adapter-is-reset", behaviours = "IO-8")
  @DisplayName("IO-8: one adapter's connections are reset: no error")
  void anAdapterIsReset(Lab lab, ScenarioBuilder scenario) {
    survives(lab, scenario, "host3.nic0", "reset", "1s");
  }

  @Order(4)
  @FailoverTest(
      topology = "io-group",
      scenario = "host3-the-other-adapter-is-refused",
      behaviours = "IO-8")
  @DisplayName("IO-8: the other adapter's connections are closed and refused: no error")
  void theOtherAdapterIsRefused(Lab lab, ScenarioBuilder scenario) {
    survives(lab, scenario, "host3.nic1", "refuse", "1s");
  }

  @Order(5)
  @FailoverTest(
      topology = "io-group",
      scenario = "host3-the-blue-network-goes-silent",
      behaviours = "IO-9")
  @DisplayName("IO-9: the whole blue network goes silent: no error")
  void theBlueNetworkGoesSilent(Lab lab, ScenarioBuilder scenario) {
    survives(lab, scenario, "blue", "silent-drop", "2s");
  }

  @Order(6)
  @FailoverTest(
      topology = "io-group",
      scenario = "host3-the-green-network-is-reset",
      behaviours = "IO-9")
  @DisplayName("IO-9: the whole green network is reset: no error")
  void theGreenNetworkIsReset(Lab lab, ScenarioBuilder scenario) {
    survives(lab, scenario, "green", "reset", "1s");
  }

  @Order(7)
  @FailoverTest(
      topology = "io-group",
      scenario = "host3-a-single-link-goes-silent",
      behaviours = "IO-9")
  @DisplayName("IO-9: a single link goes silent: no error")
  void aSingleLinkGoesSilent(Lab lab, ScenarioBuilder scenario) {
    survives(lab, scenario, "host3.nic1 -> node2.b", "silent-drop", "2s");
  }

  private static void survives(
      Lab lab, ScenarioBuilder scenario, String place, String how, String pause) {
    lab.run(
        scenario
            .workload(w -> w.host("host3").volume("vol0").rate(500).reads(70).lasting("5s"))
            .breaking(f -> f.at("1s").place(place).how(how).healAfter("3s"))
            .expect(ioContinues(), pauseBelow(pause), arrayUnchanged())
            .build());
  }
}
