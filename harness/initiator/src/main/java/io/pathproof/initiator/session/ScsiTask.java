package io.pathproof.initiator.session;

import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.TaskAttribute;
import java.nio.ByteBuffer;

/**
 * A SCSI command to be executed once. Compared by identity: each instance may be submitted to one
 * session, once.
 */
public final class ScsiTask {
  private final long lun;
  private final ByteBuffer cdb;
  private final DataDirection direction;
  private final ByteBuffer payload;
  private final ByteBuffer into;
  private final int expectedLength;
  private final long timeoutNs;
  private final TaskAttribute attribute;
  private final boolean identifies;
  private final boolean lent;
  private final TaskListener listener;

  private ScsiTask(
      long lun,
      ByteBuffer cdb,
      DataDirection direction,
      ByteBuffer payload,
      ByteBuffer into,
      int expectedLength,
      long timeoutNs,
      TaskAttribute attribute,
      boolean identifies,
      boolean lent,
      TaskListener listener) {
    if (expectedLength < 0 || timeoutNs < 0) {
      throw new IllegalArgumentException(
          "expectedLength " + expectedLength + ", timeoutNs " + timeoutNs);
    }
    this.lun = lun;
    this.cdb = cdb;
    this.direction = direction;
    this.payload = payload;
    this.into = into;
    this.expectedLength = expectedLength;
    this.timeoutNs = timeoutNs;
    this.attribute = attribute;
    this.identifies = identifies;
    this.lent = lent;
    this.listener = listener;
  }

  private static ScsiTask plain(
      long lun,
      ByteBuffer cdb,
      DataDirection direction,
      ByteBuffer payload,
      ByteBuffer into,
      int expectedLength,
      TaskListener listener) {
    return new ScsiTask(
        lun,
        cdb.slice(),
        direction,
        payload,
        into,
        expectedLength,
        0,
        TaskAttribute.SIMPLE,
        false,
        false,
        listener);
  }

  /**
   * A command without data.
   *
   * @param lun the raw eight bytes
   * @param cdb from position to limit; not to be changed until the task ends
   */
  public static ScsiTask nonData(long lun, ByteBuffer cdb, TaskListener listener) {
    return plain(lun, cdb, DataDirection.NONE, Pdu.NO_DATA, Pdu.NO_DATA, 0, listener);
  }

  /**
   * A command that reads.
   *
   * @param expectedLength bytes; what the target has beyond it is not transferred
   */
  public static ScsiTask read(long lun, ByteBuffer cdb, int expectedLength, TaskListener listener) {
    return plain(lun, cdb, DataDirection.READ, Pdu.NO_DATA, Pdu.NO_DATA, expectedLength, listener);
  }

  /**
   * A command that reads into a buffer of the caller's.
   *
   * @param into takes what is read from its position to its limit, which is as much as the command
   *     asks for; not to be used until the task ends, which leaves position and limit as they were.
   *     What it holds after a task that failed is not defined
   */
  public static ScsiTask read(long lun, ByteBuffer cdb, ByteBuffer into, TaskListener listener) {
    return plain(
        lun, cdb, DataDirection.READ, Pdu.NO_DATA, into.slice(), into.remaining(), listener);
  }

  /**
   * A command that writes.
   *
   * @param payload from position to limit; not copied, so not to be changed until the task ends
   */
  public static ScsiTask write(
      long lun, ByteBuffer cdb, ByteBuffer payload, TaskListener listener) {
    return plain(
        lun, cdb, DataDirection.WRITE, payload.slice(), Pdu.NO_DATA, payload.remaining(), listener);
  }

  private ScsiTask with(
      long otherTimeoutNs, TaskAttribute otherAttribute, boolean asIdentifying, boolean asLent) {
    return new ScsiTask(
        lun,
        cdb,
        direction,
        payload,
        into,
        expectedLength,
        otherTimeoutNs,
        otherAttribute,
        asIdentifying,
        asLent,
        listener);
  }

  /** The same with a time of its own until ABORT TASK, in nanoseconds; 0 takes the session's. */
  public ScsiTask withTimeoutNs(long value) {
    return with(value, attribute, identifies, lent);
  }

  /** The same with another task attribute than SIMPLE. */
  public ScsiTask withAttribute(TaskAttribute value) {
    return with(timeoutNs, value, identifies, lent);
  }

  /**
   * The same as a question who answers at its LUN, which is sent though the unit is not admitted;
   * see {@link SessionCore#guard}.
   */
  public ScsiTask identifying() {
    return with(timeoutNs, attribute, true, lent);
  }

  /**
   * The same for a listener that has done with the data when {@link TaskListener#completed}
   * returns, and does not write to it: what comes in one PDU, with the status, is not copied out of
   * the connection's receive buffer then, and other data is copied. No effect where the task has a
   * buffer to read into.
   */
  public ScsiTask lent() {
    return with(timeoutNs, attribute, identifies, true);
  }

  public long lun() {
    return lun;
  }

  public ByteBuffer cdb() {
    return cdb;
  }

  public DataDirection direction() {
    return direction;
  }

  /** The data to be written; empty for another direction. */
  public ByteBuffer payload() {
    return payload;
  }

  /** Takes what is read; empty where the answer is to have a buffer of its own. */
  public ByteBuffer into() {
    return into;
  }

  /** Bytes to be transferred in the task's direction. */
  public int expectedLength() {
    return expectedLength;
  }

  public long timeoutNs() {
    return timeoutNs;
  }

  public TaskAttribute attribute() {
    return attribute;
  }

  public boolean identifies() {
    return identifies;
  }

  /** Whether the data need not outlive the listener's call. */
  public boolean isLent() {
    return lent;
  }

  public TaskListener listener() {
    return listener;
  }

  @Override
  public String toString() {
    return "%s, operation code 0x%02x, LUN %016x, %d bytes"
        .formatted(
            direction,
            cdb.hasRemaining() ? cdb.get(cdb.position()) & 0xff : 0,
            lun,
            expectedLength);
  }
}
