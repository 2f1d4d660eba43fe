package io.pathproof.initiator.unit;

import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.ScsiTask;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.Lun;
import io.pathproof.protocol.scsi.SenseKey;
import java.nio.ByteBuffer;

/**
 * One command to one logical unit over one nexus, sent again while the unit turns it away undone:
 * up to {@value #MAX_UNIT_ATTENTIONS} times for unit attentions, which say something about the unit
 * and nothing about the command (SAM-5 5.14), and for as long as who asks has patience. Never after
 * it may have been done. No I/O; one thread.
 */
public final class UnitCommand {
  /** What goes on at a time, in ns. */
  @FunctionalInterface
  public interface Step {
    void at(long nowNs);
  }

  /** Who asks. */
  public interface Asker {
    /** Send this task. */
    void submit(ScsiTask task);

    /** A command met a unit attention, and is asked again at once, unless it met too many. */
    default void attention(TaskOutcome outcome, long nowNs) {}

    /**
     * Whether the asker has patience with this outcome, and calls {@code again} later.
     *
     * @param again asks the same again
     */
    default boolean waits(TaskOutcome outcome, Step again, long nowNs) {
      return false;
    }
  }

  /** Told how it ended, once. */
  @FunctionalInterface
  public interface End {
    /**
     * @param outcome of the last sending
     */
    void ended(TaskOutcome outcome, long nowNs);
  }

  private static final int MAX_UNIT_ATTENTIONS = 8;

  private final Lun lun;
  private final Cdb cdb;
  private final ByteBuffer data;
  private final int room;
  private final Asker asker;
  private final End end;
  private int attentionsLeft = MAX_UNIT_ATTENTIONS;

  private UnitCommand(Lun lun, Cdb cdb, ByteBuffer data, int room, Asker asker, End end) {
    this.lun = lun;
    this.cdb = cdb;
    this.data = data;
    this.room = room;
    this.asker = asker;
    this.end = end;
  }

  /** Sends a command that brings up to {@code room} bytes; 0 for one without data. */
  public static void ask(Lun lun, Cdb cdb, int room, Asker asker, End end) {
    new UnitCommand(lun, cdb, ByteBuffer.allocate(0), room, asker, end).send();
  }

  /** Sends a command with data for the unit, which must not change until it has ended. */
  public static void give(Lun lun, Cdb cdb, ByteBuffer data, Asker asker, End end) {
    new UnitCommand(lun, cdb, data, 0, asker, end).send();
  }

  private void send() {
    ByteBuffer encoded = cdb.encode();
    if (data.hasRemaining()) {
      asker.submit(ScsiTask.write(lun.raw(), encoded, data.duplicate(), this::answered));
    } else if (room > 0) {
      asker.submit(ScsiTask.read(lun.raw(), encoded, room, this::answered));
    } else {
      asker.submit(ScsiTask.nonData(lun.raw(), encoded, this::answered));
    }
  }

  private void answered(TaskOutcome outcome, long nowNs) {
    boolean attention =
        outcome instanceof ScsiResult answer
            && answer.decodedSense().filter(s -> s.key() == SenseKey.UNIT_ATTENTION).isPresent();
    if (attention) {
      asker.attention(outcome, nowNs);
    }
    if (attention && attentionsLeft-- > 0) {
      send();
    } else if (!asker.waits(outcome, now -> send(), nowNs)) {
      end.ended(outcome, nowNs);
    }
  }
}
