package io.pathproof.protocol.iscsi;

import java.nio.ByteBuffer;

/**
 * One iSCSI PDU (RFC 7143 section 11) as an immutable value, without digests and padding.
 *
 * <p>Conventions of all records here: integers are the raw 32 bits of the wire (compare sequence
 * numbers with {@link SerialNumber}); a field of fewer bits is an int in its unsigned range; a LUN
 * is its raw eight bytes as a long ({@code io.pathproof.protocol.scsi.Lun} reads it). Constructors
 * do not check field values, so that a test target can say what a sound one would not; {@link
 * PduDecoder} does check.
 *
 * <p>A buffer inside a PDU is content from its position to its limit. Treat it as read-only and
 * leave its position alone: read it through {@link ByteBuffer#duplicate()} or with absolute gets.
 * It may be a slice of a larger buffer.
 */
public sealed interface Pdu
    permits NopOut,
        ScsiCommand,
        TaskManagementRequest,
        LoginRequest,
        TextRequest,
        DataOut,
        LogoutRequest,
        SnackRequest,
        NopIn,
        ScsiResponse,
        TaskManagementResponse,
        LoginResponse,
        TextResponse,
        DataIn,
        LogoutResponse,
        R2t,
        AsyncMessage,
        Reject {

  /** The value of an Initiator Task Tag or Target Transfer Tag that stands for none. */
  int RESERVED_TAG = 0xFFFFFFFF;

  /** The empty data segment. */
  ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  Opcode opcode();

  /** The tag of the task, or {@link #RESERVED_TAG} for a PDU that belongs to none. */
  int initiatorTaskTag();

  /** The data segment without padding; {@link #NO_DATA} for a PDU that has none. */
  default ByteBuffer data() {
    return NO_DATA;
  }

  /** The I bit (section 11.2.1.1); never set in a PDU that a target sends. */
  default boolean immediate() {
    return false;
  }

  /** Length of the additional header segments in bytes, padding included: a multiple of four. */
  default int ahsLength() {
    return 0;
  }

  /**
   * Writes the fields of this PDU, but not the lengths, into a zeroed header; called by {@link
   * PduEncoder}.
   */
  void writeTo(BasicHeaderSegment header);
}
