package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * REPORT TARGET PORT GROUPS parameter data (SPC-4 clause 6.37).
 *
 * @param implicitTransitionTimeSeconds 0 to 255; present in the extended header format alone
 * @param groups in the order of the list
 */
public record TargetPortGroups(OptionalInt implicitTransitionTimeSeconds, List<Group> groups) {
  private static final String WHERE = "REPORT TARGET PORT GROUPS data";
  private static final int LENGTH_FIELD = 4;
  private static final int EXTENDED_HEADER = 8;
  private static final int DESCRIPTOR_HEADER = 8;
  private static final int PORT_LENGTH = 4;
  private static final int MAX_PORTS = 255;

  /**
   * One target port group descriptor.
   *
   * @param preferred the PREF bit
   * @param supportedStates byte 1: T_SUP, O_SUP, LBD_SUP, U_SUP, S_SUP, AN_SUP, AO_SUP
   * @param identifier the target port group, 0 to 65535
   * @param statusCode 0 none, 1 altered by SET TARGET PORT GROUPS, 2 altered implicitly
   * @param relativeTargetPorts identifiers of the ports, each 0 to 65535; at most 255
   */
  public record Group(
      boolean preferred,
      AccessState state,
      int supportedStates,
      int identifier,
      int statusCode,
      List<Integer> relativeTargetPorts) {
    public Group {
      relativeTargetPorts = List.copyOf(relativeTargetPorts);
      Fields.range("TARGET PORT COUNT", relativeTargetPorts.size(), MAX_PORTS);
    }
  }

  public TargetPortGroups {
    groups = List.copyOf(groups);
  }

  /**
   * Reads the data, in either header format.
   *
   * @throws ProtocolException if the list is cut off, or an access state is one that SPC-4 reserves
   */
  public static TargetPortGroups decode(ByteBuffer bytes) throws ProtocolException {
    Fields all = new Fields(WHERE, bytes);
    long end = LENGTH_FIELD + all.uint32(0, "RETURN DATA LENGTH");
    if (end > all.length()) {
      throw new ProtocolException(
          Kind.TRUNCATED, WHERE, "RETURN DATA LENGTH", 0, end + " bytes of " + all.length());
    }
    Fields in = new Fields(WHERE, bytes.slice(bytes.position(), (int) end));
    boolean extended = end > LENGTH_FIELD && (in.int8(4, "FORMAT TYPE") >> 4 & 7) == 1;
    List<Group> groups = new ArrayList<>();
    int at = extended ? EXTENDED_HEADER : LENGTH_FIELD;
    while (at < end) {
      Group group = group(in, at);
      groups.add(group);
      at += DESCRIPTOR_HEADER + PORT_LENGTH * group.relativeTargetPorts().size();
    }
    return new TargetPortGroups(
        extended ? OptionalInt.of(in.int8(5, "IMPLICIT TRANSITION TIME")) : OptionalInt.empty(),
        groups);
  }

  private static Group group(Fields in, int at) throws ProtocolException {
    int code = in.int8(at, "ASYMMETRIC ACCESS STATE") & 0xf;
    AccessState state =
        AccessState.of(code)
            .orElseThrow(() -> in.malformed("ASYMMETRIC ACCESS STATE", at, "is " + code));
    List<Integer> ports = new ArrayList<>();
    int count = in.int8(at + 7, "TARGET PORT COUNT");
    for (int i = 0; i < count; i++) {
      int port = at + DESCRIPTOR_HEADER + PORT_LENGTH * i;
      ports.add(in.int16(port + 2, "RELATIVE TARGET PORT IDENTIFIER"));
    }
    return new Group(
        in.bit(at, 7, "PREF"),
        state,
        in.int8(at + 1, "supported states"),
        in.int16(at + 2, "TARGET PORT GROUP"),
        in.int8(at + 5, "STATUS CODE"),
        ports);
  }

  /** The data, in the extended header format if there is a transition time. */
  public ByteBuffer encode() {
    boolean extended = implicitTransitionTimeSeconds.isPresent();
    int length = extended ? EXTENDED_HEADER : LENGTH_FIELD;
    for (Group group : groups) {
      length += DESCRIPTOR_HEADER + PORT_LENGTH * group.relativeTargetPorts().size();
    }
    ByteBuffer out = ByteBuffer.allocate(length).putInt(length - LENGTH_FIELD);
    if (extended) {
      out.put((byte) 0x10).put((byte) implicitTransitionTimeSeconds.getAsInt()).putShort((short) 0);
    }
    for (Group group : groups) {
      out.put((byte) ((group.preferred() ? 0x80 : 0) | group.state().code()));
      out.put((byte) group.supportedStates()).putShort((short) group.identifier());
      out.put((byte) 0).put((byte) group.statusCode()).put((byte) 0);
      out.put((byte) group.relativeTargetPorts().size());
      group.relativeTargetPorts().forEach(port -> out.putInt(port & 0xffff));
    }
    return out.flip();
  }
}
