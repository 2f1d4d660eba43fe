package io.pathproof.initiator.host;

import io.netty.channel.EventLoop;
import io.pathproof.initiator.multipath.DeviceState;
import io.pathproof.initiator.multipath.PathLoad;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.netty.NettySession;
import java.util.List;
import java.util.Map;

/**
 * A disk of a {@link NettyHost}. To be called on the host's event loop, which also runs every
 * callback; a call from elsewhere is refused with an {@link IllegalStateException}.
 */
public final class HostDevice {
  private final DeviceCore core;
  private final EventLoop loop;

  HostDevice(DeviceCore core, EventLoop loop) {
    this.core = core;
    this.loop = loop;
  }

  /** The host's name for it, such as {@code sda} or {@code mpatha}. */
  public String name() {
    return core.name();
  }

  /** What it is: identity, block size, block count. */
  public LogicalUnit unit() {
    return core.unit();
  }

  /** The name by which its paths were grouped (VPD page 83h). */
  public String identity() {
    return core.unit().identity();
  }

  /** Bytes a block. */
  public int blockSize() {
    return core.unit().blockSize();
  }

  /** Blocks on the device. */
  public long blockCount() {
    return core.unit().blockCount();
  }

  /** Its paths in order of preference. */
  public List<HostPath> paths() {
    return onLoop().paths();
  }

  /** Whether it has a path, and what is known if not. */
  public DeviceState state() {
    return onLoop().state();
  }

  /** Whether a path may carry I/O now. */
  public PathState pathState(String pathId) {
    return onLoop().pathState(pathId);
  }

  /**
   * What each path has carried since it joined, by the path's id, in order of preference.
   * Verification by single paths, beside the device, is not counted.
   */
  public Map<String, PathLoad> loads() {
    return onLoop().loads();
  }

  /**
   * Reads blocks by READ (10), or (16) where the address needs it.
   *
   * @param lba first block
   * @param blocks how many, from 1
   * @throws IllegalArgumentException for blocks that the device does not have
   */
  public void read(long lba, int blocks, HostIoListener listener) {
    onLoop().read(lba, blocks, listener, NettySession.nowNs());
  }

  /** Writes blocks by WRITE (10) or (16); as {@link #read}. */
  public void write(long lba, int blocks, WriteContent content, HostIoListener listener) {
    onLoop().write(lba, blocks, content, listener, NettySession.nowNs());
  }

  /** Flushes the logical unit's write cache (SYNCHRONIZE CACHE). */
  public void flush(HostIoListener listener) {
    onLoop().flush(listener, NettySession.nowNs());
  }

  private DeviceCore onLoop() {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException(name() + " was called outside its host's event loop");
    }
    return core;
  }
}
