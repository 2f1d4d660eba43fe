package io.pathproof.initiator.netty;

import static org.awaitility.Awaitility.await;

import io.pathproof.initiator.FreePort;
import io.pathproof.initiator.session.Portal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The Linux SCSI target framework's daemon on loopback, as a process of this test. */
final class TgtdProcess implements AutoCloseable {
  static final String TARGET = "iqn.2026-11.io.pathproof:live";
  static final int DISK_BYTES = 32 << 20;

  /** The control socket has a directory of its own, so its number need not be unique. */
  private static final String CONTROL = "1";

  private static final Path TGTD = Path.of("/usr/sbin/tgtd");

  private final Path directory;
  private final int port;
  private Process process;

  TgtdProcess(Path directory) throws IOException {
    if (!Files.isExecutable(TGTD)) {
      throw new AssertionError(
          TGTD + " is missing: run ci/packages, which installs the Debian package tgt");
    }
    this.directory = directory;
    this.port = FreePort.at("127.0.0.1");
    Path disk = directory.resolve("disk");
    try (var file = new java.io.RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
    }
    try {
      start();
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw new AssertionError("tgtd: " + Files.readString(directory.resolve("tgtd.log")), e);
    }
  }

  Portal portal() {
    return new Portal("127.0.0.1", port);
  }

  /** Starts the daemon and gives it its target; the LUN is there when this returns. */
  void start() throws IOException {
    process =
        command(TGTD.toString(), "-f", "-C", CONTROL, "--iscsi", "portal=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("tgtd.log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> tgtadm("--mode", "sys", "--op", "show") == 0);
    admin("--mode", "target", "--op", "new", "--tid", "1", "-T", TARGET);
    String disk = directory.resolve("disk").toString();
    admin("--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun", "1", "-b", disk);
    admin("--mode", "target", "--op", "bind", "--tid", "1", "-I", "ALL");
  }

  /** tgtd chooses None unless it is told otherwise. */
  void allowDigests() {
    for (String key : List.of("HeaderDigest", "DataDigest")) {
      admin("--mode", "target", "--op", "update", "--tid", "1", "-n", key, "-v", "CRC32C");
    }
  }

  /** Asks for CHAP: {@code incoming} of the initiator, {@code outgoing} proves the target. */
  void account(String name, String secret, boolean outgoing) {
    admin("--mode", "account", "--op", "new", "--user", name, "--password", secret);
    List<String> bind = new ArrayList<>(List.of("--mode", "account", "--op", "bind", "--tid", "1"));
    bind.addAll(List.of("--user", name));
    if (outgoing) {
      bind.add("--outgoing");
    }
    admin(bind.toArray(String[]::new));
  }

  private void admin(String... arguments) {
    int status = tgtadm(arguments);
    if (status != 0) {
      throw new AssertionError("tgtadm " + List.of(arguments) + " ended with " + status);
    }
  }

  private int tgtadm(String... arguments) {
    List<String> line = new ArrayList<>(List.of("/usr/sbin/tgtadm", "-C", CONTROL));
    line.addAll(List.of("--lld", "iscsi"));
    line.addAll(List.of(arguments));
    return run(line.toArray(String[]::new));
  }

  private int run(String... line) {
    try {
      Process child = command(line).redirectErrorStream(true).start();
      try (InputStream output = child.getInputStream()) {
        new String(output.readAllBytes(), StandardCharsets.UTF_8);
      }
      if (!child.waitFor(20, TimeUnit.SECONDS)) {
        child.destroyForcibly();
        throw new AssertionError(List.of(line) + " hangs");
      }
      return child.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private ProcessBuilder command(String... line) {
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("TGT_IPC_SOCKET", directory.resolve("control").toString());
    return builder;
  }

  /** Stops the process in its tracks: connections stay, nothing answers. */
  void freeze() {
    signal("-STOP");
  }

  void thaw() {
    signal("-CONT");
  }

  private void signal(String name) {
    if (run("/bin/kill", name, Long.toString(process.pid())) != 0) {
      throw new AssertionError("kill " + name);
    }
  }

  /** Kills the process; tgtd ignores a polite request. */
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
