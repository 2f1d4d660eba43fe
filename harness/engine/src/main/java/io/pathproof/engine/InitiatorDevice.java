package io.pathproof.engine;

import io.pathproof.initiator.host.HostDevice;
import io.pathproof.initiator.host.HostIoListener;
import io.pathproof.initiator.host.HostIoResult;
import io.pathproof.initiator.host.HostLink;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.observed.PathInfo;
import io.pathproof.lab.observed.PathShare;
import io.pathproof.lab.topology.LinkId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A disk of our initiator as the lab sees it. */
final class InitiatorDevice implements BlockDevice {
  private final HostDevice device;
  private final String volume;
  private final List<PathInfo> paths;

  /** Made on the host's loop. */
  InitiatorDevice(HostDevice device, String volume, Function<HostLink, LinkId> links) {
    this.device = device;
    this.volume = volume;
    this.paths =
        device.paths().stream()
            .map(
                path -> new PathInfo(path.id(), links.apply(path.link()), path.portal().toString()))
            .toList();
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String volume() {
    return volume;
  }

  @Override
  public String identity() {
    return device.identity();
  }

  @Override
  public int blockSize() {
    return device.blockSize();
  }

  @Override
  public long blockCount() {
    return device.blockCount();
  }

  @Override
  public List<PathInfo> paths() {
    return paths;
  }

  @Override
  public Map<String, PathShare> loads() {
    Map<String, PathShare> shares = new LinkedHashMap<>();
    device
        .loads()
        .forEach(
            (path, load) ->
                shares.put(
                    path,
                    new PathShare(
                        load.reads(),
                        load.writes(),
                        load.others(),
                        load.bytes(),
                        load.errors(),
                        load.meanLatencyNs())));
    return shares;
  }

  @Override
  public void read(long lba, int blocks, IoListener listener) {
    device.read(lba, blocks, new Told(listener));
  }

  @Override
  public void write(long lba, int blocks, WriteContent content, IoListener listener) {
    device.write(lba, blocks, content::bytes, new Told(listener));
  }

  @Override
  public void flush(IoListener listener) {
    device.flush(new Told(listener));
  }

  /** Passes on what becomes of an I/O. */
  private record Told(IoListener listener) implements HostIoListener {
    @Override
    public void sent(String path, int attempt) {
      listener.sent(path, attempt);
    }

    @Override
    public void attemptEnded(String path, int attempt, HostIoResult result, boolean retried) {
      listener.attemptEnded(path, attempt, of(result), retried);
    }

    @Override
    public void retriedUnfenced(String path, int attempt, long heldNs) {
      listener.retriedUnfenced(path, attempt, heldNs);
    }

    @Override
    public void sentFenced(String path, int attempt, Fence fence, long heldNs) {
      listener.writeFenced(path, attempt, fence.means().word(), fence.over(), heldNs);
    }

    @Override
    public void completed(HostIoResult result) {
      listener.completed(of(result));
    }

    private static IoResult of(HostIoResult result) {
      return new IoResult(
          IoResult.Status.valueOf(result.outcome().name()),
          result.path(),
          result.detail(),
          result.data());
    }
  }
}
