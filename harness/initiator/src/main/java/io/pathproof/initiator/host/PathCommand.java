package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.scsi.Cdb;
import java.nio.ByteBuffer;

/**
 * One command that belongs to one path: registrations and access states are those of a nexus. Sent
 * again there while the target turns it away undone (a unit attention, BUSY, TASK SET FULL,
 * becoming ready, an access state transition), for a bounded time; never after it may have been
 * done.
 */
final class PathCommand {
  /** Told how it ended, once. */
  @FunctionalInterface
  interface End {
    /**
     * @param outcome of the last sending
     * @param result the same as multipathing puts it
     */
    void ended(TaskOutcome outcome, AttemptResult result, long nowNs);
  }

  private static final int MAX_UNIT_ATTENTIONS = 8;

  private final LuPath path;
  private final Cdb cdb;
  private final ByteBuffer data;
  private final int room;
  private final End end;
  private int attentionsLeft = MAX_UNIT_ATTENTIONS;
  private long untilNs;

  private PathCommand(LuPath path, Cdb cdb, ByteBuffer data, int room, End end) {
    this.path = path;
    this.cdb = cdb;
    this.data = data;
    this.room = room;
    this.end = end;
  }

  /** A command with data for the unit. */
  static void write(LuPath path, Cdb cdb, ByteBuffer data, long nowNs, End end) {
    new PathCommand(path, cdb, data, 0, end).begin(nowNs);
  }

  /** A command that brings up to {@code room} bytes. */
  static void read(LuPath path, Cdb cdb, int room, long nowNs, End end) {
    new PathCommand(path, cdb, ByteBuffer.allocate(0), room, end).begin(nowNs);
  }

  private void begin(long nowNs) {
    untilNs = nowNs + path.device.patience().putOffNs();
    send(nowNs);
  }

  private void send(long nowNs) {
    long lun = path.path.lun().raw();
    path.session.submit(
        room > 0
            ? ScsiTask.read(lun, cdb.encode(), room, this::answered)
            : ScsiTask.write(lun, cdb.encode(), data.duplicate(), this::answered));
  }

  private void answered(TaskOutcome outcome, long nowNs) {
    AttemptResult result = TaskResults.of(outcome, 0, false);
    if (TaskResults.isUnitAttention(result)) {
      path.note(result, nowNs);
      if (attentionsLeft-- > 0) {
        send(nowNs);
        return;
      }
    }
    long againNs = nowNs + path.device.patience().retryDelayNs();
    if (TaskResults.isPutOff(result) && againNs < untilNs) {
      path.device.timers().at(againNs, this::send);
      path.session.rearm();
      return;
    }
    end.ended(outcome, result, nowNs);
    path.session.rearm();
  }
}
