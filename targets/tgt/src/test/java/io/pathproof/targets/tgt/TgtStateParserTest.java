package io.pathproof.targets.tgt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.targets.container.RecipeImage;
import io.pathproof.targets.tgt.TgtState.Session;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What needs no container: the parser, against output captured from a node, and the recipe. */
class TgtStateParserTest {
  private static String captured() throws IOException {
    try (InputStream in = TgtStateParserTest.class.getResourceAsStream("observed.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void readsSessionsWithTheirConnections() throws IOException {
    assertThat(TgtStateParser.parse(captured()).target().orElseThrow().sessions())
        .containsExactly(
            new Session(3, "iqn.2010-11.libiscsi:iscsi-perf", List.of("10.10.1.1")),
            new Session(
                5, "iqn.2026-11.io.pathproof:host3", List.of("10.10.1.103", "10.10.2.103")));
  }

  @Test
  void readsAnOfflineLun() throws IOException {
    String offline =
        captured().replaceFirst("(?s)(SCSI ID: pp-vol0.*?)Online: Yes", "$1Online: No");
    assertThat(TgtStateParser.parse(offline).target().orElseThrow().luns())
        .singleElement()
        .satisfies(lun -> assertThat(lun.online()).isFalse());
  }

  @Test
  void knowsANodeThatForwards() throws IOException {
    assertThat(TgtStateParser.parse(captured()).network().orElseThrow().forwarding()).isFalse();
    String forwarding = captured().replace("== forwarding\n0", "== forwarding\n1");
    assertThat(TgtStateParser.parse(forwarding).network().orElseThrow().forwarding()).isTrue();
  }

  @Test
  void refusesWhatIsNotObserved() throws IOException {
    String cut = captured().substring(0, captured().indexOf("== files"));
    assertThatThrownBy(() -> TgtStateParser.parse(cut))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no section 'files'");
    assertThatThrownBy(() -> TgtStateParser.parse(captured().replace("Portal: ", "Gateway: ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Gateway");
  }

  @Test
  void theRecipeIsHashedWhole() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(TgtNode.class.getResource("image/Dockerfile")).toURI())
            .getParent();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .isEqualTo(TgtNode.RECIPE);
    }
    assertThat(new RecipeImage("pathproof/tgt", TgtNode.class, TgtNode.RECIPE).name())
        .matches("pathproof/tgt:[0-9a-f]{12}");
  }
}
