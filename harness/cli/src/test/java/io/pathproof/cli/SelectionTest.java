package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which scenarios {@code --scenario} takes. */
class SelectionTest {
  @ParameterizedTest
  @CsvSource({
    "host2-loses-a-port, true",
    "host2-*, true",
    "HOST2-*, true",
    "IO-6, true",
    "io-6, true",
    "[A-J]O-?, true",
    "Io-*, true",
    "PB-1, true",
    "IO, false",
    "IO-1, false",
    "host2, false",
    "host3-*, false"
  })
  void anIdOrARowOfTheContractIsTakenInCapitalLettersOrSmall(String glob, boolean taken) {
    Selection selection = new Selection(List.of("no-such-*", glob));
    assertThat(selection.takes("host2-loses-a-port", List.of("PB-1", "IO-6"))).isEqualTo(taken);
  }

  @Test
  void withoutAWordAllAreTaken() {
    assertThat(new Selection(List.of()).takes("any", List.of())).isTrue();
  }

  @Test
  void whatIsNoGlobIsToldAsItWasGiven() {
    assertThatThrownBy(() -> new Selection(List.of("PB-[1")))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("--scenario PB-[1: not a glob: ");
  }
}
