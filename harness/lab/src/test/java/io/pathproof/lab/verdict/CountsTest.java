package io.pathproof.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Figures by place, as they stand in "observed". */
class CountsTest {
  @Test
  void sharesAreToldWithUnitsAndPerCent() {
    Map<String, Long> two = new TreeMap<>(Map.of("vmnic0", 1L, "vmnic1", 2L));
    assertThat(Counts.shares(two, "I/O", "by"))
        .isEqualTo("1 I/O by vmnic0 (33 %), 2 by vmnic1 (67 %)");
    assertThat(Counts.of(two, "session", "at")).isEqualTo("1 session at vmnic0, 2 at vmnic1");
  }

  @Test
  void oneThatHasAllHasNoShareAndNoneIsSaid() {
    assertThat(Counts.shares(Map.of("a", 7L), "I/O", "over")).isEqualTo("7 I/Os over a");
    assertThat(Counts.shares(Map.of(), "I/O", "over")).isEqualTo("no I/O");
  }
}
