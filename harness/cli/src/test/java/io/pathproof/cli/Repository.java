package io.pathproof.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the checkout is that the tests run in. */
final class Repository {
  private Repository() {}

  /** The folder that holds {@code mvnw}, above the module that the test runs in. */
  static Path root() {
    Path dir = Path.of("").toAbsolutePath();
    while (dir != null && !Files.exists(dir.resolve("mvnw"))) {
      dir = dir.getParent();
    }
    if (dir == null) {
      throw new IllegalStateException(
          "not inside a checkout: no mvnw above " + Path.of("").toAbsolutePath());
    }
    return dir;
  }
}
