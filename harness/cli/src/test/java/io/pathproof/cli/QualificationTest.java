package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.scenario.Expectations;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.lab.verdict.Finding;
import io.pathproof.lab.verdict.IoCounts;
import io.pathproof.lab.verdict.Outcome;
import io.pathproof.lab.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QualificationTest {
  private static final String BUSY =
      "p99 300.0 ms late: this machine was too busy to issue I/O on time; run it again with less"
          + " beside it, or at a lower rate";

  @Test
  void oneAtATimeIsAdvisedToWhoRanSeveralSideBySide() {
    Outcome busy = outcome(Verdict.INCONCLUSIVE, BUSY);
    Outcome sound = outcome(Verdict.PASS, "300 of 300 arrivals");
    assertThat(Qualification.advice(List.of(busy, sound), 2))
        .contains(
            "1 scenario could not be judged, as this machine was too busy: --jobs 1 runs one at a"
                + " time");
    assertThat(Qualification.advice(List.of(busy, busy), 4)).get().asString().startsWith("2 ");
    assertThat(Qualification.advice(List.of(busy), 1)).isEmpty();
    Outcome other = outcome(Verdict.INCONCLUSIVE, "299 of 300 arrivals");
    assertThat(Qualification.advice(List.of(sound, other), 2)).isEmpty();
  }

  private static Outcome outcome(Verdict verdict, String observed) {
    Scenario scenario =
        Scenario.named("s")
            .workload(w -> w.host("host2").volume("vol0").lasting("1s"))
            .expect(Expectations.ioContinues())
            .build();
    return new Outcome(
        scenario,
        TopologyLoader.load(Repository.root().resolve("topologies/io-group.yaml")),
        "embedded",
        1,
        Instant.EPOCH,
        Duration.ofSeconds(1),
        verdict,
        "",
        "",
        "",
        new IoCounts(300, 300, 0, 0),
        Optional.empty(),
        List.of(new Finding("arrivals-kept", verdict, "every arrival", observed)),
        Map.of(),
        List.of(),
        List.of(),
        List.of());
  }
}
