package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.adaptersUsed;
import static io.pathproof.lab.scenario.Expectations.devices;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.outOfUse;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.pauseBelow;
import static io.pathproof.lab.scenario.Expectations.portsBound;
import static io.pathproof.lab.scenario.Expectations.portsUsed;
import static io.pathproof.lab.scenario.Expectations.removalRefused;
import static io.pathproof.lab.scenario.Expectations.removalUnguarded;
import static io.pathproof.lab.scenario.Expectations.staysInUse;
import static io.pathproof.lab.scenario.Expectations.targetHas;
import static io.pathproof.lab.scenario.Expectations.targetParametersCascade;
import static io.pathproof.lab.scenario.Expectations.throughput;
import static io.pathproof.lab.scenario.Expectations.uplinkMoves;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * vSphere hosts: which VMkernel ports the software iSCSI adapter uses, and by which physical
 * adapters I/O leaves (Pure Storage on ESXi; VMware vSphere Storage, "Port Binding").
 */
@DisplayName("vSphere hosts: port binding and teaming")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PortBindingSuite {

  @Order(1)
  @FailoverTest(
      topology = "port-compliance",
      scenario = "esx1-binds-its-ports",
      behaviours = {"PB-1", "PB-2"})
  @DisplayName(
      "PB-1, PB-2: one active adapter and the others unused is taken; anything else is not, with"
          + " the reason")
  void bindsItsPorts(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(500).reads(70).lasting("1s"))
            .expect(
                portsBound(
                    "esx1.vmk1", "compliant",
                    "esx1.vmk2", "several-active",
                    "esx1.vmk3", "standby",
                    "esx1.vmk4", "no-active",
                    "esx1.vmk5", "wrong-uplink"),
                paths(2),
                ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(
      topology = "port-compliance",
      scenario = "esx3-a-bound-port-gets-a-standby-adapter",
      behaviours = "PB-3")
  @DisplayName("PB-3: a bound port gets a standby adapter: not used until that is mended")
  void getsAStandbyAdapter(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx3").volume("vol0").rate(500).reads(70).lasting("4s"))
            .breaking(
                f ->
                    f.at("1s")
                        .place("esx3.vmk2")
                        .how("teaming active vmnic1 standby vmnic0")
                        .healAfter("1s"))
            .expect(outOfUse("esx3.vmk2"), staysInUse("esx3.vmk1"), ioContinues())
            .build());
  }

  @Order(3)
  @FailoverTest(
      topology = "port-binding",
      scenario = "esx3-leaves-by-one-adapter",
      behaviours = "PB-4")
  @DisplayName(
      "PB-4: nothing bound: all I/O leaves by one adapter, and the array's ports are balanced")
  void leavesByOneAdapter(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx3").volume("vol0").rate(500).reads(70).lasting("2s"))
            .expect(devices(1), paths(2), adaptersUsed("esx3", 1), portsUsed(2), ioContinues())
            .build());
  }

  @Order(4)
  @FailoverTest(
      topology = "port-binding",
      scenario = "esx3-the-adapter-in-use-loses-its-link",
      behaviours = "PB-5")
  @DisplayName("PB-5: nothing bound, two active adapters: I/O moves to the other, and back")
  void theAdapterInUseLosesItsLink(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx3").volume("vol0").rate(500).reads(70).lasting("4s"))
            .breaking(f -> f.at("1s").place("esx3.vmnic0").how("link-down").healAfter("2s"))
            .expect(uplinkMoves("esx3.vmk1"), ioContinues(), pauseBelow("2s"))
            .build());
  }

  @Order(5)
  @FailoverTest(
      topology = "port-binding",
      scenario = "two-bound-ports-carry-more-than-one",
      behaviours = {"PB-6", "PB-1"})
  @DisplayName(
      "PB-6: two bound ports use both adapters evenly, and get through nearly twice as much as one")
  void carryMoreThanOne(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w -> w.host("esx1").volume("vol0").rate(160).block("64KiB").reads(80).lasting("2s"))
            .workload(
                w -> w.host("esx2").volume("vol0").rate(160).block("64KiB").reads(80).lasting("2s"))
            .expect(
                portsBound(
                    "esx1.vmk1", "compliant", "esx2.vmk1", "compliant", "esx2.vmk2", "compliant"),
                adaptersUsed("esx1", 1),
                adaptersUsed("esx2", 2),
                throughput("esx2 >= 1.6 x esx1"),
                ioContinues())
            .build());
  }

  @Order(6)
  @FailoverTest(
      topology = "port-compliance",
      scenario = "esx3-a-bound-port-is-to-be-removed",
      behaviours = "PB-7")
  @DisplayName("PB-7: the removal of a bound port is refused, and the warning says what would go")
  void aBoundPortIsToBeRemoved(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx3").volume("vol0").rate(500).reads(70).lasting("2s"))
            .breaking(f -> f.at("1s").place("esx3.vmk2").how("remove-port"))
            .expect(removalRefused(), staysInUse("esx3.vmk2"), ioContinues())
            .build());
  }

  @Order(7)
  @FailoverTest(
      topology = "port-compliance",
      scenario = "esx4-an-unbound-port-is-removed",
      behaviours = "PB-7")
  @DisplayName("PB-7: the removal of a port that is not bound is not guarded: its paths are gone")
  void anUnboundPortIsRemoved(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx4").volume("vol0").rate(500).reads(70).lasting("3s"))
            .breaking(f -> f.at("1s").place("esx4.vmk2").how("remove-port").healAfter("1s"))
            .expect(removalUnguarded(), ioContinues())
            .build());
  }

  @Order(8)
  @FailoverTest(
      topology = "port-compliance",
      scenario = "esx2-an-adapter-is-added-to-the-switch",
      behaviours = "PB-8")
  @DisplayName(
      "PB-8: an adapter is added to the switch: the port that inherits is not used, the one with an"
          + " override is")
  void anAdapterIsAdded(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx2").volume("vol0").rate(500).reads(70).lasting("4s"))
            .breaking(
                f -> f.at("1s").place("esx2.vSwitch1").how("add-adapter vmnic1").healAfter("1s"))
            .expect(outOfUse("esx2.vmk1"), staysInUse("esx2.vmk2"), ioContinues())
            .build());
  }

  @Order(9)
  @FailoverTest(
      topology = "target-parameters",
      scenario = "esx1-has-the-parameters-of-its-dynamic-targets",
      behaviours = "PB-11")
  @DisplayName(
      "PB-11: LoginTimeout and DelayedAck cascade from the dynamic target, another array's keep their"
          + " own, and logins keep to them")
  void parametersCascade(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("pure1.vol0").rate(200).reads(70).lasting("6s"))
            .workload(w -> w.host("esx1").volume("other1.vol0").rate(200).reads(70).lasting("6s"))
            .breaking(f -> f.at("1s").place("esx1.vmnic0").how("silent-drop").healAfter("5s"))
            .expect(
                targetParametersCascade(),
                targetHas("pure1.ct0.eth0", "30s", false),
                targetHas("pure1.ct1.eth0", "1s", false),
                targetHas("other1.node1.a", "5s", true),
                targetHas("other1.node1.b", "5s", true),
                ioContinues())
            .build());
  }
}
