package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import io.pathproof.protocol.scsi.Cdb.Form;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Mode parameter list as MODE SENSE (6) and (10) return it (SPC-4 clause 7.5, SBC-3 clause 6.4).
 *
 * @param mediumType 0 for disks
 * @param deviceSpecificParameter see {@link #writeProtected()} and {@link #dpoAndFuaSupported()}
 * @param longLba the LONGLBA bit: block descriptors have 16 bytes; never in the form of 6
 * @param blockDescriptors as on the wire
 * @param pages in the order of the list
 */
public record ModeParameters(
    int mediumType,
    int deviceSpecificParameter,
    boolean longLba,
    ByteBuffer blockDescriptors,
    List<Page> pages) {
  /** Caching mode page (SBC-3 clause 6.4.5). */
  public static final int CACHING_PAGE = 0x08;

  /** Control mode page (SPC-4 clause 7.5.8). */
  public static final int CONTROL_PAGE = 0x0a;

  /** Asks for all pages. */
  public static final int ALL_PAGES = 0x3f;

  /** The WP bit of the device-specific parameter of a disk. */
  public static final int WRITE_PROTECTED = 0x80;

  /** The DPOFUA bit of the device-specific parameter of a disk. */
  public static final int DPO_FUA = 0x10;

  private static final String WHERE = "mode parameters";

  /**
   * One mode page.
   *
   * @param savable the PS bit
   * @param code 0 to 3Eh
   * @param subpage the SPF bit: the page has a subpage code and a length of 16 bits
   * @param subpageCode 0 without {@code subpage}
   * @param parameters what follows the length
   */
  public record Page(
      boolean savable, int code, boolean subpage, int subpageCode, ByteBuffer parameters) {}

  /**
   * The bits of the caching page that tell whether a write survives a lost cache.
   *
   * @param writeCacheEnabled WCE: GOOD status may come before the write is on the medium
   * @param readCacheDisabled RCD
   */
  public record Caching(boolean writeCacheEnabled, boolean readCacheDisabled) {}

  public ModeParameters {
    pages = List.copyOf(pages);
  }

  public boolean writeProtected() {
    return (deviceSpecificParameter & WRITE_PROTECTED) != 0;
  }

  public boolean dpoAndFuaSupported() {
    return (deviceSpecificParameter & DPO_FUA) != 0;
  }

  /** The page of a code, without subpage. */
  public Optional<Page> page(int code) {
    return pages.stream().filter(page -> page.code() == code && !page.subpage()).findFirst();
  }

  public Optional<Caching> caching() {
    return page(CACHING_PAGE)
        .filter(page -> page.parameters().hasRemaining())
        .map(page -> page.parameters().get(page.parameters().position()))
        .map(bits -> new Caching((bits & 0x04) != 0, (bits & 0x01) != 0));
  }

  /**
   * Reads the list.
   *
   * @param form SIX or TEN, as the command was
   * @throws ProtocolException of kind TRUNCATED if the list is cut off by the allocation length
   */
  public static ModeParameters decode(Form form, ByteBuffer bytes) throws ProtocolException {
    boolean six = form == Form.SIX;
    Fields in = new Fields(WHERE, bytes);
    String lengthField = "MODE DATA LENGTH";
    int end = six ? 1 + in.int8(0, lengthField) : 2 + in.int16(0, lengthField);
    int header = six ? 4 : 8;
    if (end > in.length()) {
      throw new ProtocolException(
          Kind.TRUNCATED, WHERE, lengthField, 0, end + " bytes of " + in.length());
    }
    Fields list = new Fields(WHERE, bytes.slice(bytes.position(), end));
    String field = "BLOCK DESCRIPTOR LENGTH";
    int descriptors = six ? list.int8(3, field) : list.int16(6, field);
    ByteBuffer blocks = list.copy(header, descriptors, field);
    List<Page> pages = new ArrayList<>();
    int at = header + descriptors;
    while (at < end) {
      int first = list.int8(at, "PAGE CODE");
      boolean subpage = (first & 0x40) != 0;
      int length = subpage ? list.int16(at + 2, "PAGE LENGTH") : list.int8(at + 1, "PAGE LENGTH");
      int start = at + (subpage ? 4 : 2);
      pages.add(
          new Page(
              (first & 0x80) != 0,
              first & 0x3f,
              subpage,
              subpage ? list.int8(at + 1, "SUBPAGE CODE") : 0,
              list.copy(start, length, "mode page")));
      at = start + length;
    }
    return new ModeParameters(
        list.int8(six ? 1 : 2, "MEDIUM TYPE"),
        list.int8(six ? 2 : 3, "DEVICE-SPECIFIC PARAMETER"),
        !six && list.bit(4, 0, "LONGLBA"),
        blocks,
        pages);
  }

  /**
   * The list for a command of the given form.
   *
   * @throws IllegalArgumentException if the list is longer than the form can say
   */
  public ByteBuffer encode(Form form) {
    boolean six = form == Form.SIX;
    int length = (six ? 4 : 8) + blockDescriptors.remaining();
    for (Page page : pages) {
      length += (page.subpage() ? 4 : 2) + page.parameters().remaining();
    }
    Fields.range("MODE DATA LENGTH", length - (six ? 1 : 2), six ? 0xff : 0xffff);
    ByteBuffer out = ByteBuffer.allocate(length);
    if (six) {
      out.put((byte) (length - 1)).put((byte) mediumType).put((byte) deviceSpecificParameter);
      out.put((byte) blockDescriptors.remaining());
    } else {
      out.putShort((short) (length - 2)).put((byte) mediumType);
      out.put((byte) deviceSpecificParameter).putShort((short) (longLba ? 0x0100 : 0));
      out.putShort((short) blockDescriptors.remaining());
    }
    out.put(blockDescriptors.duplicate());
    for (Page page : pages) {
      int flags = (page.savable() ? 0x80 : 0) | (page.subpage() ? 0x40 : 0);
      out.put((byte) (flags | page.code()));
      if (page.subpage()) {
        out.put((byte) page.subpageCode()).putShort((short) page.parameters().remaining());
      } else {
        out.put((byte) page.parameters().remaining());
      }
      out.put(page.parameters().duplicate());
    }
    return out.flip();
  }
}
