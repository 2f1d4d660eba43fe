package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AdditionalSense;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/**
 * Mode pages of one logical unit (SPC-4 clause 7.5, SBC-3 clause 6.4). Changeable are D_SENSE and
 * SWP of the control page.
 */
final class ModePages {
  private static final int ALL = 0x3f;
  private static final int D_SENSE = 0x04;
  private static final int SWP = 0x08;
  private static final int DPO_FUA = 0x10;
  private static final int WRITE_PROTECTED = 0x80;

  private static final class Page {
    final byte[] defaults;
    final byte[] changeable;
    byte[] current;

    Page(String defaults, String changeable) {
      this.defaults = HexFormat.of().parseHex(defaults);
      this.changeable = HexFormat.of().parseHex(changeable);
      this.current = this.defaults.clone();
    }

    int code() {
      return defaults[0];
    }
  }

  private final Page control = new Page("0a0a00100000000000000000", "0a0a04000800000000000000");

  private final List<Page> pages =
      List.of(
          new Page("010a00000000000000000000", "010a00000000000000000000"),
          new Page(
              "0812000000000000000000000000000000000000",
              "0812000000000000000000000000000000000000"),
          control,
          new Page("1c0a00000000000000000000", "1c0a00000000000000000000"));

  void reset() {
    pages.forEach(page -> page.current = page.defaults.clone());
  }

  boolean descriptorSense() {
    return (control.current[2] & D_SENSE) != 0;
  }

  boolean writeProtected() {
    return (control.current[4] & SWP) != 0;
  }

  ScsiOutcome sense(Request request) throws Refusal {
    boolean six = request.operation == Operation.MODE_SENSE_6;
    int control = request.int8(2) >> 6;
    int code = request.int8(2) & 0x3f;
    int subpage = request.int8(3);
    if (control == 3) {
      throw Refusal.illegal(AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED);
    }
    if (subpage != 0 && subpage != 0xff) {
      throw Refusal.invalidCdb();
    }
    ByteBuffer out = ByteBuffer.allocate(512).position(six ? 4 : 8);
    boolean longAddresses = !six && request.bit(1, 4);
    int descriptor = request.bit(1, 3) ? 0 : descriptor(request.unit.volume, out, longAddresses);
    boolean any = false;
    for (Page page : pages) {
      if (code == ALL || code == page.code()) {
        out.put(control == 0 ? page.current : control == 1 ? page.changeable : page.defaults);
        any = true;
      }
    }
    if (!any) {
      throw Refusal.invalidCdb();
    }
    int flags = DPO_FUA | (writeProtected() ? WRITE_PROTECTED : 0);
    int length = out.position();
    if (six) {
      out.put(0, (byte) (length - 1)).put(2, (byte) flags).put(3, (byte) descriptor);
    } else {
      out.putShort(0, (short) (length - 2)).put(3, (byte) flags);
      out.put(4, (byte) (longAddresses ? 1 : 0)).putShort(6, (short) descriptor);
    }
    return Request.cut(out.flip(), six ? request.int8(4) : request.int16(7));
  }

  private static int descriptor(Volume volume, ByteBuffer out, boolean longAddresses) {
    if (longAddresses) {
      out.putLong(volume.blocks()).putInt(0).putInt(volume.blockLength());
      return 16;
    }
    out.putInt((int) Math.min(volume.blocks(), 0xffffffffL)).putInt(volume.blockLength());
    return 8;
  }

  ScsiOutcome select(Request request) throws Refusal {
    boolean six = request.operation == Operation.MODE_SELECT_6;
    int length = six ? request.int8(4) : request.int16(7);
    if (!request.bit(1, 4) || request.bit(1, 0)) {
      throw Refusal.invalidCdb(); // pages have the standard's format, and are not saved
    }
    if (length == 0) {
      return ScsiOutcome.GOOD;
    }
    int header = six ? 4 : 8;
    ByteBuffer list = request.parameters(Math.max(length, header)).limit(length);
    int at = header + (six ? list.get(3) & 0xff : list.getShort(6) & 0xffff);
    if (at > length) {
      throw Refusal.parameterLength();
    }
    byte[] wanted = control.current;
    while (at < length) {
      Page page = page(list, at, length);
      byte[] bytes = new byte[page.defaults.length];
      list.get(at, bytes);
      bytes[0] &= 0x7f;
      for (int i = 2; i < bytes.length; i++) {
        if (((bytes[i] ^ page.current[i]) & ~page.changeable[i]) != 0) {
          throw Refusal.invalidParameter();
        }
      }
      if (page == control) {
        wanted = bytes;
      }
      at += bytes.length;
    }
    if (!java.util.Arrays.equals(wanted, control.current)) {
      control.current = wanted;
      request.unit.raiseOnOthers(request.nexus, AdditionalSense.MODE_PARAMETERS_CHANGED);
    }
    return ScsiOutcome.GOOD;
  }

  private Page page(ByteBuffer list, int at, int length) throws Refusal {
    if (at + 2 > length) {
      throw Refusal.parameterLength();
    }
    for (Page page : pages) {
      if (page.code() == (list.get(at) & 0x7f)) {
        if ((list.get(at + 1) & 0xff) != page.defaults.length - 2) {
          throw Refusal.invalidParameter();
        }
        if (at + page.defaults.length > length) {
          throw Refusal.parameterLength();
        }
        return page;
      }
    }
    throw Refusal.invalidParameter();
  }
}
