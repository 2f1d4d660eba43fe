package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.Sense;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * How a command ended.
 *
 * @param dataIn what the device has to give, from position to limit, already cut to the allocation
 *     length; the receiver's own
 * @param sense present with CHECK CONDITION
 */
public record ScsiOutcome(ScsiStatus status, ByteBuffer dataIn, Optional<Sense> sense) {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  /** GOOD, without data. */
  public static final ScsiOutcome GOOD = of(ScsiStatus.GOOD);

  /** A status alone. */
  public static ScsiOutcome of(ScsiStatus status) {
    return new ScsiOutcome(status, NO_DATA, Optional.empty());
  }

  /** GOOD, with data. */
  public static ScsiOutcome good(ByteBuffer dataIn) {
    return new ScsiOutcome(ScsiStatus.GOOD, dataIn, Optional.empty());
  }

  /** CHECK CONDITION. */
  public static ScsiOutcome check(Sense sense) {
    return new ScsiOutcome(ScsiStatus.CHECK_CONDITION, NO_DATA, Optional.of(sense));
  }
}
