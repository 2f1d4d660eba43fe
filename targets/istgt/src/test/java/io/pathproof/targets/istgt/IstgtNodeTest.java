package io.pathproof.targets.istgt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.targets.container.RecipeImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Network;

/** What needs no container; the node itself is seen in harness/interoperability. */
class IstgtNodeTest {
  @Test
  void theRecipeIsHashedWhole() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(IstgtNode.class.getResource("image/Dockerfile")).toURI())
            .getParent();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .isEqualTo(IstgtNode.RECIPE);
    }
    assertThat(new RecipeImage("pathproof/istgt", IstgtNode.class, IstgtNode.RECIPE).name())
        .matches("pathproof/istgt:[0-9a-f]{12}");
  }

  @Test
  void aSizeThatIsNoMultipleOfABlockIsRefused() {
    assertThatThrownBy(() -> new IstgtNode("istgt", Network.SHARED, "10.0.0.1", 1000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1000");
  }
}
