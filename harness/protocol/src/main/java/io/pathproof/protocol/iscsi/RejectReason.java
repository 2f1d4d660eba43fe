package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/** Reason codes of a Reject (RFC 7143 section 11.17.1). */
public enum RejectReason {
  DATA_DIGEST_ERROR(2),
  SNACK_REJECT(3),
  PROTOCOL_ERROR(4),
  COMMAND_NOT_SUPPORTED(5),
  /** Too many immediate commands. */
  IMMEDIATE_COMMAND_REJECT(6),
  TASK_IN_PROGRESS(7),
  INVALID_DATA_ACK(8),
  INVALID_PDU_FIELD(9),
  /** No Target Transfer Tag could be made. */
  LONG_OPERATION_REJECT(10),
  /** Deprecated by RFC 7143, still sent by older targets. */
  NEGOTIATION_RESET(11),
  WAITING_FOR_LOGOUT(12);

  private final int code;

  RejectReason(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<RejectReason> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
