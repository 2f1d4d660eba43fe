package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * REPORT LUNS parameter data (SPC-4 clause 6.33).
 *
 * @param luns in the order of the list
 */
public record LunList(List<Lun> luns) {
  private static final int HEADER_LENGTH = 8;
  private static final int ENTRY_LENGTH = 8;
  private static final String WHERE = "REPORT LUNS data";

  public LunList {
    luns = List.copyOf(luns);
  }

  /**
   * The length of the whole list by its own header, for a second command where the first was cut
   * off.
   *
   * @return bytes, header included
   */
  public static long length(ByteBuffer bytes) throws ProtocolException {
    return HEADER_LENGTH + new Fields(WHERE, bytes).uint32(0, "LUN LIST LENGTH");
  }

  /**
   * Reads the list.
   *
   * @throws ProtocolException of kind TRUNCATED if the list is cut off by the allocation length
   */
  public static LunList decode(ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields(WHERE, bytes);
    long length = length(bytes);
    if (length > in.length()) {
      throw new ProtocolException(
          Kind.TRUNCATED, WHERE, "LUN LIST LENGTH", 0, length + " bytes of " + in.length());
    }
    if (length % ENTRY_LENGTH != 0) {
      throw in.malformed("LUN LIST LENGTH", 0, "is not a multiple of 8");
    }
    List<Lun> luns = new ArrayList<>();
    for (int at = HEADER_LENGTH; at < length; at += ENTRY_LENGTH) {
      luns.add(new Lun(in.int64(at, "LUN")));
    }
    return new LunList(luns);
  }

  public ByteBuffer encode() {
    int length = ENTRY_LENGTH * luns.size();
    ByteBuffer out = ByteBuffer.allocate(HEADER_LENGTH + length).putInt(length).putInt(0);
    luns.forEach(lun -> out.putLong(lun.raw()));
    return out.flip();
  }
}
