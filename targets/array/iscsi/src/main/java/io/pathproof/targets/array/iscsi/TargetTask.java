package io.pathproof.targets.array.iscsi;

import io.pathproof.targets.array.scsi.LogicalUnits;
import java.nio.ByteBuffer;

/** A SCSI command from its arrival to its status. */
final class TargetTask {
  final long lun;
  final int initiatorTaskTag;
  final ByteBuffer cdb;
  final boolean read;
  final boolean write;

  /** Expected data transfer length, unsigned 32 bits. */
  final long expectedLength;

  /** What the device takes. */
  final long deviceLength;

  /** What is moved from the initiator: the smaller of both. */
  final int transferLength;

  /** The data of a write as far as it has come; null for a command without. */
  ByteBuffer data;

  /** Where the next byte of the current sequence belongs. */
  int nextOffset;

  /** DataSN that the current sequence goes on with. */
  int nextDataSn;

  /** Where the current sequence has to end; beyond transferLength for data nobody needs. */
  int sequenceEnd;

  /** The tag of the R2T that is being answered; the reserved one for unsolicited data. */
  int transferTag;

  boolean awaitsData;
  int r2tSn;

  /** Set once the device server has it. */
  LogicalUnits.Command command;

  /** Nobody waits for its answer any more. */
  boolean forgotten;

  /** A defect has it carried out at a time of its own, whatever aborts come. */
  boolean heldBeyondAbort;

  /** A defect has it carried out only once its session has died. */
  boolean heldForSession;

  TargetTask(
      long lun,
      int initiatorTaskTag,
      ByteBuffer cdb,
      boolean read,
      boolean write,
      long expectedLength,
      long deviceLength) {
    this.lun = lun;
    this.initiatorTaskTag = initiatorTaskTag;
    this.cdb = cdb;
    this.read = read;
    this.write = write;
    this.expectedLength = expectedLength;
    this.deviceLength = deviceLength;
    this.transferLength = write ? (int) Math.min(expectedLength, deviceLength) : 0;
  }

  /** Makes room for its data, once it is certain that it is taken. */
  void allocate() {
    if (transferLength > 0) {
      data = ByteBuffer.allocate(transferLength);
    }
  }
}
