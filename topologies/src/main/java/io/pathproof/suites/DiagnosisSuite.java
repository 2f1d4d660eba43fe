package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.diagnosed;
import static io.pathproof.lab.scenario.Expectations.ioContinues;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One adapter reaches the storage, the other at best answers pings: an examination says at which
 * step its path stops, while I/O goes on over the first.
 */
@DisplayName("Diagnosis: two adapters, of which one reaches the storage")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DiagnosisSuite {

  @Order(1)
  @FailoverTest(
      topology = "two-adapters",
      scenario = "an-adapter-without-a-route-is-diagnosed",
      behaviours = "PB-13")
  @DisplayName("PB-13: the other adapter is on a network apart: its paths stop at the route")
  void withoutARoute(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx2").volume("vol0").rate(300).reads(70).lasting("1s"))
            .expect(
                diagnosed("esx2.vmnic0", "sound"), diagnosed("esx2.vmnic1", "route"), ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(
      topology = "two-adapters",
      scenario = "an-adapter-whose-connections-are-refused-is-diagnosed",
      behaviours = "PB-13")
  @DisplayName("PB-13: TCP is refused on the other adapter: its path stops there")
  void connectionsAreRefused(Lab lab, ScenarioBuilder scenario) {
    stopsAt(lab, scenario, "esx1.vmnic1", "refuse", "tcp");
  }

  @Order(3)
  @FailoverTest(
      topology = "two-adapters",
      scenario = "an-adapter-whose-logins-are-denied-is-diagnosed",
      behaviours = "PB-13")
  @DisplayName("PB-13: the port behind the other adapter denies logins: its path stops there")
  void loginsAreDenied(Lab lab, ScenarioBuilder scenario) {
    stopsAt(lab, scenario, "node2.a", "deny-login", "login");
  }

  @Order(4)
  @FailoverTest(
      topology = "two-adapters",
      scenario = "an-adapter-without-a-lun-is-diagnosed",
      behaviours = "PB-13")
  @DisplayName("PB-13: no LUN is mapped behind the other adapter: its path stops there")
  void noLunIsMapped(Lab lab, ScenarioBuilder scenario) {
    stopsAt(lab, scenario, "node2.a", "mask-luns", "lun");
  }

  private static void stopsAt(
      Lab lab, ScenarioBuilder scenario, String place, String how, String step) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(300).reads(70).lasting("2s"))
            .breaking(f -> f.at("300ms").place(place).how(how).healAfter("1s"))
            .expect(
                diagnosed("esx1.vmnic0", "sound"), diagnosed("esx1.vmnic1", step), ioContinues())
            .build());
  }
}
