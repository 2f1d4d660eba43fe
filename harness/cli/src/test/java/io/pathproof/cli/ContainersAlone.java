package io.pathproof.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * For tests that start containers or look for what is left of them: one at a time, although the
 * classes of this module are run by two JVMs. The lock goes with its JVM, however that ends.
 */
final class ContainersAlone implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace MINE =
      ExtensionContext.Namespace.create(ContainersAlone.class);
  private static final Path LOCK = Path.of("target", "containers.lock");

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.lock();
    context.getStore(MINE).put(LOCK, file);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      context.getStore(MINE).remove(LOCK, FileChannel.class).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
