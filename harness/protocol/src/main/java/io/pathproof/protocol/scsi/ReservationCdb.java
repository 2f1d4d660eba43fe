package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** PERSISTENT RESERVE IN and OUT (SPC-4 clauses 6.15, 6.16). */
public sealed interface ReservationCdb extends Cdb {
  /**
   * PERSISTENT RESERVE IN.
   *
   * @param serviceAction 0 READ KEYS, 1 READ RESERVATION, 2 REPORT CAPABILITIES, 3 READ FULL STATUS
   * @param allocationLength bytes, 0 to 65535
   */
  record In(int serviceAction, int allocationLength) implements ReservationCdb {
    static final int OPERATION_CODE = 0x5e;

    public In {
      Fields.range("SERVICE ACTION", serviceAction, 0x1f);
      Fields.range("ALLOCATION LENGTH", allocationLength, 0xffff);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(10)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) serviceAction)
          .putShort(7, (short) allocationLength);
    }
  }

  /**
   * PERSISTENT RESERVE OUT.
   *
   * @param serviceAction 0 REGISTER, 1 RESERVE, 2 RELEASE, 3 CLEAR, 4 PREEMPT, 5 PREEMPT AND ABORT,
   *     6 REGISTER AND IGNORE EXISTING KEY, 7 REGISTER AND MOVE
   * @param scope 0 for the logical unit
   * @param type 1, 3, 5 to 8 (SPC-4 table 45); 0 where the action has none
   * @param parameterListLength bytes, unsigned 32 bits
   */
  record Out(int serviceAction, int scope, int type, long parameterListLength)
      implements ReservationCdb {
    static final int OPERATION_CODE = 0x5f;

    public Out {
      Fields.range("SERVICE ACTION", serviceAction, 0x1f);
      Fields.range("SCOPE", scope, 0xf);
      Fields.range("TYPE", type, 0xf);
      Fields.range("PARAMETER LIST LENGTH", parameterListLength, 0xffffffffL);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(10)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) serviceAction)
          .put(2, (byte) (scope << 4 | type))
          .putInt(5, (int) parameterListLength);
    }
  }

  /**
   * The basic parameter list of PERSISTENT RESERVE OUT (SPC-4 table 204), of 24 bytes.
   *
   * @param specifyInitiatorPorts the SPEC_I_PT bit: TransportIDs follow the list
   * @param allTargetPorts the ALL_TG_PT bit
   * @param persistThroughPowerLoss the APTPL bit
   */
  record OutParameters(
      long reservationKey,
      long serviceActionReservationKey,
      boolean specifyInitiatorPorts,
      boolean allTargetPorts,
      boolean persistThroughPowerLoss) {
    public static final int LENGTH = 24;

    public static OutParameters decode(ByteBuffer bytes) throws ProtocolException {
      Fields in = new Fields("PERSISTENT RESERVE OUT list", bytes);
      in.copy(0, LENGTH, "list");
      return new OutParameters(
          in.int64(0, "RESERVATION KEY"),
          in.int64(8, "SERVICE ACTION RESERVATION KEY"),
          in.bit(20, 3, "SPEC_I_PT"),
          in.bit(20, 2, "ALL_TG_PT"),
          in.bit(20, 0, "APTPL"));
    }

    public ByteBuffer encode() {
      int flags =
          (specifyInitiatorPorts ? 0x08 : 0)
              | (allTargetPorts ? 0x04 : 0)
              | (persistThroughPowerLoss ? 0x01 : 0);
      return ByteBuffer.allocate(LENGTH)
          .putLong(0, reservationKey)
          .putLong(8, serviceActionReservationKey)
          .put(20, (byte) flags);
    }
  }
}
