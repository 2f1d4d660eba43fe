package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.pauseBelow;
import static io.pathproof.lab.scenario.Expectations.takenOver;
import static io.pathproof.lab.scenario.Expectations.unitAttention;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/** A node leaves the I/O group, and its partner takes over (IBM Spectrum Virtualize). */
@DisplayName("Maintenance: a node leaves, its partner takes over")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MaintenanceSuite {

  @Order(1)
  @FailoverTest(
      topology = "io-group-takeover",
      scenario = "host1-keeps-its-access-when-a-node-is-removed",
      behaviours = "IO-10")
  @DisplayName("IO-10: node 1 is removed: its partner takes over its addresses, no error on host 1")
  void aNodeIsRemoved(Lab lab, ScenarioBuilder scenario) {
    host1KeepsItsAccess(lab, scenario, "remove");
  }

  @Order(2)
  @FailoverTest(
      topology = "io-group-takeover",
      scenario = "host1-keeps-its-access-when-a-node-is-replaced",
      behaviours = "IO-10")
  @DisplayName("IO-10: node 1 is replaced by another one: no error on host 1")
  void aNodeIsReplaced(Lab lab, ScenarioBuilder scenario) {
    host1KeepsItsAccess(lab, scenario, "replace");
  }

  private static void host1KeepsItsAccess(Lab lab, ScenarioBuilder scenario, String how) {
    lab.run(
        scenario
            .workload(
                w ->
                    w.host("host1")
                        .volume("vol0")
                        .device("node1.a")
                        .rate(500)
                        .reads(70)
                        .lasting("5s"))
            .breaking(f -> f.at("1s").place("node1").how(how).healAfter("2s"))
            .expect(takenOver("node1"), ioContinues(), pauseBelow("3s"))
            .build());
  }

  @Order(3)
  @FailoverTest(
      topology = "io-group-takeover",
      scenario = "host1-survives-a-dead-node",
      behaviours = "IO-10")
  @DisplayName("IO-10: node 1 loses its power: its partner takes over, no error on host 1")
  void aNodeDies(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w ->
                    w.host("host1")
                        .volume("vol0")
                        .device("node1.a")
                        .rate(500)
                        .reads(70)
                        .lasting("5s"))
            .breaking(f -> f.at("1s").place("node1").how("kill"))
            .expect(takenOver("node1"), ioContinues(), pauseBelow("4s"))
            .build());
  }

  @Order(4)
  @FailoverTest(
      topology = "alua",
      scenario = "host3-follows-a-controller-failover",
      behaviours = "AB-8")
  @DisplayName("A controller failover with asymmetric access: unit attentions, no error")
  void controllerFailover(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("host3").volume("vol0").rate(500).reads(70).lasting("4s"))
            .breaking(f -> f.at("1s").place("node1").how("fail-over"))
            .expect(ioContinues(), unitAttention("2A/06"), pauseBelow("2s"))
            .build());
  }
}
