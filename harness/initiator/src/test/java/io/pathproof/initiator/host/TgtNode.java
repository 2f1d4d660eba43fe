package io.pathproof.initiator.host;

import static org.awaitility.Awaitility.await;

import io.pathproof.initiator.FreePort;
import io.pathproof.initiator.session.Portal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node of an array: one tgtd with two portals on loopback and one LUN on a store that it shares
 * with the other node.
 */
final class TgtNode implements AutoCloseable {
  static final String TARGET = "iqn.2026-11.io.pathproof:array";
  private static final Path TGTD = Path.of("/usr/sbin/tgtd");
  private static final Path TGTADM = Path.of("/usr/sbin/tgtadm");
  private static final int PATIENCE_S = 20;

  private final String name;
  private final Path directory;
  private final Path store;
  private final List<Portal> portals;
  private Process process;

  TgtNode(String name, Path directory, Path store) throws IOException {
    for (Path program : List.of(TGTD, TGTADM)) {
      if (!Files.isExecutable(program)) {
        throw new AssertionError(program + " is missing: run ci/packages, which installs it");
      }
    }
    this.name = name;
    this.directory = directory;
    this.store = store;
    this.portals = List.of(freePortal("127.0.0.1"), freePortal("127.0.0.2"));
  }

  private static Portal freePortal(String address) throws IOException {
    return new Portal(address, FreePort.at(address));
  }

  Portal portal(int index) {
    return portals.get(index);
  }

  void start() throws IOException {
    start("IET 00010001");
  }

  /**
   * Starts the daemon; the LUN is there when this returns.
   *
   * @param scsiId what page 83h tells
   */
  void start(String scsiId) throws IOException {
    List<String> line = new ArrayList<>(List.of(TGTD.toString(), "-f", "-C", "1", "--iscsi"));
    line.add("portal=" + portals.get(0) + ",portal=" + portals.get(1));
    process =
        command(line)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(PATIENCE_S))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> tgtadm("--mode", "sys", "--op", "show").status == 0);
    admin("--mode", "target", "--op", "new", "--tid", "1", "-T", TARGET);
    admin("--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun", "1", "-b", "" + store);
    String names = "scsi_id=" + scsiId + ",scsi_sn=pathproof1";
    admin("--mode", "logicalunit", "--op", "update", "--tid", "1", "--lun", "1", "-P", names);
    // last, so that nobody logs in before all is there
    admin("--mode", "target", "--op", "bind", "--tid", "1", "-I", "ALL");
  }

  /** Who is logged in, as tgtadm shows it. */
  String connections() {
    return tgtadm("--mode", "conn", "--op", "show", "--tid", "1").output;
  }

  private void admin(String... arguments) {
    Result result = tgtadm(arguments);
    if (result.status != 0) {
      throw new AssertionError("tgtadm " + List.of(arguments) + ": " + result.output);
    }
  }

  private Result tgtadm(String... arguments) {
    List<String> line = new ArrayList<>(List.of(TGTADM.toString(), "-C", "1", "--lld", "iscsi"));
    line.addAll(List.of(arguments));
    return run(line);
  }

  private record Result(int status, String output) {}

  private Result run(List<String> line) {
    try {
      Process child = command(line).redirectErrorStream(true).start();
      String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!child.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
        child.destroyForcibly();
        throw new AssertionError(line + " hangs");
      }
      return new Result(child.exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private ProcessBuilder command(List<String> line) {
    ProcessBuilder builder = new ProcessBuilder(line);
    // a control socket of its own, so that daemons of other tests are out of reach
    builder.environment().put("TGT_IPC_SOCKET", directory.resolve(name).toString());
    return builder;
  }

  /** Stops it in its tracks: connections stay, nothing answers. */
  void freeze() {
    signal("-STOP");
  }

  void thaw() {
    signal("-CONT");
  }

  private void signal(String which) {
    Result result = run(List.of("/bin/kill", which, Long.toString(process.pid())));
    if (result.status != 0) {
      throw new AssertionError("kill " + which + ": " + result.output);
    }
  }

  /** Kills it (SIGKILL; tgtd ignores SIGTERM) and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
