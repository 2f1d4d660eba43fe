package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.BlockRange;
import io.pathproof.initiator.multipath.IoTraits;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskListener;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.scsi.Cdb;
import java.nio.ByteBuffer;
import java.util.Optional;

/** An I/O of a device that has not ended. */
final class DeviceIo {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  final IoTraits traits;
  final HostIoListener listener;

  /** Bytes that a GOOD answer has to have moved. */
  final int length;

  /** What the last attempt read. */
  ByteBuffer data = NO_DATA;

  /** What the logical unit had against the last attempt. */
  Optional<HostIoRefusal> refusal = Optional.empty();

  /** Null before the first attempt. */
  private LuPath lastPath;

  private final Cdb cdb;

  /** Of a write; null otherwise. */
  private final WriteContent content;

  /** Takes what is read; empty where each answer is to have a buffer of its own. */
  private final ByteBuffer into;

  /** Room for an answer that may be shorter; 0 where {@link #length} is all. */
  private final int room;

  /** Whether what is read need not outlive the listener's call. */
  private final boolean lent;

  /** Whether it asks for something that a unit may lack: INVALID FIELD IN CDB then means that. */
  private final boolean optional;

  private DeviceIo(
      Cdb cdb,
      IoTraits traits,
      int length,
      WriteContent content,
      ByteBuffer into,
      int room,
      boolean lent,
      boolean optional,
      HostIoListener listener) {
    this.cdb = cdb;
    this.traits = traits;
    this.length = length;
    this.content = content;
    this.into = into;
    this.room = room;
    this.lent = lent;
    this.optional = optional;
    this.listener = listener;
  }

  static DeviceIo read(long lba, int blocks, int length, HostIoListener listener) {
    return read(lba, blocks, length, NO_DATA, false, listener);
  }

  /** A read whose data need not outlive the listener's call. */
  static DeviceIo readLent(long lba, int blocks, int length, HostIoListener listener) {
    return read(lba, blocks, length, NO_DATA, true, listener);
  }

  /**
   * A read into a buffer of the caller's.
   *
   * @param into so many bytes from position to limit
   */
  static DeviceIo read(long lba, int blocks, int length, ByteBuffer into, HostIoListener listener) {
    return read(lba, blocks, length, into, false, listener);
  }

  private static DeviceIo read(
      long lba, int blocks, int length, ByteBuffer into, boolean lent, HostIoListener listener) {
    Cdb cdb = Cdb.Read.of(lba, blocks);
    return new DeviceIo(cdb, IoTraits.read(length), length, null, into, 0, lent, false, listener);
  }

  static DeviceIo write(
      long lba, int blocks, int length, WriteContent content, HostIoListener listener) {
    IoTraits traits = IoTraits.write(length, new BlockRange(lba, blocks));
    return write(Cdb.Write.of(lba, blocks), traits, length, content, false, listener);
  }

  /**
   * A command that writes blocks.
   *
   * @param optional whether the unit may lack it, or the option in it
   */
  static DeviceIo write(
      Cdb cdb,
      IoTraits traits,
      int length,
      WriteContent content,
      boolean optional,
      HostIoListener listener) {
    return new DeviceIo(cdb, traits, length, content, NO_DATA, 0, false, optional, listener);
  }

  static DeviceIo flush(HostIoListener listener) {
    Cdb whole = new Cdb.SynchronizeCache(Cdb.Form.TEN, false, 0, 0, 0);
    // it changes nothing that a read could see, so a lost one is failed, not indeterminate
    return new DeviceIo(whole, IoTraits.read(0), 0, null, NO_DATA, 0, false, false, listener);
  }

  /**
   * Any command with data for the unit, or none.
   *
   * @param data from position to limit; not to be changed until the I/O ends
   */
  static DeviceIo command(
      Cdb cdb, IoTraits traits, ByteBuffer data, boolean optional, HostIoListener listener) {
    WriteContent content = data.hasRemaining() ? (path, attempt) -> data.duplicate() : null;
    return new DeviceIo(
        cdb, traits, data.remaining(), content, NO_DATA, 0, false, optional, listener);
  }

  /** A question whose answer may be shorter than its allocation length. */
  static DeviceIo query(Cdb cdb, int allocationLength, HostIoListener listener) {
    return new DeviceIo(
        cdb, IoTraits.read(0), 0, null, NO_DATA, allocationLength, false, true, listener);
  }

  ScsiTask task(HostPath path, int attempt, TaskListener outcome) {
    long lun = path.lun().raw();
    if (content != null) {
      ByteBuffer bytes = content.bytes(path.id(), attempt);
      if (bytes.remaining() != length) {
        throw new IllegalStateException(
            "content of " + bytes.remaining() + " bytes for a write of " + length);
      }
      return ScsiTask.write(lun, cdb.encode(), bytes, outcome);
    }
    if (into.hasRemaining()) {
      return ScsiTask.read(lun, cdb.encode(), into, outcome);
    }
    int transfer = Math.max(length, room);
    if (transfer == 0) {
      return ScsiTask.nonData(lun, cdb.encode(), outcome);
    }
    ScsiTask read = ScsiTask.read(lun, cdb.encode(), transfer, outcome);
    return lent ? read.lent() : read;
  }

  /** Takes note of what the unit had against an attempt. */
  void noteRefusal(TaskOutcome outcome) {
    refusal = TaskResults.refusal(outcome, optional);
  }

  /** An attempt begins. */
  void goesDown(LuPath path) {
    lastPath = path;
    data = NO_DATA;
  }

  /** That of its last attempt, of which there has been one. */
  LuPath lastPath() {
    return lastPath;
  }
}
