package io.pathproof.initiator.host;

import io.netty.channel.EventLoop;
import io.pathproof.initiator.multipath.DeviceState;
import io.pathproof.initiator.multipath.PathLoad;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.netty.NettySession;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.MediumCdb.UnmapList;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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

  /**
   * Reads blocks for a listener that has done with them when {@link HostIoListener#completed}
   * returns. What the target sends in one PDU, with the status, is not copied then: the data is a
   * part of the connection's receive buffer, and something else a moment later, so whoever would
   * keep it copies it. It is read-only. The fastest way to read where answers come so; where they
   * come in several PDUs a buffer of the caller's saves more. Arguments and errors as of {@link
   * #read(long, int, HostIoListener)}.
   */
  public void readLent(long lba, int blocks, HostIoListener listener) {
    onLoop().readLent(lba, blocks, listener, NettySession.nowNs());
  }

  /**
   * Reads blocks into a buffer of the caller's, which saves one for each read.
   *
   * @param into takes them from its position on; not to be used until the I/O ends, which leaves
   *     position and limit as they were. What it holds after one that failed is not defined
   * @throws IllegalArgumentException for blocks that the device does not have, or too little room
   */
  public void read(long lba, int blocks, ByteBuffer into, HostIoListener listener) {
    onLoop().read(lba, blocks, into, listener, NettySession.nowNs());
  }

  /** Writes blocks by WRITE (10) or (16); as {@link #read}. */
  public void write(long lba, int blocks, WriteContent content, HostIoListener listener) {
    onLoop().write(lba, blocks, content, listener, NettySession.nowNs());
  }

  /** Flushes the logical unit's write cache (SYNCHRONIZE CACHE). */
  public void flush(HostIoListener listener) {
    onLoop().flush(listener, NettySession.nowNs());
  }

  /**
   * Writes if what is there is as expected, as one step (COMPARE AND WRITE). Never repeated once it
   * may have been done: a lost answer makes it INDETERMINATE, and a read tells. What differs is
   * told by {@link HostIoRefusal.Miscompare}.
   *
   * @param compare whole blocks, from position to limit; copied
   * @param write as many
   * @throws IllegalArgumentException for more blocks than the unit takes (VPD page B0h), or blocks
   *     that it does not have
   */
  public void compareAndWrite(
      long lba, ByteBuffer compare, ByteBuffer write, HostIoListener listener) {
    onLoop().medium().compareAndWrite(lba, compare, write, listener, NettySession.nowNs());
  }

  /**
   * Gives runs of blocks back to the array (UNMAP).
   *
   * @throws IllegalArgumentException for more runs or blocks than the unit takes (VPD page B0h)
   */
  public void unmap(List<UnmapList.Run> runs, HostIoListener listener) {
    onLoop().medium().unmap(runs, listener, NettySession.nowNs());
  }

  /**
   * Writes one block's content to many (WRITE SAME).
   *
   * @param block one block, from position to limit; not to be changed until the I/O ends
   * @param unmap whether the array may give the blocks back instead, if they read the same then
   * @throws IllegalArgumentException for more blocks than the unit takes (VPD page B0h)
   */
  public void writeSame(
      long lba, long blocks, ByteBuffer block, boolean unmap, HostIoListener listener) {
    onLoop().medium().writeSame(lba, blocks, block, unmap, listener, NettySession.nowNs());
  }

  /** Writes zeros without sending any (WRITE SAME (16) with NDOB); as {@link #writeSame}. */
  public void writeZeros(long lba, long blocks, boolean unmap, HostIoListener listener) {
    onLoop().medium().writeZeros(lba, blocks, unmap, listener, NettySession.nowNs());
  }

  /** Writes past the unit's cache (FUA); as {@link #write}. */
  public void writeThrough(long lba, int blocks, WriteContent content, HostIoListener listener) {
    onLoop().medium().writeThrough(lba, blocks, content, listener, NettySession.nowNs());
  }

  /** Writes and has the unit compare what it wrote (WRITE AND VERIFY); as {@link #write}. */
  public void writeAndVerify(long lba, int blocks, WriteContent content, HostIoListener listener) {
    onLoop().medium().writeAndVerify(lba, blocks, content, listener, NettySession.nowNs());
  }

  /** Persistent reservations over all paths. */
  public HostReservations reservations() {
    return new HostReservations(() -> onLoop().reservations());
  }

  /**
   * Gives a target port group another access state (SET TARGET PORT GROUPS); told once the array
   * has told the new state. The engine itself activates a group in standby before I/O goes there.
   *
   * @param group its identifier
   * @param state {@code ACTIVE_OPTIMIZED} to make it the preferred one
   */
  public void setTargetPortGroup(
      int group, AccessState state, Consumer<HostCommandResult> listener) {
    onLoop().setPortGroup(group, state, listener, NettySession.nowNs());
  }

  private DeviceCore onLoop() {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException(name() + " was called outside its host's event loop");
    }
    return core;
  }
}
