package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Task attributes of a SCSI Command (RFC 7143 section 11.3.1). */
public enum TaskAttribute {
  UNTAGGED(0),
  SIMPLE(1),
  ORDERED(2),
  HEAD_OF_QUEUE(3),
  ACA(4);

  /** By code. Every SCSI Command is looked up here. */
  private static final List<Optional<TaskAttribute>> KNOWN =
      Arrays.stream(values()).map(Optional::of).toList();

  private final int code;

  TaskAttribute(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<TaskAttribute> of(int code) {
    return code >= 0 && code < KNOWN.size() ? KNOWN.get(code) : Optional.empty();
  }
}
