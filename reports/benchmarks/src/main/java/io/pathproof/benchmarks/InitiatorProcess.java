package io.pathproof.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** An {@link InitiatorProgram} and what it is asked. One thread. */
final class InitiatorProcess implements AutoCloseable {
  private static final int END_S = 10;

  private final Process process;
  private final PrintWriter requests;
  private final BufferedReader answers;
  private final Path log;

  private InitiatorProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.requests =
        new PrintWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static InitiatorProcess start(Programs programs) throws IOException {
    Path log = programs.work().resolve("initiator.log");
    Process process =
        new ProcessBuilder(Programs.java(InitiatorProgram.class.getName()))
            .redirectError(log.toFile())
            .start();
    return programs.keep(new InitiatorProcess(process, log));
  }

  /**
   * Has a request answered, which has a bound of its own.
   *
   * @throws IOException with what the program said of it, if it failed
   */
  double[] ask(String request) throws IOException {
    requests.println(request);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException(request + ": " + Files.readString(log));
    }
    return Arrays.stream(answer.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @Override
  public void close() {
    requests.close();
    try {
      if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
