package io.pathproof.protocol.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One designation descriptor of the Device Identification page (SPC-4 clause 7.8.6).
 *
 * @param protocolIdentifier 5 for iSCSI; valid if {@code protocolIdentifierValid}
 * @param codeSet 1 binary, 2 ASCII, 3 UTF-8
 * @param protocolIdentifierValid the PIV bit
 * @param association what the designator names
 * @param typeCode 0 to 15; see {@link #type()}
 * @param bytes the designator, at most 255 bytes
 */
public record Designator(
    int protocolIdentifier,
    int codeSet,
    boolean protocolIdentifierValid,
    Association association,
    int typeCode,
    ByteBuffer bytes) {
  public static final int BINARY = 1;
  public static final int ASCII = 2;
  public static final int UTF_8 = 3;

  /** Protocol identifier of iSCSI (SPC-4 clause 7.6.1). */
  public static final int ISCSI = 5;

  /** What a designator names; by code in the order of declaration. */
  public enum Association {
    LOGICAL_UNIT,
    TARGET_PORT,
    TARGET_DEVICE,
    RESERVED
  }

  /** Designator types; by code in the order of declaration. */
  public enum Type {
    VENDOR_SPECIFIC,
    T10_VENDOR_ID,
    EUI_64,
    NAA,
    RELATIVE_TARGET_PORT,
    TARGET_PORT_GROUP,
    LOGICAL_UNIT_GROUP,
    MD5_LOGICAL_UNIT,
    SCSI_NAME_STRING,
    PROTOCOL_SPECIFIC_PORT
  }

  public Designator {
    Fields.range("DESIGNATOR LENGTH", bytes.remaining(), 0xff);
  }

  /** The type where SPC-4 defines it. */
  public Optional<Type> type() {
    return typeCode < Type.values().length
        ? Optional.of(Type.values()[typeCode])
        : Optional.empty();
  }

  /** A binary designator of the logical unit. */
  public static Designator ofLogicalUnit(Type type, byte[] bytes) {
    return new Designator(
        0, BINARY, false, Association.LOGICAL_UNIT, type.ordinal(), ByteBuffer.wrap(bytes));
  }

  /** The relative identifier of the iSCSI target port through which the page was read. */
  public static Designator relativeTargetPort(int identifier) {
    return ofPort(Type.RELATIVE_TARGET_PORT, identifier);
  }

  /** The target port group of the iSCSI target port through which the page was read. */
  public static Designator targetPortGroup(int group) {
    return ofPort(Type.TARGET_PORT_GROUP, group);
  }

  private static Designator ofPort(Type type, int number) {
    Fields.range(type.name(), number, 0xffff);
    ByteBuffer bytes = ByteBuffer.allocate(4).putInt(0, number);
    return new Designator(ISCSI, BINARY, true, Association.TARGET_PORT, type.ordinal(), bytes);
  }

  /** The number of a relative target port or target port group designator; empty for any other. */
  public OptionalInt number() {
    boolean port =
        typeCode == Type.RELATIVE_TARGET_PORT.ordinal()
            || typeCode == Type.TARGET_PORT_GROUP.ordinal();
    return port && bytes.remaining() == 4
        ? OptionalInt.of(bytes.getInt(bytes.position()) & 0xffff)
        : OptionalInt.empty();
  }

  /** Lower-case hexadecimal digits of the designator. */
  public String hex() {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return HexFormat.of().formatHex(copy);
  }

  /** The designator as text, without surrounding spaces and closing NULs. */
  public String text() {
    var charset = codeSet == UTF_8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    return charset.decode(bytes.duplicate()).toString().replaceAll("\0+$", "").strip();
  }
}
