package io.pathproof.protocol.scsi;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The name by which paths to one logical unit are recognised as such. Of several designators the
 * one that is unique worldwide with most certainty is taken: NAA (registered extended, registered,
 * IEEE extended), EUI-64, SCSI name string, T10 vendor identification, and last what is unique only
 * locally: NAA locally assigned, then the serial number of page 80h under vendor and product.
 *
 * @param source where the name comes from
 * @param name in the writing that hosts use: {@code naa.6…}, {@code eui.…}, {@code t10.…}, {@code
 *     serial.…}
 */
public record LogicalUnitIdentity(Source source, String name) {
  /** Where the name comes from, the best first. */
  public enum Source {
    NAA,
    EUI_64,
    SCSI_NAME_STRING,
    T10_VENDOR_ID,
    NAA_LOCALLY_ASSIGNED,
    SERIAL_NUMBER
  }

  private static final int NAA_LOCAL = 3;

  private record Candidate(LogicalUnitIdentity identity, int rank) {}

  /**
   * The best identity among designators of the logical unit; the first of several that are equally
   * good.
   */
  static Optional<LogicalUnitIdentity> best(List<Designator> designators) {
    return designators.stream()
        .filter(d -> d.association() == Designator.Association.LOGICAL_UNIT)
        .flatMap(d -> candidate(d).stream())
        .min(Comparator.comparingInt(Candidate::rank))
        .map(Candidate::identity);
  }

  private static Optional<Candidate> candidate(Designator d) {
    int length = d.bytes().remaining();
    switch (d.type().orElse(Designator.Type.VENDOR_SPECIFIC)) {
      case NAA:
        return length == 8 || length == 16 ? naa(d) : Optional.empty();
      case EUI_64:
        return length == 8 || length == 12 || length == 16
            ? candidate(Source.EUI_64, "eui." + d.hex(), 0)
            : Optional.empty();
      case SCSI_NAME_STRING:
        return named(Source.SCSI_NAME_STRING, "", d.text());
      case T10_VENDOR_ID:
        return named(Source.T10_VENDOR_ID, "t10.", d.text());
      default:
        return Optional.empty();
    }
  }

  private static Optional<Candidate> naa(Designator d) {
    int format = d.bytes().get(d.bytes().position()) >> 4 & 0xf;
    Source source = format == NAA_LOCAL ? Source.NAA_LOCALLY_ASSIGNED : Source.NAA;
    return candidate(source, "naa." + d.hex(), 0xf - format);
  }

  private static Optional<Candidate> named(Source source, String prefix, String text) {
    return text.isEmpty() ? Optional.empty() : candidate(source, prefix + text, 0);
  }

  private static Optional<Candidate> candidate(Source source, String name, int within) {
    return Optional.of(
        new Candidate(new LogicalUnitIdentity(source, name), source.ordinal() << 4 | within));
  }

  /**
   * The identity by serial number, for a unit without page 83h; empty if the serial number is
   * blank.
   */
  public static Optional<LogicalUnitIdentity> ofSerialNumber(
      StandardInquiry inquiry, UnitSerialNumber serial) {
    if (serial.serialNumber().isEmpty()) {
      return Optional.empty();
    }
    String name =
        "serial." + inquiry.vendor() + "." + inquiry.product() + "." + serial.serialNumber();
    return Optional.of(new LogicalUnitIdentity(Source.SERIAL_NUMBER, name));
  }

  @Override
  public String toString() {
    return name;
  }
}
