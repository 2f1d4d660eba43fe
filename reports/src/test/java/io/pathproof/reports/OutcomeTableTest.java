package io.pathproof.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeTableTest {
  @ParameterizedTest
  @ValueSource(ints = {80, 100, 120, 160})
  void fitsTheTerminalAndCutsNothingOff(int columns) {
    String table = OutcomeTable.render(Samples.run(), columns, false);
    assertThat(table.lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns));
    assertThat(table).contains("host1", "host3", "813 ms", "PASS", "FAIL", "INCONCLUSIVE");
    String words = table.replaceAll("[\\s↳]+", " ");
    assertThat(words).contains("io-continues: 930 I/O errors where none was allowed");
    assertThat(words).contains("node2 does not answer on 10.10.1.11:3260");
    assertThat(table).doesNotContain("\u001b");
  }

  @Test
  void oneLineAScenarioWhereThereIsRoom() {
    String table = OutcomeTable.render(List.of(Samples.portLost()), 160, false);
    assertThat(table.lines().toList()).hasSize(6);
    assertThat(table.lines().toList().get(3))
        .isEqualTo(
            "  ↳ uneven: host2 mpath0, paths: nic0:node1.a 33.3 % (500); nic0:node2.a 66.7 % (1000),"
                + " not 50.0 % each");
    assertThat(table.lines().toList().get(2))
        .containsSubsequence(
            "host2", "host2.nic0 -> node1.a: silent-drop", "I/O continues; pause < 2s")
        .containsSubsequence("no I/O error; pause 813 ms", "813 ms", "PASS");
    assertThat(table).endsWith("1 scenario: 1 PASS. Verdict: PASS\n");
  }

  @Test
  void verdictsAreColouredOnlyIfTold() {
    String table = OutcomeTable.render(Samples.run(), 120, true);
    assertThat(table).contains("\u001b[32mPASS\u001b[0m", "\u001b[31;1mFAIL\u001b[0m");
    assertThat(table.replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(OutcomeTable.render(Samples.run(), 120, false));
  }

  @Test
  void namesCannotSteerTheTerminal() {
    String table = OutcomeTable.render(List.of(Samples.weird()), 80, false);
    assertThat(table).doesNotContain("\u0001", "\u001b");
    assertThat(table).contains("h<&\">'");
  }

  @Test
  void nothingRanIsNoPass() {
    assertThat(OutcomeTable.render(List.of(), 80, false))
        .endsWith("0 scenarios: nothing ran. Verdict: INCONCLUSIVE\n");
  }
}
