package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/**
 * iSCSI service responses in a SCSI Response (RFC 7143 section 11.4.3); 0x80 to 0xff belong to
 * vendors.
 */
public enum IscsiResponseCode {
  /** The command ended at the target; its SCSI status is valid. */
  COMMAND_COMPLETED(0),
  /** The target failed; there is no SCSI status. */
  TARGET_FAILURE(1);

  private final int code;

  IscsiResponseCode(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<IscsiResponseCode> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
