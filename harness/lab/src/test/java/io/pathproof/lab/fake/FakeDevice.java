package io.pathproof.lab.fake;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.topology.VolumeSpec;
import java.nio.ByteBuffer;
import java.util.List;

/** A disk over one path or several; blocks of 512 bytes. */
final class FakeDevice implements BlockDevice {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final FakeHost host;
  private final FakeDriver lab;
  private final String name;
  private final VolumeSpec volume;
  private final List<FakeHost.FakePath> paths;
  private int current;
  private int sentOnCurrent;

  FakeDevice(
      FakeHost host,
      FakeDriver lab,
      String name,
      VolumeSpec volume,
      List<FakeHost.FakePath> paths) {
    this.host = host;
    this.lab = lab;
    this.name = name;
    this.volume = volume;
    this.paths = paths;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String volume() {
    return volume.name();
  }

  @Override
  public String identity() {
    return "naa." + volume.name();
  }

  @Override
  public int blockSize() {
    return 512;
  }

  @Override
  public long blockCount() {
    return volume.sizeBytes() / 512;
  }

  @Override
  public List<PathInfo> paths() {
    return paths.stream().map(path -> path.info).toList();
  }

  @Override
  public void read(long lba, int blocks, IoListener listener) {
    attempt(new Command(lba * 512, blocks * 512, null, listener), 1);
  }

  @Override
  public void write(long lba, int blocks, WriteContent content, IoListener listener) {
    attempt(new Command(lba * 512, blocks * 512, content, listener), 1);
  }

  @Override
  public void flush(IoListener listener) {
    listener.completed(new IoResult(IoResult.Status.OK, paths.get(0).info.id(), "", NOTHING));
  }

  private record Command(long offset, int length, WriteContent content, IoListener listener) {
    boolean write() {
      return content != null;
    }
  }

  private void attempt(Command command, int attempt) {
    FakeHost.FakePath path = choose();
    if (path == null) {
      String detail = "no path left";
      command.listener().completed(new IoResult(IoResult.Status.FAILED, "", detail, NOTHING));
      return;
    }
    String id = path.info.id();
    command.listener().sent(id, attempt);
    ByteBuffer bytes = command.write() ? command.content().bytes(id, attempt) : NOTHING;
    long doneNs = host.virtual().nowNs() + FakeDriver.MS + lab.delayNs(path.info.link());
    host.virtual()
        .at(
            doneNs,
            () -> {
              if (lab.cut(path.info.link())) {
                lost(command, attempt, path, bytes);
              } else {
                done(command, path, bytes);
              }
            });
  }

  private void done(Command command, FakeHost.FakePath path, ByteBuffer bytes) {
    ByteBuffer data = NOTHING;
    if (command.write()) {
      lab.store(volume.name()).write(command.offset(), bytes);
    } else {
      data = lab.store(volume.name()).read(command.offset(), command.length());
    }
    command.listener().completed(new IoResult(IoResult.Status.OK, path.info.id(), "", data));
  }

  private void lost(Command command, int attempt, FakeHost.FakePath path, ByteBuffer bytes) {
    if (lab.has(Defect.I_O_NEVER_ENDS)) {
      return;
    }
    if (command.write() && lab.has(Defect.GHOST_WRITES)) {
      lab.store(volume.name()).writeLate(command.offset(), bytes);
    }
    host.virtual()
        .at(
            host.virtual().nowNs() + 100 * FakeDriver.MS,
            () -> {
              IoResult.Status status =
                  command.write() ? IoResult.Status.INDETERMINATE : IoResult.Status.FAILED;
              String id = path.info.id();
              IoResult result = new IoResult(status, id, "connection: reset", NOTHING);
              boolean retry = host.spec().multipath().retry() && paths.size() > 1;
              path.up = path.up && !lab.cut(path.info.link());
              command.listener().attemptEnded(id, attempt, result, retry);
              if (retry) {
                host.virtual()
                    .at(
                        host.virtual().nowNs() + 10 * FakeDriver.MS,
                        () -> attempt(command, attempt + 1));
              } else {
                command.listener().completed(result);
              }
            });
  }

  /** Round robin over the paths that are up, as the host's policy says. */
  private FakeHost.FakePath choose() {
    if (paths.size() == 1) {
      return paths.get(0);
    }
    boolean turnOver = sentOnCurrent >= host.spec().multipath().ios();
    for (int i = 0; i < paths.size(); i++) {
      FakeHost.FakePath path = paths.get(current);
      if (path.up && !turnOver) {
        sentOnCurrent++;
        return path;
      }
      current = (current + 1) % paths.size();
      sentOnCurrent = 0;
      turnOver = false;
    }
    FakeHost.FakePath last = paths.get(current);
    return last.up ? last : null;
  }
}
