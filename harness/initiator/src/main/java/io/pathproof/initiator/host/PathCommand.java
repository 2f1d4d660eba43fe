package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.initiator.unit.UnitCommand;
import io.pathproof.protocol.scsi.Cdb;
import java.nio.ByteBuffer;

/**
 * One command that belongs to one path: registrations and access states are those of a nexus. Sent
 * again there while the target turns it away undone (a unit attention, BUSY, TASK SET FULL,
 * becoming ready, an access state transition), for a bounded time; never after it may have been
 * done.
 */
final class PathCommand implements UnitCommand.Asker {
  /** Told how it ended, once. */
  @FunctionalInterface
  interface End {
    /**
     * @param outcome of the last sending
     * @param result the same as multipathing puts it
     */
    void ended(TaskOutcome outcome, AttemptResult result, long nowNs);
  }

  private final LuPath path;
  private final End end;
  private final long untilNs;

  private PathCommand(LuPath path, long nowNs, End end) {
    this.path = path;
    this.end = end;
    this.untilNs = nowNs + path.device.patience().putOffNs();
  }

  /** A command with data for the unit. */
  static void write(LuPath path, Cdb cdb, ByteBuffer data, long nowNs, End end) {
    PathCommand command = new PathCommand(path, nowNs, end);
    UnitCommand.give(path.path.lun(), cdb, data, command, command::ended);
  }

  /** A command that brings up to {@code room} bytes. */
  static void read(LuPath path, Cdb cdb, int room, long nowNs, End end) {
    PathCommand command = new PathCommand(path, nowNs, end);
    UnitCommand.ask(path.path.lun(), cdb, room, command, command::ended);
  }

  @Override
  public void submit(ScsiTask task) {
    path.session.submit(task);
  }

  @Override
  public void attention(TaskOutcome outcome, long nowNs) {
    path.note(TaskResults.of(outcome, 0, false), nowNs);
  }

  @Override
  public boolean waits(TaskOutcome outcome, UnitCommand.Step again, long nowNs) {
    long againNs = nowNs + path.device.patience().retryDelayNs();
    if (againNs >= untilNs || !TaskResults.isPutOff(TaskResults.of(outcome, 0, false))) {
      return false;
    }
    path.device.timers().at(againNs, again::at);
    path.session.rearm();
    return true;
  }

  private void ended(TaskOutcome outcome, long nowNs) {
    end.ended(outcome, TaskResults.of(outcome, 0, false), nowNs);
    path.session.rearm();
  }
}
