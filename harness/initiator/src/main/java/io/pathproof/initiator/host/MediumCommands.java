package io.pathproof.initiator.host;

import io.pathproof.initiator.host.HostIoRefusal.NotSupported;
import io.pathproof.initiator.multipath.BlockRange;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.IoTraits;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.MediumCdb;
import io.pathproof.protocol.scsi.MediumCdb.UnmapList;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Commands on blocks beside READ and WRITE. What the unit's VPD pages forbid is refused before
 * anything is sent: a length by an {@link IllegalArgumentException}, a command that is not there by
 * {@link NotSupported}. No I/O; belongs to its device's thread.
 */
final class MediumCommands {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final DeviceCore device;

  MediumCommands(DeviceCore device) {
    this.device = device;
  }

  private CommandLimits limits() {
    return device.unit().commands();
  }

  private int blockSize() {
    return device.unit().blockSize();
  }

  /** COMPARE AND WRITE; not idempotent, so an attempt that may have been done is not repeated. */
  void compareAndWrite(
      long lba, ByteBuffer compare, ByteBuffer write, HostIoListener listener, long nowNs) {
    int bytes = compare.remaining();
    if (bytes == 0 || bytes % blockSize() != 0 || write.remaining() != bytes) {
      throw new IllegalArgumentException(
          String.format(
              "COMPARE AND WRITE takes whole blocks of %d bytes, as many to compare as to write,"
                  + " not %d and %d bytes",
              blockSize(), bytes, write.remaining()));
    }
    int blocks = bytes / blockSize();
    inside("COMPARE AND WRITE", lba, blocks);
    int most = limits().maxCompareAndWriteBlocks();
    if (most == 0) {
      lacks("COMPARE AND WRITE", "MAXIMUM COMPARE AND WRITE LENGTH of VPD page B0h is 0", listener);
      return;
    }
    atMost("COMPARE AND WRITE", blocks, most, "MAXIMUM COMPARE AND WRITE LENGTH");
    ByteBuffer both = ByteBuffer.allocate(2 * bytes).put(compare.duplicate());
    both.put(write.duplicate()).flip();
    Cdb cdb = new MediumCdb.CompareAndWrite(false, lba, blocks);
    device.submit(
        DeviceIo.command(
            cdb,
            new IoTraits(true, false, 2L * bytes, new BlockRange(lba, blocks)),
            both,
            false,
            listener),
        nowNs);
  }

  /** UNMAP of some runs of blocks. */
  void unmap(List<UnmapList.Run> runs, HostIoListener listener, long nowNs) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("UNMAP takes at least one run of blocks");
    }
    long total = 0;
    for (UnmapList.Run run : runs) {
      inside("UNMAP", run.logicalBlockAddress(), run.numberOfBlocks());
      total += run.numberOfBlocks();
    }
    if (!limits().takesUnmap()) {
      lacks("UNMAP", "VPD pages B0h and B2h give no UNMAP", listener);
      return;
    }
    if (runs.size() > limits().maxUnmapRuns()) {
      throw new IllegalArgumentException(
          String.format(
              "UNMAP of %d runs on %s, which takes %d (MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT)",
              runs.size(), device.name(), limits().maxUnmapRuns()));
    }
    atMost("UNMAP", total, limits().maxUnmapBlocks(), "MAXIMUM UNMAP LBA COUNT");
    ByteBuffer list = new UnmapList(runs).encode();
    Cdb cdb = new MediumCdb.Unmap(list.remaining());
    device.submit(
        DeviceIo.command(cdb, IoTraits.write(list.remaining(), span(runs)), list, false, listener),
        nowNs);
  }

  /** WRITE SAME of one block's content, by (10) where address, length and UNMAP bit allow it. */
  void writeSame(
      long lba, long blocks, ByteBuffer block, boolean unmap, HostIoListener listener, long nowNs) {
    if (block.remaining() != blockSize()) {
      throw new IllegalArgumentException(
          String.format(
              "WRITE SAME takes one block of %d bytes, not %d", blockSize(), block.remaining()));
    }
    same(lba, blocks, Optional.of(block.duplicate()), unmap, listener, nowNs);
  }

  /** WRITE SAME (16) without data (NDOB): zeros. */
  void writeZeros(long lba, long blocks, boolean unmap, HostIoListener listener, long nowNs) {
    same(lba, blocks, Optional.empty(), unmap, listener, nowNs);
  }

  private void same(
      long lba,
      long blocks,
      Optional<ByteBuffer> block,
      boolean unmap,
      HostIoListener listener,
      long nowNs) {
    inside("WRITE SAME", lba, blocks);
    atMost("WRITE SAME", blocks, limits().maxWriteSameBlocks(), "MAXIMUM WRITE SAME LENGTH");
    boolean fits = lba <= 0xffffffffL && blocks <= 0xffff;
    boolean ten = fits && block.isPresent() && (!unmap || limits().takesWriteSameUnmap(false));
    if (unmap && !ten && !limits().takesWriteSameUnmap(true)) {
      lacks("WRITE SAME with UNMAP", "VPD page B2h says so (LBPWS, LBPWS10)", listener);
      return;
    }
    Cdb.Form form = ten ? Cdb.Form.TEN : Cdb.Form.SIXTEEN;
    Cdb cdb = new MediumCdb.WriteSame(form, unmap, block.isEmpty(), lba, blocks);
    ByteBuffer data = block.orElse(NO_DATA);
    boolean optional = unmap || block.isEmpty();
    device.submit(
        DeviceIo.command(
            cdb,
            IoTraits.write(data.remaining(), new BlockRange(lba, blocks)),
            data,
            optional,
            listener),
        nowNs);
  }

  /** WRITE with FUA: acknowledged when it is on the medium, whatever the cache. */
  void writeThrough(
      long lba, int blocks, WriteContent content, HostIoListener listener, long nowNs) {
    Cdb.Write plain = Cdb.Write.of(lba, blocks);
    Cdb cdb = new Cdb.Write(plain.form(), 0, false, true, lba, 0, blocks);
    int length = device.length(lba, blocks);
    IoTraits traits = IoTraits.write(length, new BlockRange(lba, blocks));
    device.submit(DeviceIo.write(cdb, traits, length, content, true, listener), nowNs);
  }

  /** WRITE AND VERIFY with a byte by byte comparison (BYTCHK 1). */
  void writeAndVerify(
      long lba, int blocks, WriteContent content, HostIoListener listener, long nowNs) {
    int length = device.length(lba, blocks);
    Cdb cdb = MediumCdb.WriteAndVerify.of(1, lba, blocks);
    IoTraits traits = IoTraits.write(length, new BlockRange(lba, blocks));
    device.submit(DeviceIo.write(cdb, traits, length, content, true, listener), nowNs);
  }

  /** From the first block of all runs to the last. */
  private static BlockRange span(List<UnmapList.Run> runs) {
    long first = Long.MAX_VALUE;
    long end = 0;
    for (UnmapList.Run run : runs) {
      first = Math.min(first, run.logicalBlockAddress());
      end = Math.max(end, run.logicalBlockAddress() + run.numberOfBlocks());
    }
    return new BlockRange(first, end - first);
  }

  private void inside(String command, long lba, long blocks) {
    long there = device.unit().blockCount();
    if (lba < 0 || blocks < 1 || blocks > there || lba > there - blocks) {
      throw new IllegalArgumentException(
          String.format(
              "%s of %d blocks from %d on %s, which has %d",
              command, blocks, lba, device.name(), there));
    }
  }

  private void atMost(String command, long blocks, long most, String field) {
    if (blocks > most) {
      throw new IllegalArgumentException(
          String.format(
              "%s of %d blocks on %s, which takes %d at once (%s of VPD page B0h)",
              command, blocks, device.name(), most, field));
    }
  }

  private void lacks(String command, String why, HostIoListener listener) {
    String text = device.name() + " has no " + command + ": " + why;
    listener.completed(
        new HostIoResult(IoOutcome.FAILED, "", text, NO_DATA, Optional.of(new NotSupported(text))));
  }
}
