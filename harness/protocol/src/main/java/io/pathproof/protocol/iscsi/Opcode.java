package io.pathproof.protocol.iscsi;

import java.util.Optional;

/** The opcodes of RFC 7143 section 11.2.1.2. */
public enum Opcode {
  NOP_OUT(0x00),
  SCSI_COMMAND(0x01),
  TASK_MANAGEMENT_REQUEST(0x02),
  LOGIN_REQUEST(0x03),
  TEXT_REQUEST(0x04),
  DATA_OUT(0x05),
  LOGOUT_REQUEST(0x06),
  SNACK_REQUEST(0x10),
  NOP_IN(0x20),
  SCSI_RESPONSE(0x21),
  TASK_MANAGEMENT_RESPONSE(0x22),
  LOGIN_RESPONSE(0x23),
  TEXT_RESPONSE(0x24),
  DATA_IN(0x25),
  LOGOUT_RESPONSE(0x26),
  R2T(0x31),
  ASYNC_MESSAGE(0x32),
  REJECT(0x3f);

  private static final Opcode[] BY_CODE = new Opcode[0x40];

  static {
    for (Opcode opcode : values()) {
      BY_CODE[opcode.code] = opcode;
    }
  }

  private final int code;

  Opcode(int code) {
    this.code = code;
  }

  /** The six-bit code as on the wire. */
  public int code() {
    return code;
  }

  /** True for a PDU that an initiator sends. */
  public boolean fromInitiator() {
    return code < 0x20;
  }

  /** The opcode of a six-bit code; empty for a code that the RFC leaves reserved or to vendors. */
  public static Optional<Opcode> of(int code) {
    return code < 0 || code >= BY_CODE.length
        ? Optional.empty()
        : Optional.ofNullable(BY_CODE[code]);
  }
}
