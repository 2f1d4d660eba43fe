package io.pathproof.initiator.multipath;

/** Status codes that a retry decision turns on (SAM-5 5.3.1). */
final class ScsiStatus {
  static final int CHECK_CONDITION = 0x02;
  static final int BUSY = 0x08;
  static final int RESERVATION_CONFLICT = 0x18;
  static final int TASK_SET_FULL = 0x28;
  static final int ACA_ACTIVE = 0x30;
  static final int TASK_ABORTED = 0x40;

  private ScsiStatus() {}
}
