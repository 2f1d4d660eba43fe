package io.pathproof.suites;

import static io.pathproof.lab.scenario.Expectations.balance;
import static io.pathproof.lab.scenario.Expectations.imbalance;
import static io.pathproof.lab.scenario.Expectations.ioContinues;
import static io.pathproof.lab.scenario.Expectations.paths;

import io.pathproof.junit.FailoverTest;
import io.pathproof.lab.Lab;
import io.pathproof.lab.scenario.ScenarioBuilder;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;

/** I/O that is spread unevenly although round robin treats all paths alike. */
@DisplayName("Uneven splits")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ImbalanceSuite {

  @Order(1)
  @FailoverTest(topology = "uneven", scenario = "an-uneven-split-is-told", behaviours = "PB-12")
  @DisplayName("PB-12: one third over one adapter, two thirds over the other, is noticed")
  void anUnevenSplitIsTold(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("lopsided").volume("vol0").rate(400).reads(70).lasting("1s"))
            .expect(paths(3), imbalance(Map.of("nic0", 33, "nic1", 67)), ioContinues())
            .build());
  }

  @Order(2)
  @FailoverTest(topology = "uneven", scenario = "an-even-split-is-not", behaviours = "PB-12")
  @DisplayName("PB-12: an even split over two adapters is not accused")
  void anEvenSplitIsNot(Lab lab, ScenarioBuilder scenario) {
    lab.run(
        scenario
            .workload(w -> w.host("even").volume("vol0").rate(400).reads(70).lasting("1s"))
            .expect(paths(4), balance(true), ioContinues())
            .build());
  }
}
