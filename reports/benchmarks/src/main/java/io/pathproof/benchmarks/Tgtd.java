package io.pathproof.benchmarks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Linux SCSI target daemon as a process: LUN 1 stores nothing, LUN 2 is a file in memory, each
 * of 64 MiB in blocks of 512 bytes.
 */
final class Tgtd implements AutoCloseable {
  static final String TARGET = "iqn.2026-11.io.pathproof:bench-tgt";
  static final int NULL_LUN = 1;
  static final int MEMORY_LUN = 2;

  private static final long VOLUME_BYTES = 64L << 20;

  private final ServerProcess process;
  private final int port;
  private final Path store;

  private Tgtd(ServerProcess process, int port, Path store) {
    this.process = process;
    this.port = port;
    this.store = store;
  }

  /** Starts it on a port of 127.0.0.1. */
  static Tgtd start(Programs programs, int port) throws IOException, InterruptedException {
    Path work = programs.work();
    Map<String, String> environment = Map.of("TGT_IPC_SOCKET", work.resolve("tgt").toString());
    String control = Integer.toString(9000 + port % 1000);
    Path store = Path.of("/dev/shm", work.getFileName() + ".img");
    Tgtd tgtd =
        programs.keep(
            new Tgtd(
                ServerProcess.start(
                    List.of("tgtd", "-f", "-C", control, "--iscsi", "portal=127.0.0.1:" + port),
                    environment,
                    work.resolve("tgtd.log"),
                    port),
                port,
                store));
    try (RandomAccessFile file = new RandomAccessFile(store.toFile(), "rw")) {
      file.setLength(VOLUME_BYTES);
    }
    String lun = "--lld iscsi --mode logicalunit --op new --tid 1 --lun ";
    for (String admin :
        List.of(
            "--lld iscsi --mode target --op new --tid 1 -T " + TARGET,
            lun + NULL_LUN + " --bstype null --backing-store 64m",
            lun + MEMORY_LUN + " --backing-store " + store,
            "--lld iscsi --mode target --op bind --tid 1 -I ALL")) {
      List<String> command = new ArrayList<>(List.of("tgtadm", "-C", control));
      command.addAll(List.of(admin.split(" ")));
      Programs.run(command, environment);
    }
    return tgtd;
  }

  ServerProcess process() {
    return process;
  }

  int port() {
    return port;
  }

  /** Of a logical unit, as libiscsi's programs want it. */
  String url(int lun) {
    return "iscsi://127.0.0.1:" + port + "/" + TARGET + "/" + lun;
  }

  @Override
  public void close() throws IOException {
    process.close();
    Files.deleteIfExists(store);
  }
}
