package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.addressMoved;
import static io.pathproof.lab.scenario.Expectations.devices;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.logoutObeyed;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.pauseBelow;
import static io.pathproof.lab.scenario.Expectations.portals;
import static io.pathproof.lab.scenario.Expectations.portsUsed;
import static io.pathproof.lab.scenario.Expectations.redirectedAgain;
import static io.pathproof.lab.scenario.Expectations.redirectedAlways;
import static io.pathproof.lab.scenario.Expectations.redirectedNever;
import static io.pathproof.lab.scenario.Expectations.redirectedSome;
import static io.pathproof.lab.scenario.Expectations.spreadEven;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The array shows one virtual port, 10.0.0.1, and takes care of its ports itself (VMware vSphere
 * Storage, "Array-Based Failover with iSCSI").
 */
@DisplayName("Array-based failover: one virtual port")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ArrayFailoverSuite {

  @Order(1)
  @FailoverTest(
      topology = "virtual-port",
      scenario = "esx1-is-redirected",
      behaviours = {"AB-1", "AB-2"})
  @DisplayName("AB-1, AB-2: one virtual port is seen; the login is redirected, and I/O goes there")
  void isRedirected(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(500).reads(70).lasting("2s"))
            .expect(portals(1), devices(1), paths(1), redirectedAlways(), ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(
      topology = "virtual-port-direct",
      scenario = "esx1-is-not-redirected",
      behaviours = {"AB-3", "AB-1"})
  @DisplayName("AB-3: the array does not redirect: the virtual port carries the I/O itself")
  void isNotRedirected(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(500).reads(70).lasting("2s"))
            .expect(portals(1), redirectedNever(), ioContinues())
            .build());
  }

  @Order(3)
  @FailoverTest(
      topology = "virtual-port-spread",
      scenario = "three-hosts-are-spread-over-the-ports",
      behaviours = {"AB-4", "AB-3"})
  @DisplayName("AB-4: redirection spreads the sessions of three hosts evenly over four ports")
  void areSpread(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w -> w.host("esx1").volume("vol0").rate(300).reads(70).lasting("2s").region("1MiB"))
            .workload(
                w -> w.host("esx2").volume("vol0").rate(300).reads(70).lasting("2s").region("1MiB"))
            .workload(
                w -> w.host("esx3").volume("vol0").rate(300).reads(70).lasting("2s").region("1MiB"))
            .expect(spreadEven(), redirectedSome(), ioContinues())
            .build());
  }

  @Order(4)
  @FailoverTest(topology = "virtual-port", scenario = "esx1-loses-its-port", behaviours = "AB-5")
  @DisplayName("AB-5: the host's port dies: back to the virtual port, on to another one, no error")
  void losesItsPort(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(500).reads(70).lasting("5s"))
            .breaking(f -> f.at("1s").place("node1.a").how("down"))
            .expect(redirectedAgain(), ioContinues(), pauseBelow("3s"))
            .build());
  }

  @Order(5)
  @FailoverTest(
      topology = "virtual-port",
      scenario = "esx1-is-asked-to-change-its-port",
      behaviours = "AB-6")
  @DisplayName("AB-6: the array asks for a logout: the host obeys and comes back, no error")
  void isAskedToLogOut(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(500).reads(70).lasting("4s"))
            .breaking(f -> f.at("1s").place("node1.a").how("request-logout 3s"))
            .expect(logoutObeyed(), redirectedAgain(), ioContinues(), pauseBelow("2s"))
            .build());
  }

  @Order(6)
  @FailoverTest(
      topology = "virtual-port-direct",
      scenario = "the-virtual-ports-owner-dies",
      behaviours = "AB-7")
  @DisplayName(
      "AB-7: the owner of the virtual address dies: another port answers on both, no error")
  void ownerDies(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(500).reads(70).lasting("5s"))
            .breaking(f -> f.at("1s").place("node1.a").how("down"))
            .expect(addressMoved("vip"), ioContinues(), pauseBelow("3s"))
            .build());
  }

  @Order(7)
  @FailoverTest(
      topology = "virtual-port-spread",
      scenario = "esx3-uses-both-of-its-ports",
      behaviours = "AB-8")
  @DisplayName("AB-8: two host ports make two paths, and both carry I/O")
  void usesBothPorts(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx3").volume("vol0").rate(500).reads(70).lasting("2s"))
            .expect(devices(1), paths(2), portsUsed(2), ioContinues())
            .build());
  }
}
