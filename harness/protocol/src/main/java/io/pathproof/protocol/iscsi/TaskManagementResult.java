package io.pathproof.protocol.iscsi;

import java.util.Arrays;
import java.util.Optional;

/**
 * Response codes of a Task Management Function Response (RFC 7143 section 11.6.1; 7 by RFC 7144).
 */
public enum TaskManagementResult {
  FUNCTION_COMPLETE(0),
  TASK_DOES_NOT_EXIST(1),
  LUN_DOES_NOT_EXIST(2),
  TASK_STILL_ALLEGIANT(3),
  TASK_REASSIGNMENT_NOT_SUPPORTED(4),
  FUNCTION_NOT_SUPPORTED(5),
  FUNCTION_AUTHORIZATION_FAILED(6),
  /** A query whose answer is yes. */
  FUNCTION_SUCCEEDED(7),
  FUNCTION_REJECTED(255);

  private final int code;

  TaskManagementResult(int code) {
    this.code = code;
  }

  /** The code as on the wire. */
  public int code() {
    return code;
  }

  /** The meaning of a code; empty for one that is not defined. */
  public static Optional<TaskManagementResult> of(int code) {
    return Arrays.stream(values()).filter(each -> each.code == code).findFirst();
  }
}
