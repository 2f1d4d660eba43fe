package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.ScsiStatus;
import io.pathproof.protocol.scsi.Sense;
import io.pathproof.protocol.scsi.SenseKey;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A command ends with something else than GOOD. Without a stack trace: it is an everyday answer.
 */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final ScsiStatus status;
  private final SenseKey key;
  private final int code;
  private final long information;

  private Refusal(ScsiStatus status, SenseKey key, int code, long information) {
    super(status.name(), null, false, false);
    this.status = status;
    this.key = key;
    this.code = code;
    this.information = information;
  }

  static Refusal conflict() {
    return new Refusal(ScsiStatus.RESERVATION_CONFLICT, SenseKey.NO_SENSE, 0, -1);
  }

  static Refusal check(SenseKey key, AdditionalSense additional) {
    return check(key, code(additional));
  }

  /**
   * @param code additional sense code and qualifier, in one
   */
  static Refusal check(SenseKey key, int code) {
    return new Refusal(ScsiStatus.CHECK_CONDITION, key, code, -1);
  }

  static Refusal illegal(AdditionalSense additional) {
    return check(SenseKey.ILLEGAL_REQUEST, additional);
  }

  static Refusal invalidCdb() {
    return illegal(AdditionalSense.INVALID_FIELD_IN_CDB);
  }

  static Refusal invalidParameter() {
    return illegal(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST);
  }

  static Refusal parameterLength() {
    return illegal(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
  }

  /**
   * @param offset of the first byte that differs, in the data that was compared
   */
  static Refusal miscompare(long offset) {
    int code = code(AdditionalSense.MISCOMPARE_DURING_VERIFY_OPERATION);
    return new Refusal(ScsiStatus.CHECK_CONDITION, SenseKey.MISCOMPARE, code, offset);
  }

  static int code(AdditionalSense additional) {
    return additional.asc() << 8 | additional.ascq();
  }

  ScsiOutcome outcome(boolean descriptorFormat) {
    return status == ScsiStatus.CHECK_CONDITION
        ? ScsiOutcome.check(sense(descriptorFormat))
        : ScsiOutcome.of(status);
  }

  Sense sense(boolean descriptorFormat) {
    return new Sense(
        descriptorFormat,
        false,
        key,
        code >>> 8,
        code & 0xff,
        false,
        information < 0 ? OptionalLong.empty() : OptionalLong.of(information),
        0,
        0,
        OptionalInt.empty());
  }
}
