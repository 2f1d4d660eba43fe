package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.balance;
import static io.pathproof.lab.scenario.Expectations.devices;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.paths;
import static io.pathproof.lab.scenario.Expectations.pathsAtOnce;
import static io.pathproof.lab.scenario.Expectations.portsUsed;
import static io.pathproof.lab.scenario.Expectations.rotation;
import static io.pathproof.lab.scenario.Expectations.severalSessions;
import static io.pathproof.lab.scenario.Expectations.slowPathBelow;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/** When paths take turns, and which of them carry I/O at the same time. */
@DisplayName("Path policies: whose turn it is")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RoundRobinSuite {

  @Order(1)
  @FailoverTest(
      topology = "round-robin",
      scenario = "turns-of-a-thousand-ios",
      behaviours = {"PB-9", "RR-1", "RR-2"})
  @DisplayName("PB-9, RR-1, RR-2: each 1000 I/Os go to the next path, one path at a time")
  void turnsOfAThousandIos(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1000").volume("vol0").rate(1500).reads(70).lasting("2200ms"))
            .expect(
                rotation(1000, "10MiB"),
                pathsAtOnce(1),
                severalSessions(),
                devices(1),
                paths(2),
                ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(topology = "round-robin", scenario = "turns-of-ten-mebibytes", behaviours = "PB-9")
  @DisplayName("PB-9: of large I/Os, 10,485,760 bytes go to the next path before 1000 I/Os do")
  void turnsOfTenMebibytes(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(
                w ->
                    w.host("esx1000")
                        .volume("vol0")
                        .rate(75)
                        .block("256KiB")
                        .region("16MiB")
                        .reads(90)
                        .lasting("2s"))
            .expect(rotation(1000, "10MiB"), ioContinues())
            .build());
  }

  @Order(3)
  @FailoverTest(topology = "round-robin", scenario = "turns-of-ten-ios", behaviours = "PB-9")
  @DisplayName("PB-9: each 10 I/Os go to the next path")
  void turnsOfTenIos(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx10").volume("vol0").rate(300).reads(70).lasting("1s"))
            .expect(rotation(10), portsUsed(2), balance(true), ioContinues())
            .build());
  }

  @Order(4)
  @FailoverTest(topology = "round-robin", scenario = "turns-of-one-io", behaviours = "PB-9")
  @DisplayName("PB-9: each I/O goes to the next path")
  void turnsOfOneIo(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("esx1").volume("vol0").rate(300).reads(70).lasting("1s"))
            .expect(rotation(1), portsUsed(2), balance(true), ioContinues())
            .build());
  }

  @Order(5)
  @FailoverTest(
      topology = "round-robin",
      scenario = "volumes-with-paths-of-their-own",
      behaviours = "RR-3")
  @DisplayName("RR-3: two volumes with different preferred paths use both paths at once")
  void volumesWithPathsOfTheirOwn(Lab lab, ScenarioBuilder scenario) {
    lab.run(onBothVolumes(scenario, "fixed").expect(pathsAtOnce(2), ioContinues()).build());
  }

  @Order(6)
  @FailoverTest(
      topology = "round-robin",
      scenario = "volumes-that-take-turns-of-a-thousand",
      behaviours = "RR-3")
  @DisplayName("RR-3: the same two volumes under round robin at 1000 use one path at a time")
  void volumesThatTakeTurnsOfAThousand(Lab lab, ScenarioBuilder scenario) {
    lab.run(onBothVolumes(scenario, "esx1000").expect(pathsAtOnce(1), ioContinues()).build());
  }

  private static ScenarioBuilder onBothVolumes(ScenarioBuilder scenario, String host) {
    return scenario
        .workload(w -> w.host(host).volume("vol0").rate(600).reads(70).lasting("2s"))
        .workload(w -> w.host(host).volume("vol1").rate(600).reads(70).lasting("2s"));
  }

  @Order(7)
  @FailoverTest(topology = "round-robin", scenario = "a-slow-path-gets-less", behaviours = "PB-10")
  @DisplayName("PB-10: by latency, a slow path gets less than two thirds of its even share")
  void aSlowPathGetsLess(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("latency").volume("vol0").rate(300).reads(70).lasting("3s"))
            .breaking(f -> f.at("300ms").place("latency.nic0").how("latency 40ms"))
            .expect(slowPathBelow(67), ioContinues())
            .build());
  }
}
