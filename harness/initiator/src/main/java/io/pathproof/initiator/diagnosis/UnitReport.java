package io.pathproof.initiator.diagnosis;

import io.pathproof.protocol.scsi.Lun;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A logical unit as one path shows it.
 *
 * @param lun its number there
 * @param identity its name (VPD page 83h), such as {@code naa.6…}; empty if it tells none
 * @param product vendor, product and revision of INQUIRY
 * @param serial unit serial number (VPD page 80h); may be empty
 * @param blockCount blocks; 0 if not known
 * @param blockSize bytes a block; 0 if not known
 * @param portGroup the target port group it was reached through, where it has asymmetric access
 * @param accessState that group's state, such as {@code active/optimized}; empty without one
 * @param preferred the group's PREF bit
 * @param readNs how long each read of a block took, in order, nanoseconds
 * @param steps what became of LUN, IDENTITY, ALUA and IO here, in that order
 */
public record UnitReport(
    Lun lun,
    Optional<String> identity,
    String product,
    String serial,
    long blockCount,
    int blockSize,
    OptionalInt portGroup,
    String accessState,
    boolean preferred,
    List<Long> readNs,
    List<StepResult> steps) {
  public UnitReport {
    readNs = List.copyOf(readNs);
    steps = List.copyOf(steps);
  }

  /** The same with another result of a step. */
  UnitReport with(StepResult result) {
    return new UnitReport(
        lun,
        identity,
        product,
        serial,
        blockCount,
        blockSize,
        portGroup,
        accessState,
        preferred,
        readNs,
        steps.stream().map(each -> each.step() == result.step() ? result : each).toList());
  }
}
