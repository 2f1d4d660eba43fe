package io.pathproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The Linux SCSI target framework's daemon on loopback, as a process of this test. */
final class TgtdOnLoopback implements AutoCloseable {
  static final String TARGET = "iqn.2026-11.io.pathproof:doctored-tgt";
  private static final Path TGTD = Path.of("/usr/sbin/tgtd");
  private static final long START_NS = TimeUnit.SECONDS.toNanos(20);

  private final Path directory;
  private final int port;
  private final Process process;

  TgtdOnLoopback(Path directory, int port) throws IOException, InterruptedException {
    assertThat(TGTD).as("ci/packages installs the Debian package tgt").isExecutable();
    this.directory = directory;
    this.port = port;
    Path disk = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(16 << 20);
    }
    process =
        command(TGTD.toString(), "-f", "-C", "1", "--iscsi", "portal=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("tgtd.log").toFile())
            .start();
    long end = System.nanoTime() + START_NS;
    while (tgtadm("--mode", "sys", "--op", "show") != 0) {
      assertThat(System.nanoTime()).as(log()).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    admin("--mode", "target", "--op", "new", "--tid", "1", "-T", TARGET);
    admin(
        "--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun", "1", "-b", disk.toString());
    admin("--mode", "target", "--op", "bind", "--tid", "1", "-I", "ALL");
  }

  String portal() {
    return "127.0.0.1:" + port;
  }

  /** From now on the target wants CHAP. */
  void account(String user, String secret) throws IOException, InterruptedException {
    admin("--mode", "account", "--op", "new", "--user", user, "--password", secret);
    admin("--mode", "account", "--op", "bind", "--tid", "1", "--user", user);
  }

  private void admin(String... arguments) throws IOException, InterruptedException {
    assertThat(tgtadm(arguments)).as(List.of(arguments) + log()).isZero();
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("tgtd.log"));
  }

  private int tgtadm(String... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("/usr/sbin/tgtadm", "-C", "1", "--lld", "iscsi"));
    line.addAll(List.of(arguments));
    Process child =
        command(line.toArray(String[]::new))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(child.waitFor(20, TimeUnit.SECONDS)).as("tgtadm ends").isTrue();
    return child.exitValue();
  }

  private ProcessBuilder command(String... line) {
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("TGT_IPC_SOCKET", directory.resolve("control").toString());
    return builder;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
