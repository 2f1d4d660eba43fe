package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/** Events of an Asynchronous Message (RFC 7143 section 11.9.1). */
public enum AsyncEvent {
  /** Sense data is in the data segment. */
  SCSI_EVENT(0),
  /** This connection is to be logged out within Parameter3 seconds. */
  LOGOUT_REQUESTED(1),
  /**
   * Connection Parameter1 will be or was dropped; Parameter2 and 3 are Time2Wait and Time2Retain.
   */
  CONNECTION_DROPPED(2),
  /** The whole session; Parameter2 and 3 are Time2Wait and Time2Retain. */
  ALL_CONNECTIONS_DROPPED(3),
  /** Parameters are to be negotiated on this connection within Parameter3 seconds. */
  NEGOTIATION_REQUESTED(4),
  /** All active tasks of the LUN are being terminated. */
  TASKS_TERMINATED(5),
  /** AsyncVCode and the data segment tell more. */
  VENDOR_SPECIFIC(255);

  private final int code;

  AsyncEvent(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<AsyncEvent> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
