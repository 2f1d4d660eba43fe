package io.pathproof.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a benchmark starts, and the directory in which it works; nothing of it is left once this is
 * closed. Closes by itself when the benchmark is interrupted.
 */
final class Programs implements AutoCloseable {
  private static final int WAIT_S = 60;

  private final PrintStream out;
  private final Path work;
  private final List<AutoCloseable> open = new ArrayList<>();

  /**
   * @param out for what could not be ended in order
   */
  Programs(String name, PrintStream out) throws IOException {
    this.out = out;
    this.work = Files.createTempDirectory(name);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  Path work() {
    return work;
  }

  /** Has a part closed with all others, the last first. */
  <T extends AutoCloseable> T keep(T part) {
    synchronized (open) {
      open.add(part);
    }
    return part;
  }

  /** Ports of 127.0.0.1 that nobody listens at. */
  static int[] freePorts(int count) throws IOException {
    int[] ports = new int[count];
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(socket);
      ports[i] = socket.getLocalPort();
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    return ports;
  }

  /** The command of a Java program as a process of its own. */
  static List<String> java(String... program) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    // One loop does all the work; a collector with threads of its own would only share its core.
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmn128m"));
    // Netty's samples for leaks are for tests.
    command.addAll(
        List.of("-Dio.netty.jfr.enabled=false", "-Dio.netty.leakDetection.level=disabled"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(program));
    return command;
  }

  /**
   * Runs a program to its end.
   *
   * @param environment further variables
   * @return what it said
   * @throws IOException with what it said, if it fails or takes longer than a minute
   */
  static String run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(WAIT_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": " + text);
    }
    return text;
  }

  @Override
  public void close() {
    synchronized (open) {
      for (int i = open.size() - 1; i >= 0; i--) {
        try {
          open.get(i).close();
        } catch (Exception e) {
          out.println("not ended in order: " + e);
        }
      }
      open.clear();
      if (!Files.exists(work)) {
        return;
      }
      try (var left = Files.walk(work)) {
        for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        out.println("left behind: " + e.getMessage());
      }
    }
  }
}
