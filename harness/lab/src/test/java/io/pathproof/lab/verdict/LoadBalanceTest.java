package io.pathproof.lab.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.pathproof.lab.verdict.LoadBalance.Evenness;
import io.pathproof.lab.verdict.LoadBalance.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadBalanceTest {
  private static List<Part> parts(String ios) {
    List<Part> parts = new ArrayList<>();
    for (String one : ios.split(" ")) {
      String name = "p" + parts.size();
      parts.add(new Part(name, Long.parseLong(one), List.of(name)));
    }
    return parts;
  }

  @ParameterizedTest
  @CsvSource({
    // a third and two thirds
    "500 1000, 1, UNEVEN",
    "1000 2000, 1, UNEVEN",
    "500 500, 1, EVEN",
    "334 333 333, 1, EVEN",
    // within 15 % of the mean, and beyond
    "900 1100, 1, EVEN",
    "850 1150, 1, EVEN",
    "849 1151, 1, UNEVEN",
    // beyond 15 %, but within four standard deviations of chance: 4 x 10 of 100
    "61 139, 1, EVEN",
    "59 141, 1, UNEVEN",
    // one part idle
    "0 300 300, 1, UNEVEN",
    // a turn that has just begun
    "3000 2000, 1000, EVEN",
    "5000 2000, 1000, UNEVEN",
    // too little to tell
    "49 50, 1, UNKNOWN",
    "50 50, 1, EVEN",
    "2000 1000, 1000, UNKNOWN",
    "9000, 1, UNKNOWN"
  })
  void thresholdsAreWhatTheyAreSaidToBe(String ios, int turn, Evenness evenness) {
    assertThat(LoadBalance.of("paths", parts(ios), turn).evenness()).isEqualTo(evenness);
  }

  @Test
  void anUnevenSplitIsToldWithThePathsBehindIt() {
    List<Part> adapters =
        List.of(
            new Part("host3.nic0", 500, List.of("nic0:node1.a")),
            new Part("host3.nic1", 1000, List.of("nic1:node1.b", "nic1:node2.b")));
    assertThat(LoadBalance.of("adapters", adapters, 1).text())
        .isEqualTo(
            "adapters: host3.nic0 33.3 % (500) over nic0:node1.a; host3.nic1 66.7 % (1000) over"
                + " nic1:node1.b, nic1:node2.b, not 50.0 % each");
    assertThat(LoadBalance.of("paths", parts("0 0"), 1).text())
        .isEqualTo("paths: p0 0 % (0); p1 0 % (0), too little to tell");
    assertThat(LoadBalance.of("paths", List.of(), 1).evenness()).isEqualTo(Evenness.UNKNOWN);
  }
}
