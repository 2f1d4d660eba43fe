package io.pathproof.targets.array.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pathproof.targets.array.scsi.BlockStore;
import io.pathproof.targets.array.scsi.KeptReservations;
import io.pathproof.targets.array.scsi.MemoryStore;
import io.pathproof.targets.array.system.ArrayConfig;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {
  private static final int SIZE = 1 << 20;

  @TempDir private Path folder;

  @Test
  void itHoldsWhatAStoreInMemoryHolds() {
    SplittableRandom random = new SplittableRandom(5);
    MemoryStore memory = new MemoryStore(SIZE);
    try (FileStore file = new FileStore(folder.resolve("v"), SIZE)) {
      for (int i = 0; i < 500; i++) {
        int offset = random.nextInt(SIZE / 512) * 512;
        int length = 512 * (1 + random.nextInt(Math.min(200_000, SIZE - offset) / 512));
        if (random.nextInt(3) == 0) {
          memory.deallocate(offset, length);
          file.deallocate(offset, length);
        } else {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          memory.write(offset, ByteBuffer.wrap(bytes));
          file.write(offset, ByteBuffer.wrap(bytes));
        }
        checkExtent(file, offset, length);
      }
      assertThat(all(file)).isEqualTo(all(memory));
      file.flush();
    }
    try (FileStore again = new FileStore(folder.resolve("v"), SIZE)) {
      assertThat(all(again)).isEqualTo(all(memory));
    }
  }

  /** A run is within what was asked for, and what is not mapped reads as zeros. */
  private static void checkExtent(FileStore file, int offset, int length) {
    long run = file.extent(offset, length);
    assertThat(Math.abs(run)).isBetween(1L, (long) length);
    if (run < 0) {
      ByteBuffer read = ByteBuffer.allocate((int) -run);
      file.read(offset, read);
      assertThat(read.array()).containsOnly(0);
    }
  }

  @Test
  void whatIsWrittenIsMappedUntilItIsDeallocated() {
    try (FileStore file = new FileStore(folder.resolve("v"), SIZE)) {
      file.write(8192, ByteBuffer.allocate(4096));
      assertThat(file.extent(0, SIZE)).isEqualTo(-8192);
      assertThat(file.extent(8192, SIZE - 8192)).isEqualTo(4096);
      file.deallocate(8192, 2048);
      assertThat(file.extent(8192, SIZE - 8192)).as("half a piece").isEqualTo(4096);
      file.deallocate(4096, 8192);
      assertThat(file.extent(0, SIZE)).isEqualTo(-SIZE);
    }
  }

  @Test
  void chunksThatWereNeverWrittenAreNotMappedAfterARestartEither() {
    try (FileStore file = new FileStore(folder.resolve("v"), SIZE)) {
      file.write(200_000, ByteBuffer.wrap(new byte[] {1}));
    }
    try (FileStore again = new FileStore(folder.resolve("v"), SIZE)) {
      assertThat(again.extent(0, SIZE)).isEqualTo(-(3 << 16));
      assertThat(again.extent(3 << 16, SIZE - (3 << 16))).isEqualTo(1 << 16);
    }
  }

  @Test
  void aFileOfAnotherSizeIsRefused() {
    new FileStore(folder.resolve("v"), SIZE).close();
    assertThatThrownBy(() -> new FileStore(folder.resolve("v"), SIZE * 2))
        .isInstanceOf(ArrayException.class)
        .hasMessageContaining("holds a volume of 1048576 bytes, not 2097152");
  }

  @Test
  void aFolderHasOneArrayAtATime() throws Exception {
    Path folderOfStore = folder.resolve("not/there/yet");
    StoreLock first = new StoreLock(folderOfStore);
    assertThatThrownBy(() -> new StoreLock(folderOfStore))
        .isInstanceOf(ArrayException.class)
        .hasMessageContaining("belongs to another array that runs; end that, or name another");
    first.close();
    Path link = Files.createSymbolicLink(folder.resolve("link"), folderOfStore);
    new StoreLock(link).close();
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> new StoreLock(file)).hasMessageContaining("it is no folder; name one");
    assertThatThrownBy(() -> new StoreLock(Path.of("/proc/nothing")))
        .hasMessageContaining("it does not exist and cannot be made; name one");
  }

  @Test
  void anArrayThatCannotStartLeavesItsFolderFree() throws Exception {
    Files.write(folder.resolve("vol0.volume"), new byte[512]);
    ArrayConfig config =
        ArrayConfigJson.read(
            ArrayConfigJson.write(Configs.virtualPort())
                .replaceFirst("\\{", "{\"storeDirectory\": \"" + folder + "\", ")
                .replaceAll("\"store\" *: *\"memory\"", "\"store\": \"file\""));
    assertThatThrownBy(() -> SimulatedArray.start(config, new LoopbackNetwork()))
        .hasMessageContaining("not 1048576; remove it");
    Files.delete(folder.resolve("vol0.volume"));
    SimulatedArray array = SimulatedArray.start(config, new LoopbackNetwork());
    assertThatThrownBy(() -> SimulatedArray.start(config, new LoopbackNetwork()))
        .hasMessageContaining("belongs to another array");
    array.close();
    SimulatedArray.start(config, new LoopbackNetwork()).close();
  }

  @Test
  void reservationsAreKeptUntilThereAreNone() {
    FileRegistrations file = new FileRegistrations(folder.resolve("inside"));
    KeptReservations kept =
        new KeptReservations(
            List.of(new KeptReservations.Registration("iqn.h", 0x800000000001L, 2, -5L)), 5, 0);
    assertThat(file.load("vol0")).isEmpty();
    file.save("vol0", Optional.of(kept));
    assertThat(new FileRegistrations(folder.resolve("inside")).load("vol0")).contains(kept);
    file.save("vol0", Optional.empty());
    assertThat(file.load("vol0")).isEmpty();
  }

  private static ByteBuffer all(BlockStore store) {
    ByteBuffer all = ByteBuffer.allocate(SIZE);
    store.read(0, all);
    return all.flip();
  }
}
