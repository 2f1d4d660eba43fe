package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.arrayUnchanged;
import static io.pathproof.lab.scenario.Expectations.devices;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.ioFails;
import static io.pathproof.lab.scenario.Expectations.ioFailsWhenTried;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.portsUsed;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Host 1 has one adapter and no multipathing; link X joins it to the node port at 10.10.1.10 (IBM
 * Spectrum Virtualize, "Example iSCSI configurations").
 */
@DisplayName("Host 1: one adapter, no multipathing")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class Host1Suite {

  @Order(1)
  @FailoverTest(
      topology = "io-group",
      scenario = "host1-sees-four-devices",
      behaviours = {"IO-1", "IO-11"})
  @DisplayName(
      "IO-1, IO-11: the volume appears as four devices, and I/O to one of them uses one port")
  void seesFourDevices(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w ->
                    w.host("host1")
                        .volume("vol0")
                        .device("node1.a")
                        .rate(500)
                        .reads(70)
                        .lasting("2s"))
            .expect(devices(4), paths(1), portsUsed(1), ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(
      topology = "io-group",
      scenario = "host1-link-x-goes-silent",
      behaviours = {"IO-2", "IO-3"})
  @DisplayName("IO-2, IO-3: X goes silent under I/O: an error on that device, the array unchanged")
  void linkXGoesSilent(Lab lab, ScenarioBuilder scenario) {
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
            .breaking(f -> f.at("1s").place("X").how("silent-drop"))
            .expect(ioFails(), arrayUnchanged())
            .build());
  }

  @Order(3)
  @FailoverTest(
      topology = "io-group",
      scenario = "host1-link-x-is-reset",
      behaviours = {"IO-2", "IO-3"})
  @DisplayName("IO-2, IO-3: X is reset under I/O: an error on that device, the array unchanged")
  void linkXIsReset(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w ->
                    w.host("host1")
                        .volume("vol0")
                        .device("node1.a")
                        .rate(500)
                        .reads(70)
                        .lasting("4s"))
            .breaking(f -> f.at("1s").place("X").how("reset"))
            .expect(ioFails(), arrayUnchanged())
            .build());
  }

  @Order(4)
  @FailoverTest(
      topology = "io-group",
      scenario = "host1-link-x-is-refused",
      behaviours = {"IO-2", "IO-3"})
  @DisplayName(
      "IO-2, IO-3: X is closed and refused under I/O: an error on that device, the array unchanged")
  void linkXIsRefused(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w ->
                    w.host("host1")
                        .volume("vol0")
                        .device("node1.a")
                        .rate(500)
                        .reads(70)
                        .lasting("4s"))
            .breaking(f -> f.at("1s").place("X").how("refuse"))
            .expect(ioFails(), arrayUnchanged())
            .build());
  }

  @Order(5)
  @FailoverTest(
      topology = "io-group",
      scenario = "host1-link-x-breaks-while-idle",
      behaviours = {"IO-4", "IO-3"})
  @DisplayName("IO-4: X breaks while no I/O is in progress: no error until I/O is tried")
  void linkXBreaksWhileIdle(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w ->
                    w.host("host1")
                        .volume("vol0")
                        .device("node1.a")
                        .rate(500)
                        .reads(70)
                        .lasting("1s"))
            .workload(
                w ->
                    w.host("host1")
                        .volume("vol0")
                        .device("node1.a")
                        .rate(500)
                        .reads(70)
                        .at("5s")
                        .lasting("2s"))
            .breaking(f -> f.at("2s").place("X").how("silent-drop"))
            .expect(ioFailsWhenTried(), arrayUnchanged())
            .build());
  }
}
