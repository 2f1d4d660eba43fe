package io.pathproof.targets.array.server;

import io.pathproof.targets.array.scsi.BlockStore;
import io.pathproof.targets.array.scsi.MemoryStore;
import io.pathproof.targets.array.scsi.NullStore;
import io.pathproof.targets.array.scsi.RegistrationStore;
import io.pathproof.targets.array.scsi.Volume;
import io.pathproof.targets.array.system.ArrayConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What holds an array's blocks and reservations. */
final class Stores implements AutoCloseable {
  private final ArrayConfig config;
  private final List<FileStore> files = new ArrayList<>();
  private Optional<StoreLock> lock = Optional.empty();

  Stores(ArrayConfig config) {
    this.config = config;
  }

  /**
   * Opens every volume.
   *
   * @throws ArrayException when one cannot be had, or another array has the folder
   */
  List<Volume> volumes() {
    try {
      lock = config.storeDirectory().map(directory -> new StoreLock(Path.of(directory)));
      return opened();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private List<Volume> opened() {
    List<Volume> volumes = new ArrayList<>();
    boolean asymmetric = config.alua().mode() != ArrayConfig.Mode.NONE;
    String first = config.nodes().get(0).name();
    for (ArrayConfig.Volume each : config.volumes()) {
      volumes.add(
          new Volume(
              each.name(),
              each.lun(),
              each.sizeBytes(),
              each.blockSize(),
              asymmetric ? each.owner().orElse(first) : each.owner().orElse(""),
              store(each)));
    }
    return volumes;
  }

  private BlockStore store(ArrayConfig.Volume volume) {
    return switch (volume.store()) {
      case MEMORY -> new MemoryStore(volume.sizeBytes());
      case NULL -> new NullStore();
      case FILE -> {
        Path path = Path.of(config.storeDirectory().orElseThrow(), volume.name() + ".volume");
        FileStore file = new FileStore(path, volume.sizeBytes());
        files.add(file);
        yield file;
      }
    };
  }

  /** Where reservations outlive the array: in the store's directory, or nowhere. */
  RegistrationStore registrations() {
    return config
        .storeDirectory()
        .<RegistrationStore>map(directory -> new FileRegistrations(Path.of(directory)))
        .orElseGet(RegistrationStore::inMemory);
  }

  @Override
  public void close() {
    files.forEach(FileStore::close);
    lock.ifPresent(StoreLock::close);
  }
}
