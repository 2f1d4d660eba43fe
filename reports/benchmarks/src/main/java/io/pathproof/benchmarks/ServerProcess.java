package io.pathproof.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, whose processor time can be read. */
final class ServerProcess implements AutoCloseable {
  /** Linux counts processor time in hundredths of a second (USER_HZ), on all its platforms. */
  private static final double TICK_US = 10_000;

  private static final long START_MS = 20_000;

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts it and waits until it takes connections on 127.0.0.1.
   *
   * @param environment further variables
   */
  static ServerProcess start(
      List<String> command, Map<String, String> environment, Path log, int port)
      throws IOException, InterruptedException {
    ServerProcess server = start(command, environment, log);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MS);
    while (!answers(port)) {
      if (!server.process.isAlive() || System.nanoTime() > deadline) {
        server.close();
        throw new IOException(command.get(0) + " does not serve: " + Files.readString(log));
      }
      server.process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    return server;
  }

  /** The first line of a program's log, which tells its port. */
  static int portTold(ServerProcess server, Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MS);
    while (System.nanoTime() < deadline && server.process.isAlive()) {
      String text = Files.readString(log);
      if (text.contains("\n")) {
        return Integer.parseInt(text.substring(0, text.indexOf('\n')).strip());
      }
      server.process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    throw new IOException("no port was told: " + Files.readString(log));
  }

  /** Starts it and does not wait. */
  static ServerProcess start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new ServerProcess(builder.start());
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Processor time so far, user and system, in microseconds. */
  double cpuUs() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    // The second field is a name in parentheses, which may hold blanks.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_US;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
