package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What PERSISTENT RESERVE IN brings (SPC-4 clause 6.15). */
public sealed interface ReservationData {
  /** READ KEYS. */
  int READ_KEYS = 0;

  /** READ RESERVATION. */
  int READ_RESERVATION = 1;

  /** REPORT CAPABILITIES. */
  int REPORT_CAPABILITIES = 2;

  /** READ FULL STATUS. */
  int READ_FULL_STATUS = 3;

  /** Length of the header, which says how long the rest is. */
  int HEADER_LENGTH = 8;

  /**
   * READ KEYS parameter data (clause 6.15.2).
   *
   * @param generation PRGENERATION, unsigned 32 bits
   * @param keys one for each registered I_T nexus, so a key may come several times
   */
  record Keys(long generation, List<Long> keys) implements ReservationData {
    private static final String WHERE = "READ KEYS data";

    public Keys {
      keys = List.copyOf(keys);
    }

    /** Reads the data; of a list that the allocation length cut off, the keys that are whole. */
    public static Keys decode(ByteBuffer bytes) throws ProtocolException {
      Fields in = new Fields(WHERE, bytes);
      long generation = in.uint32(0, "PRGENERATION");
      long length = in.uint32(4, "ADDITIONAL LENGTH");
      if (length % 8 != 0) {
        throw in.malformed("ADDITIONAL LENGTH", 4, length + " bytes are not keys of 8 bytes");
      }
      long end = Math.min(in.length(), HEADER_LENGTH + length);
      List<Long> keys = new ArrayList<>();
      for (int at = HEADER_LENGTH; at + 8 <= end; at += 8) {
        keys.add(in.int64(at, "RESERVATION KEY"));
      }
      return new Keys(generation, keys);
    }
  }

  /**
   * READ RESERVATION parameter data (clause 6.15.3).
   *
   * @param reservation the one that is held, if any
   */
  record Held(long generation, Optional<Reservation> reservation) implements ReservationData {
    private static final String WHERE = "READ RESERVATION data";

    /**
     * A reservation.
     *
     * @param key of its holder; 0 where all registrants hold it
     */
    public record Reservation(long key, ReservationType type) {}

    /** Reads the data. */
    public static Held decode(ByteBuffer bytes) throws ProtocolException {
      Fields in = new Fields(WHERE, bytes);
      long generation = in.uint32(0, "PRGENERATION");
      long length = in.uint32(4, "ADDITIONAL LENGTH");
      if (length == 0) {
        return new Held(generation, Optional.empty());
      }
      if (length != 16) {
        throw in.malformed("ADDITIONAL LENGTH", 4, "is " + length + ", not 0 or 16");
      }
      return new Held(
          generation,
          Optional.of(new Reservation(in.int64(8, "RESERVATION KEY"), type(in, 21, "TYPE"))));
    }
  }

  /**
   * REPORT CAPABILITIES parameter data (clause 6.15.4).
   *
   * @param persistThroughPowerLossCapable the PTPL_C bit
   * @param persistThroughPowerLossActivated the PTPL_A bit
   * @param allTargetPortsCapable the ATP_C bit
   * @param specifyInitiatorPortsCapable the SIP_C bit
   * @param types those of the mask; empty where TMV says that there is none
   */
  record Capabilities(
      boolean persistThroughPowerLossCapable,
      boolean persistThroughPowerLossActivated,
      boolean allTargetPortsCapable,
      boolean specifyInitiatorPortsCapable,
      List<ReservationType> types)
      implements ReservationData {
    private static final String WHERE = "REPORT CAPABILITIES data";

    public Capabilities {
      types = List.copyOf(types);
    }

    /** Reads the data. */
    public static Capabilities decode(ByteBuffer bytes) throws ProtocolException {
      Fields in = new Fields(WHERE, bytes);
      if (in.int16(0, "LENGTH") != 8) {
        throw in.malformed("LENGTH", 0, "is " + in.int16(0, "LENGTH") + ", not 8");
      }
      List<ReservationType> types = new ArrayList<>();
      if (in.bit(3, 7, "TMV")) {
        // bit 0 of byte 5 is type 8; the bits of byte 4 are those of their codes
        int mask = in.int8(4, "TYPE MASK") | in.int8(5, "TYPE MASK") << 8;
        for (ReservationType type : ReservationType.values()) {
          if ((mask >> type.code() & 1) != 0) {
            types.add(type);
          }
        }
      }
      return new Capabilities(
          in.bit(2, 0, "PTPL_C"),
          in.bit(3, 0, "PTPL_A"),
          in.bit(2, 2, "ATP_C"),
          in.bit(2, 3, "SIP_C"),
          types);
    }
  }

  /**
   * READ FULL STATUS parameter data (clause 6.15.5).
   *
   * @param registrations one for each registered I_T nexus, or one for all of an initiator port's
   */
  record FullStatus(long generation, List<Registration> registrations) implements ReservationData {
    private static final String WHERE = "READ FULL STATUS data";
    private static final int DESCRIPTOR_LENGTH = 24;
    private static final int ISCSI = 5;

    /**
     * A registration.
     *
     * @param allTargetPorts the ALL_TG_PT bit: {@code relativeTargetPort} then says nothing
     * @param held the reservation type that this nexus holds, if any
     * @param initiatorPort the iSCSI name, with {@code ,i,0x} and the ISID where it has one; for
     *     another protocol than iSCSI the TransportID in hexadecimal
     */
    public record Registration(
        long key,
        boolean allTargetPorts,
        Optional<ReservationType> held,
        int relativeTargetPort,
        String initiatorPort) {}

    public FullStatus {
      registrations = List.copyOf(registrations);
    }

    /** Reads the data; of a list that the allocation length cut off, what is whole. */
    public static FullStatus decode(ByteBuffer bytes) throws ProtocolException {
      Fields in = new Fields(WHERE, bytes);
      long end = Math.min(in.length(), HEADER_LENGTH + in.uint32(4, "ADDITIONAL LENGTH"));
      List<Registration> all = new ArrayList<>();
      for (int at = HEADER_LENGTH; at + DESCRIPTOR_LENGTH <= end; ) {
        long length = in.uint32(at + 20, "ADDITIONAL DESCRIPTOR LENGTH");
        if (at + DESCRIPTOR_LENGTH + length > end) {
          break;
        }
        boolean holder = in.bit(at + 12, 0, "R_HOLDER");
        all.add(
            new Registration(
                in.int64(at, "RESERVATION KEY"),
                in.bit(at + 12, 1, "ALL_TG_PT"),
                holder ? Optional.of(type(in, at + 13, "TYPE")) : Optional.empty(),
                in.int16(at + 18, "RELATIVE TARGET PORT IDENTIFIER"),
                port(in, at + DESCRIPTOR_LENGTH, (int) length)));
        at += DESCRIPTOR_LENGTH + (int) length;
      }
      return new FullStatus(in.uint32(0, "PRGENERATION"), all);
    }

    /** A TransportID (clause 7.6.4). */
    private static String port(Fields in, int at, int length) throws ProtocolException {
      ByteBuffer id = in.copy(at, length, "TransportID");
      if (length < 4 || (id.get(0) & 0xf) != ISCSI) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < length; i++) {
          hex.append(String.format("%02x", id.get(i)));
        }
        return hex.toString();
      }
      int name = id.getShort(2) & 0xffff;
      if (4 + name > length) {
        throw new ProtocolException(
            Kind.TRUNCATED, WHERE, "TransportID", at, 4 + name + " bytes of " + length);
      }
      String text = StandardCharsets.UTF_8.decode(id.slice(4, name)).toString();
      int nul = text.indexOf('\0');
      return nul < 0 ? text : text.substring(0, nul);
    }
  }

  private static ReservationType type(Fields in, int at, String field) throws ProtocolException {
    int code = in.int8(at, field) & 0xf;
    return ReservationType.of(code).orElseThrow(() -> in.malformed(field, at, "is " + code));
  }
}
