package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Sense data in fixed or descriptor format (SPC-4 clause 4.5). Descriptors of other types than
 * information, command specific, sense key specific, field replaceable unit and block commands are
 * passed over.
 *
 * @param descriptorFormat true for descriptor format (response codes 72h, 73h)
 * @param deferred true if the error belongs to an earlier command (71h, 73h)
 * @param asc additional sense code, 0 to 255
 * @param ascq additional sense code qualifier, 0 to 255
 * @param incorrectLength the ILI bit
 * @param information present if VALID; 32 bits in fixed format, by the command's meaning (an LBA,
 *     mostly)
 * @param commandSpecificInformation 0 if there is none
 * @param fieldReplaceableUnit 0 to 255, 0 if there is none
 * @param senseKeySpecific the 23 bits behind SKSV, present if that is set
 */
public record Sense(
    boolean descriptorFormat,
    boolean deferred,
    SenseKey key,
    int asc,
    int ascq,
    boolean incorrectLength,
    OptionalLong information,
    long commandSpecificInformation,
    int fieldReplaceableUnit,
    OptionalInt senseKeySpecific) {
  private static final int FIXED_CURRENT = 0x70;
  private static final int DESCRIPTOR_CURRENT = 0x72;

  /** Up to and with the sense key specific bytes, which is what targets send. */
  private static final int FIXED_LENGTH = 18;

  private static final int HEADER_LENGTH = 8;
  private static final int SKSV = 0x800000;
  private static final String WHERE = "sense data";

  /** Current sense data in fixed format, of key and additional code alone. */
  public static Sense fixed(SenseKey key, int asc, int ascq) {
    return of(false, key, asc, ascq);
  }

  /** Current sense data in descriptor format, of key and additional code alone. */
  public static Sense descriptor(SenseKey key, int asc, int ascq) {
    return of(true, key, asc, ascq);
  }

  private static Sense of(boolean descriptor, SenseKey key, int asc, int ascq) {
    return new Sense(
        descriptor, false, key, asc, ascq, false, OptionalLong.empty(), 0, 0, OptionalInt.empty());
  }

  public Optional<AdditionalSense> additional() {
    return AdditionalSense.of(asc, ascq);
  }

  /** True if key and additional code are those given. */
  public boolean is(SenseKey key, AdditionalSense additional) {
    return this.key == key && asc == additional.asc() && ascq == additional.ascq();
  }

  /**
   * Reads sense data.
   *
   * @throws ProtocolException if the response code is not 70h to 73h, or fields that the code needs
   *     are cut off
   */
  public static Sense decode(ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields(WHERE, bytes);
    int code = in.int8(0, "RESPONSE CODE") & 0x7f;
    if (code < FIXED_CURRENT || code > DESCRIPTOR_CURRENT + 1) {
      throw in.malformed("RESPONSE CODE", 0, "is 0x%02x".formatted(code));
    }
    boolean deferred = (code & 1) != 0;
    return code >= DESCRIPTOR_CURRENT ? decodeDescriptor(in, deferred) : decodeFixed(in, deferred);
  }

  private static Sense decodeFixed(Fields in, boolean deferred) throws ProtocolException {
    int end = Math.min(in.length(), HEADER_LENGTH + in.int8(7, "ADDITIONAL SENSE LENGTH"));
    int specific = end < 18 ? 0 : in.int32(14, "SENSE KEY SPECIFIC") & 0xffffff;
    int flags = in.int8(2, "SENSE KEY");
    return new Sense(
        false,
        deferred,
        SenseKey.of(flags),
        end < 13 ? 0 : in.int8(12, "ADDITIONAL SENSE CODE"),
        end < 14 ? 0 : in.int8(13, "ADDITIONAL SENSE CODE QUALIFIER"),
        (flags & 0x20) != 0,
        in.bit(0, 7, "VALID") ? OptionalLong.of(in.uint32(3, "INFORMATION")) : OptionalLong.empty(),
        end < 12 ? 0 : in.uint32(8, "COMMAND-SPECIFIC INFORMATION"),
        end < 15 ? 0 : in.int8(14, "FIELD REPLACEABLE UNIT CODE"),
        (specific & SKSV) != 0 ? OptionalInt.of(specific & ~SKSV) : OptionalInt.empty());
  }

  private static Sense decodeDescriptor(Fields in, boolean deferred) throws ProtocolException {
    OptionalLong information = OptionalLong.empty();
    long commandSpecific = 0;
    OptionalInt specific = OptionalInt.empty();
    int unit = 0;
    boolean incorrectLength = false;
    int end = Math.min(in.length(), HEADER_LENGTH + in.int8(7, "ADDITIONAL SENSE LENGTH"));
    int next;
    for (int at = HEADER_LENGTH; at + 1 < end; at = next) {
      int type = in.int8(at, "DESCRIPTOR TYPE");
      next = at + 2 + in.int8(at + 1, "ADDITIONAL LENGTH");
      if (next > end) {
        break; // cut off by the allocation length or by SenseLength; what is whole is valid
      }
      int length = next - at;
      if (type == 0x00 && length == 12 && in.bit(at + 2, 7, "VALID")) {
        information = OptionalLong.of(in.int64(at + 4, "INFORMATION"));
      } else if (type == 0x01 && length == 12) {
        commandSpecific = in.int64(at + 4, "COMMAND-SPECIFIC INFORMATION");
      } else if (type == 0x02 && length == 8 && in.bit(at + 4, 7, "SKSV")) {
        specific = OptionalInt.of(in.int32(at + 4, "SENSE KEY SPECIFIC") >>> 8 & 0xffffff & ~SKSV);
      } else if (type == 0x03 && length == 4) {
        unit = in.int8(at + 3, "FIELD REPLACEABLE UNIT CODE");
      } else if (type == 0x05 && length == 4) {
        incorrectLength = in.bit(at + 3, 5, "ILI");
      }
    }
    return new Sense(
        true,
        deferred,
        SenseKey.of(in.int8(1, "SENSE KEY")),
        in.int8(2, "ADDITIONAL SENSE CODE"),
        in.int8(3, "ADDITIONAL SENSE CODE QUALIFIER"),
        incorrectLength,
        information,
        commandSpecific,
        unit,
        specific);
  }

  /** The sense data as on the wire, without the SenseLength that iSCSI puts before it. */
  public ByteBuffer encode() {
    return descriptorFormat ? encodeDescriptor() : encodeFixed();
  }

  private ByteBuffer encodeFixed() {
    ByteBuffer out = ByteBuffer.allocate(FIXED_LENGTH);
    int code = FIXED_CURRENT + (deferred ? 1 : 0);
    out.put(0, (byte) (code | (information.isPresent() ? 0x80 : 0)));
    out.put(2, (byte) (key.code() | (incorrectLength ? 0x20 : 0)));
    out.putInt(3, (int) information.orElse(0));
    out.put(7, (byte) (FIXED_LENGTH - HEADER_LENGTH));
    out.putInt(8, (int) commandSpecificInformation);
    out.put(12, (byte) asc);
    out.put(13, (byte) ascq);
    int specific = senseKeySpecific.isPresent() ? SKSV | senseKeySpecific.getAsInt() : 0;
    out.putInt(14, fieldReplaceableUnit << 24 | specific);
    return out;
  }

  private ByteBuffer encodeDescriptor() {
    ByteBuffer out = ByteBuffer.allocate(HEADER_LENGTH + 12 + 12 + 8 + 4 + 4);
    int code = DESCRIPTOR_CURRENT + (deferred ? 1 : 0);
    out.put((byte) code).put((byte) key.code()).put((byte) asc).put((byte) ascq).putInt(0);
    if (information.isPresent()) {
      out.putInt(0x000a8000).putLong(information.getAsLong());
    }
    if (commandSpecificInformation != 0) {
      out.putInt(0x010a0000).putLong(commandSpecificInformation);
    }
    if (senseKeySpecific.isPresent()) {
      out.putInt(0x02060000).putInt((SKSV | senseKeySpecific.getAsInt()) << 8);
    }
    if (fieldReplaceableUnit != 0) {
      out.putInt(0x03020000 | fieldReplaceableUnit);
    }
    if (incorrectLength) {
      out.putInt(0x05020020);
    }
    out.put(7, (byte) (out.position() - HEADER_LENGTH));
    return out.flip();
  }

  /**
   * As engineers write it: {@code UNIT_ATTENTION 29/00
   * POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED}.
   */
  @Override
  public String toString() {
    return "%s %02X/%02X%s%s"
        .formatted(
            key,
            asc,
            ascq,
            additional().map(name -> " " + name).orElse(""),
            deferred ? " (deferred)" : "");
  }
}
