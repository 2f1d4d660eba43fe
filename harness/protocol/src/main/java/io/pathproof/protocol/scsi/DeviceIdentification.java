package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Device Identification page, 83h (SPC-4 clause 7.8.6).
 *
 * @param peripheral byte 0: peripheral qualifier and device type
 * @param designators in the order of the page
 */
public record DeviceIdentification(int peripheral, List<Designator> designators) {
  private static final int DESCRIPTOR_HEADER = 4;

  public DeviceIdentification {
    designators = List.copyOf(designators);
  }

  /**
   * Reads the page.
   *
   * @throws ProtocolException of kind TRUNCATED if the page or a designator in it is cut off
   */
  public static DeviceIdentification decode(ByteBuffer bytes) throws ProtocolException {
    Fields in = VpdPage.open("VPD page 83h", VpdPage.DEVICE_IDENTIFICATION, bytes);
    List<Designator> designators = new ArrayList<>();
    int next;
    for (int at = VpdPage.HEADER_LENGTH; at < in.length(); at = next) {
      int first = in.int8(at, "CODE SET");
      int second = in.int8(at + 1, "DESIGNATOR TYPE");
      int length = in.int8(at + 3, "DESIGNATOR LENGTH");
      next = at + DESCRIPTOR_HEADER + length;
      designators.add(
          new Designator(
              first >> 4,
              first & 0xf,
              (second & 0x80) != 0,
              Designator.Association.values()[second >> 4 & 3],
              second & 0xf,
              in.copy(at + DESCRIPTOR_HEADER, length, "DESIGNATOR")));
    }
    return new DeviceIdentification(in.int8(0, "PERIPHERAL"), designators);
  }

  public ByteBuffer encode() {
    int length =
        designators.stream().mapToInt(d -> DESCRIPTOR_HEADER + d.bytes().remaining()).sum();
    ByteBuffer out = VpdPage.create(peripheral, VpdPage.DEVICE_IDENTIFICATION, length);
    out.position(VpdPage.HEADER_LENGTH);
    for (Designator d : designators) {
      out.put((byte) (d.protocolIdentifier() << 4 | d.codeSet()));
      int piv = d.protocolIdentifierValid() ? 0x80 : 0;
      out.put((byte) (piv | d.association().ordinal() << 4 | d.typeCode()));
      out.put((byte) 0).put((byte) d.bytes().remaining()).put(d.bytes().duplicate());
    }
    return out.rewind();
  }

  /** The best name of the logical unit on this page; see {@link LogicalUnitIdentity}. */
  public Optional<LogicalUnitIdentity> logicalUnitIdentity() {
    return LogicalUnitIdentity.best(designators);
  }

  /** Relative target port identifier of the port through which the page was read. */
  public OptionalInt relativeTargetPort() {
    return number(Designator.Type.RELATIVE_TARGET_PORT);
  }

  /** Target port group of the port through which the page was read. */
  public OptionalInt targetPortGroup() {
    return number(Designator.Type.TARGET_PORT_GROUP);
  }

  private OptionalInt number(Designator.Type type) {
    return designators.stream()
        .filter(d -> d.association() == Designator.Association.TARGET_PORT)
        .filter(d -> d.typeCode() == type.ordinal())
        .map(Designator::number)
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }
}
