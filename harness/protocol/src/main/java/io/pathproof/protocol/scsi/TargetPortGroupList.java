package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameter list of SET TARGET PORT GROUPS (SPC-4 clause 6.45).
 *
 * @param settings in the order of the list
 */
public record TargetPortGroupList(List<Setting> settings) {
  private static final int HEADER_LENGTH = 4;
  private static final int DESCRIPTOR_LENGTH = 4;

  /**
   * The state that a group is to have.
   *
   * @param group its identifier, 0 to 65535
   */
  public record Setting(AccessState state, int group) {
    public Setting {
      Fields.range("TARGET PORT GROUP", group, 0xffff);
    }
  }

  public TargetPortGroupList {
    settings = List.copyOf(settings);
  }

  /** Reads the list. */
  public static TargetPortGroupList decode(ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields("SET TARGET PORT GROUPS list", bytes);
    in.copy(0, HEADER_LENGTH, "header");
    List<Setting> settings = new ArrayList<>();
    for (int at = HEADER_LENGTH; at < in.length(); at += DESCRIPTOR_LENGTH) {
      int code = in.int8(at, "ASYMMETRIC ACCESS STATE") & 0xf;
      int place = at;
      AccessState state =
          AccessState.of(code)
              .orElseThrow(() -> in.malformed("ASYMMETRIC ACCESS STATE", place, "is " + code));
      settings.add(new Setting(state, in.int16(at + 2, "TARGET PORT GROUP")));
    }
    return new TargetPortGroupList(settings);
  }

  /** The list as it is sent. */
  public ByteBuffer encode() {
    ByteBuffer out = ByteBuffer.allocate(HEADER_LENGTH + DESCRIPTOR_LENGTH * settings.size());
    out.putInt(0);
    for (Setting each : settings) {
      out.put((byte) each.state().code()).put((byte) 0).putShort((short) each.group());
    }
    return out.flip();
  }
}
