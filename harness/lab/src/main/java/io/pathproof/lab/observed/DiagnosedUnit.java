package io.pathproof.lab.observed;

import java.util.List;

/**
 * A disk as one path shows it.
 *
 * @param lun its number there
 * @param identity its name (VPD page 83h); empty if it tells none
 * @param product vendor, product and revision
 * @param serial unit serial number; may be empty
 * @param sizeBytes 0 if not known
 * @param portGroup the target port group it was reached through; -1 without asymmetric access
 * @param accessState that group's state, such as {@code active/optimized}; empty without one
 * @param preferred whether the array prefers that group
 * @param readNs how long each read of a block took, in order, nanoseconds
 */
public record DiagnosedUnit(
    String lun,
    String identity,
    String product,
    String serial,
    long sizeBytes,
    int portGroup,
    String accessState,
    boolean preferred,
    List<Long> readNs) {
  public DiagnosedUnit {
    readNs = List.copyOf(readNs);
  }
}
