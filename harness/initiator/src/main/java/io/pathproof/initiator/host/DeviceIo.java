package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.BlockRange;
import io.pathproof.initiator.multipath.IoTraits;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskListener;
import io.pathproof.protocol.scsi.Cdb;
import java.nio.ByteBuffer;

/** An I/O of a device that has not ended. */
final class DeviceIo {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  final IoTraits traits;
  final HostIoListener listener;

  /** Bytes that a GOOD answer has to have moved. */
  final int length;

  /** What the last attempt read. */
  ByteBuffer data = NO_DATA;

  private final Cdb cdb;

  /** Of a write; null otherwise. */
  private final WriteContent content;

  private DeviceIo(
      Cdb cdb, IoTraits traits, int length, WriteContent content, HostIoListener listener) {
    this.cdb = cdb;
    this.traits = traits;
    this.length = length;
    this.content = content;
    this.listener = listener;
  }

  static DeviceIo read(long lba, int blocks, int length, HostIoListener listener) {
    return new DeviceIo(Cdb.Read.of(lba, blocks), IoTraits.read(length), length, null, listener);
  }

  static DeviceIo write(
      long lba, int blocks, int length, WriteContent content, HostIoListener listener) {
    IoTraits traits = IoTraits.write(length, new BlockRange(lba, blocks));
    return new DeviceIo(Cdb.Write.of(lba, blocks), traits, length, content, listener);
  }

  static DeviceIo flush(HostIoListener listener) {
    Cdb whole = new Cdb.SynchronizeCache(Cdb.Form.TEN, false, 0, 0, 0);
    // it changes nothing that a read could see, so a lost one is failed, not indeterminate
    return new DeviceIo(whole, IoTraits.read(0), 0, null, listener);
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
    return length == 0
        ? ScsiTask.nonData(lun, cdb.encode(), outcome)
        : ScsiTask.read(lun, cdb.encode(), length, outcome);
  }

  void forgetData() {
    data = NO_DATA;
  }
}
