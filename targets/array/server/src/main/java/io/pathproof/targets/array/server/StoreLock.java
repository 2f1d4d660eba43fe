package io.pathproof.targets.array.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second array away from a folder with volumes. The kernel frees it with the process. */
final class StoreLock implements AutoCloseable {
  static final String FILE = "array.lock";

  private final FileChannel file;

  /**
   * Makes the folder where there is none, and locks it.
   *
   * @throws ArrayException when it cannot be had
   */
  StoreLock(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
      }
      file =
          FileChannel.open(
              directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new ArrayException(
          "the store's folder "
              + directory
              + " cannot be used: "
              + reason(e)
              + "; name one that can be made and written to",
          e);
    }
    if (!locked()) {
      close();
      throw new ArrayException(
          "the store's folder "
              + directory
              + " belongs to another array that runs; end that, or name another folder");
    }
  }

  private boolean locked() {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Of this same process.
      return false;
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return "it is no folder";
    }
    if (e instanceof NoSuchFileException) {
      return "it does not exist and cannot be made";
    }
    return e instanceof AccessDeniedException ? "permission denied" : e.toString();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
