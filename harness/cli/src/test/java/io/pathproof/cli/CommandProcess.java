package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A command in a process of its own, for tests of signals; ended with the test at the latest. */
final class CommandProcess implements AutoCloseable {
  private static final int END_S = 30;

  private final Process process;
  private final Path printed;

  private CommandProcess(Process process, Path printed) {
    this.process = process;
    this.printed = printed;
  }

  /**
   * Starts {@code pathproof} with the class path of this test.
   *
   * @param printed the file that takes all that it prints
   */
  static CommandProcess start(Path printed, String... arguments) throws IOException {
    // A job in the background of a script ignores SIGINT, and its children with it.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Pathproof.class.getName());
    command.addAll(List.of(arguments));
    return new CommandProcess(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start(),
        printed);
  }

  /** Waits until it has printed a text; fails with all that it printed where it ends without. */
  void awaitPrinted(String text, Duration bound) throws IOException {
    Awaitility.await()
        .atMost(bound)
        .until(() -> Files.readString(printed).contains(text) || !process.isAlive());
    assertThat(Files.readString(printed)).as("printed by the command").contains(text);
  }

  /**
   * Sends a signal and waits for the end.
   *
   * @return the exit status
   */
  int endBy(String signal) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
        .as("kill -%s: it still runs", signal)
        .isZero();
    assertThat(process.waitFor(END_S, TimeUnit.SECONDS)).as("ends").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
