package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Standard INQUIRY data (SPC-4 clause 6.6.2).
 *
 * @param peripheralQualifier 0 if a device is there, 1 if it could be, 3 if the LUN is not
 *     supported
 * @param peripheralDeviceType 0 disk, 0Ch storage array controller, 1Fh unknown
 * @param removable the RMB bit
 * @param version 5 for SPC-3, 6 for SPC-4
 * @param responseFlags byte 3: NORMACA, HISUP, RESPONSE DATA FORMAT
 * @param targetPortGroupSupport what kind of ALUA there is
 * @param thirdPartyCopy the 3PC bit
 * @param protect the PROTECT bit
 * @param flags6 byte 6 (ENCSERV, MULTIP and others)
 * @param flags7 byte 7 (CMDQUE and others)
 * @param vendor T10 vendor identification, without the spaces that fill it up; at most 8 characters
 * @param product at most 16 characters
 * @param revision at most 4 characters
 * @param versionDescriptors up to 8, 0 for an unused one; empty if the data ends before them
 */
public record StandardInquiry(
    int peripheralQualifier,
    int peripheralDeviceType,
    boolean removable,
    int version,
    int responseFlags,
    TargetPortGroupSupport targetPortGroupSupport,
    boolean thirdPartyCopy,
    boolean protect,
    int flags6,
    int flags7,
    String vendor,
    String product,
    String revision,
    List<Integer> versionDescriptors) {
  /** The TPGS field. */
  public enum TargetPortGroupSupport {
    NONE,
    IMPLICIT,
    EXPLICIT,
    IMPLICIT_AND_EXPLICIT
  }

  /** The shortest data that the standard allows, in bytes. */
  public static final int MIN_LENGTH = 36;

  /** HISUP and response data format 2, as current devices say. */
  public static final int DEFAULT_RESPONSE_FLAGS = 0x12;

  /** CMDQUE: commands are queued. */
  public static final int COMMAND_QUEUING = 0x02;

  private static final int VERSION_DESCRIPTORS = 58;
  private static final int MAX_VERSION_DESCRIPTORS = 8;

  public StandardInquiry {
    versionDescriptors = List.copyOf(versionDescriptors);
  }

  public boolean multiPort() {
    return (flags6 & 0x10) != 0;
  }

  public boolean commandQueuing() {
    return (flags7 & COMMAND_QUEUING) != 0;
  }

  /** Reads the data, of which the allocation length may have cut off what is behind byte 36. */
  public static StandardInquiry decode(ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields("standard INQUIRY data", bytes);
    int peripheral = in.int8(0, "PERIPHERAL");
    int flags = in.int8(5, "TPGS");
    int end = Math.min(in.length(), 5 + in.int8(4, "ADDITIONAL LENGTH"));
    List<Integer> versions = new ArrayList<>();
    for (int i = 0; i < MAX_VERSION_DESCRIPTORS && VERSION_DESCRIPTORS + 2 * i + 2 <= end; i++) {
      versions.add(in.int16(VERSION_DESCRIPTORS + 2 * i, "VERSION DESCRIPTOR"));
    }
    return new StandardInquiry(
        peripheral >> 5,
        peripheral & 0x1f,
        in.bit(1, 7, "RMB"),
        in.int8(2, "VERSION"),
        in.int8(3, "RESPONSE DATA FORMAT"),
        TargetPortGroupSupport.values()[flags >> 4 & 3],
        (flags & 0x08) != 0,
        (flags & 0x01) != 0,
        in.int8(6, "byte 6"),
        in.int8(7, "byte 7"),
        in.ascii(8, 8, "T10 VENDOR IDENTIFICATION"),
        in.ascii(16, 16, "PRODUCT IDENTIFICATION"),
        in.ascii(32, 4, "PRODUCT REVISION LEVEL"),
        versions);
  }

  /** The data: 36 bytes, or up to the last version descriptor where there are any. */
  public ByteBuffer encode() {
    int length =
        versionDescriptors.isEmpty()
            ? MIN_LENGTH
            : VERSION_DESCRIPTORS + 2 * versionDescriptors.size();
    ByteBuffer out = ByteBuffer.allocate(length);
    out.put((byte) (peripheralQualifier << 5 | peripheralDeviceType));
    out.put((byte) (removable ? 0x80 : 0));
    out.put((byte) version).put((byte) responseFlags).put((byte) (length - 5));
    int copy = thirdPartyCopy ? 0x08 : 0;
    out.put((byte) (targetPortGroupSupport.ordinal() << 4 | copy | (protect ? 1 : 0)));
    out.put((byte) flags6).put((byte) flags7);
    out.put(Fields.padded(vendor, 8)).put(Fields.padded(product, 16));
    out.put(Fields.padded(revision, 4));
    for (int i = 0; i < versionDescriptors.size(); i++) {
      out.putShort(VERSION_DESCRIPTORS + 2 * i, versionDescriptors.get(i).shortValue());
    }
    return out.rewind();
  }
}
