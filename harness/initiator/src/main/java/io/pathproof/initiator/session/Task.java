package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Pdu;

/** A submitted task and where it stands. */
final class Task {
  /** Where a task stands. */
  enum Stage {
    /** Never sent. */
    QUEUED,
    /** Sent, not answered. */
    IN_FLIGHT,
    /** ABORT TASK was sent for it; its own answer may still come, and counts if it does. */
    ABORTING,
    /** Its listener has been told. */
    ENDED
  }

  final ScsiTask scsi;

  /** Order of submission; ties between equal deadlines are broken by it. */
  final long order;

  Stage stage = Stage.QUEUED;
  int tag = Pdu.RESERVED_TAG;
  int cmdSn;

  /** Neighbours in the {@link DeadlineList}. */
  Task earlier;

  Task later;

  long deadlineNs = Deadline.NONE;
  boolean cancelled;

  /** When it was sent, and when its data last moved; kept for the {@link OverdueWatch} alone. */
  long sentNs;

  long movedNs;

  /** Bytes of its answer that have not come; 0 until it is sent. */
  long owed;

  /** It was told to be overdue. */
  boolean overdue;

  WriteTransfer write;
  ReadAssembly read;

  /** Data-In and R2T PDUs that came for it. */
  int dataPdus() {
    return read != null ? read.pdus() : write != null ? write.r2ts() : 0;
  }

  Task(ScsiTask scsi, long order) {
    this.scsi = scsi;
    this.order = order;
  }
}
