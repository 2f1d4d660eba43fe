package io.pathproof.initiator.session;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.Sense;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The target's answer to a command.
 *
 * @param status SCSI status byte (SAM-5): 0 GOOD, 2 CHECK CONDITION, 8 BUSY, 0x18 RESERVATION
 *     CONFLICT, 0x28 TASK SET FULL …
 * @param sense sense data in either format; empty without it
 * @param residual bytes: positive where less was transferred than expected, negative where the
 *     target had more
 * @param data the bytes read, from the first to the last that came; empty for a write. The
 *     listener's to keep, unless the task is {@link ScsiTask#lent}; where it has a buffer to read
 *     into, a part of that
 */
public record ScsiResult(int status, ByteBuffer sense, long residual, ByteBuffer data)
    implements TaskOutcome {
  public static final int GOOD = 0x00;
  public static final int CHECK_CONDITION = 0x02;
  public static final int BUSY = 0x08;
  public static final int RESERVATION_CONFLICT = 0x18;
  public static final int TASK_SET_FULL = 0x28;

  public boolean good() {
    return status == GOOD;
  }

  /** The sense data as read; empty where there is none, or none that can be read. */
  public Optional<Sense> decodedSense() {
    if (!sense.hasRemaining()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Sense.decode(sense.duplicate()));
    } catch (ProtocolException e) {
      return Optional.empty();
    }
  }
}
