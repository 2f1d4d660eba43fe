package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.Cdb.Form;
import java.nio.ByteBuffer;

/** The layouts that several CDBs share, and the way from bytes to the records of {@link Cdb}. */
final class CdbReader {
  private static final String LBA = "LOGICAL BLOCK ADDRESS";
  private static final String ALLOCATION_LENGTH = "ALLOCATION LENGTH";
  private static final int SERVICE_ACTION_MASK = 0x1f;

  private CdbReader() {}

  static Cdb read(ByteBuffer bytes) throws ProtocolException {
    Fields in = new Fields("CDB", bytes);
    int code = in.int8(0, "OPERATION CODE");
    int length = length(code);
    if (in.length() < length) {
      in.copy(0, length, "CDB of operation code 0x%02x".formatted(code));
    }
    return switch (code) {
      case Cdb.TestUnitReady.OPERATION_CODE -> new Cdb.TestUnitReady();
      case Cdb.RequestSense.OPERATION_CODE ->
          new Cdb.RequestSense(in.bit(1, 0, "DESC"), in.int8(4, ALLOCATION_LENGTH));
      case Cdb.Inquiry.OPERATION_CODE ->
          new Cdb.Inquiry(
              in.bit(1, 0, "EVPD"), in.int8(2, "PAGE CODE"), in.int16(3, ALLOCATION_LENGTH));
      case Cdb.ReportLuns.OPERATION_CODE ->
          new Cdb.ReportLuns(in.int8(2, "SELECT REPORT"), in.uint32(6, ALLOCATION_LENGTH));
      case Cdb.ReadCapacity10.OPERATION_CODE -> new Cdb.ReadCapacity10();
      case Cdb.ReadCapacity16.OPERATION_CODE ->
          serviceAction(in) == Cdb.ReadCapacity16.SERVICE_ACTION
              ? new Cdb.ReadCapacity16(in.uint32(10, ALLOCATION_LENGTH))
              : unknown(in);
      case Cdb.ReportTargetPortGroups.OPERATION_CODE ->
          serviceAction(in) == Cdb.ReportTargetPortGroups.SERVICE_ACTION
              ? new Cdb.ReportTargetPortGroups(
                  in.int8(1, "PARAMETER DATA FORMAT") >> 5 == 1, in.uint32(6, ALLOCATION_LENGTH))
              : unknown(in);
      case Cdb.Read.OPERATION_CODE_10, Cdb.Read.OPERATION_CODE_16 -> {
        Blocks b = blocks(in, length);
        yield new Cdb.Read(b.form, b.flags >> 5, b.dpo(), b.fua(), b.lba, b.group, b.count);
      }
      case Cdb.Write.OPERATION_CODE_10, Cdb.Write.OPERATION_CODE_16 -> {
        Blocks b = blocks(in, length);
        yield new Cdb.Write(b.form, b.flags >> 5, b.dpo(), b.fua(), b.lba, b.group, b.count);
      }
      case Cdb.SynchronizeCache.OPERATION_CODE_10, Cdb.SynchronizeCache.OPERATION_CODE_16 -> {
        Blocks b = blocks(in, length);
        yield new Cdb.SynchronizeCache(b.form, (b.flags & 0x02) != 0, b.lba, b.group, b.count);
      }
      case Cdb.ModeSense.OPERATION_CODE_6 -> modeSense(in, Form.SIX, in.int8(4, ALLOCATION_LENGTH));
      case Cdb.ModeSense.OPERATION_CODE_10 ->
          modeSense(in, Form.TEN, in.int16(7, ALLOCATION_LENGTH));
      case Cdb.SetTargetPortGroups.OPERATION_CODE ->
          serviceAction(in) == Cdb.SetTargetPortGroups.SERVICE_ACTION
              ? new Cdb.SetTargetPortGroups(in.uint32(6, "PARAMETER LIST LENGTH"))
              : unknown(in);
      case ReservationCdb.In.OPERATION_CODE ->
          new ReservationCdb.In(serviceAction(in), in.int16(7, ALLOCATION_LENGTH));
      case ReservationCdb.Out.OPERATION_CODE -> {
        int scopeAndType = in.int8(2, "SCOPE");
        yield new ReservationCdb.Out(
            serviceAction(in),
            scopeAndType >> 4,
            scopeAndType & 0xf,
            in.uint32(5, "PARAMETER LIST LENGTH"));
      }
      default -> medium(in, code, length);
    };
  }

  private static Cdb medium(Fields in, int code, int length) throws ProtocolException {
    return switch (code) {
      case MediumCdb.CompareAndWrite.OPERATION_CODE -> {
        Blocks b = blocks(in, length);
        yield new MediumCdb.CompareAndWrite(
            b.fua(), b.lba, in.int8(13, "NUMBER OF LOGICAL BLOCKS"));
      }
      case MediumCdb.Unmap.OPERATION_CODE ->
          new MediumCdb.Unmap(in.int16(7, "PARAMETER LIST LENGTH"));
      case MediumCdb.WriteSame.OPERATION_CODE_10, MediumCdb.WriteSame.OPERATION_CODE_16 -> {
        Blocks b = blocks(in, length);
        boolean none = b.form == Form.SIXTEEN && (b.flags & 0x01) != 0;
        yield new MediumCdb.WriteSame(b.form, (b.flags & 0x08) != 0, none, b.lba, b.count);
      }
      case MediumCdb.Verify.OPERATION_CODE_10, MediumCdb.Verify.OPERATION_CODE_16 -> {
        Blocks b = blocks(in, length);
        yield new MediumCdb.Verify(b.form, b.flags >> 1 & 3, b.lba, b.count);
      }
      case MediumCdb.WriteAndVerify.OPERATION_CODE_10,
          MediumCdb.WriteAndVerify.OPERATION_CODE_16 -> {
        Blocks b = blocks(in, length);
        yield new MediumCdb.WriteAndVerify(b.form, b.flags >> 1 & 3, b.lba, b.count);
      }
      default -> unknown(in);
    };
  }

  /** The length that the group code says (SPC-4 clause 4.2.5.1); 1 where it says none. */
  private static int length(int operationCode) {
    return switch (operationCode >> 5) {
      case 0 -> 6;
      case 1, 2 -> 10;
      case 4 -> 16;
      case 5 -> 12;
      default -> 1;
    };
  }

  private static int serviceAction(Fields in) throws ProtocolException {
    return in.int8(1, "SERVICE ACTION") & SERVICE_ACTION_MASK;
  }

  private static Cdb unknown(Fields in) throws ProtocolException {
    return new Cdb.Unknown(in.copy(0, in.length(), "CDB"));
  }

  private static Cdb.ModeSense modeSense(Fields in, Form form, int allocationLength)
      throws ProtocolException {
    int page = in.int8(2, "PAGE CODE");
    return new Cdb.ModeSense(
        form,
        in.bit(1, 3, "DBD"),
        page >> 6,
        page & 0x3f,
        in.int8(3, "SUBPAGE CODE"),
        allocationLength);
  }

  private record Blocks(Form form, int flags, long lba, int group, long count) {
    boolean dpo() {
      return (flags & 0x10) != 0;
    }

    boolean fua() {
      return (flags & 0x08) != 0;
    }
  }

  private static Blocks blocks(Fields in, int length) throws ProtocolException {
    int flags = in.int8(1, "byte 1");
    if (length == Form.TEN.length()) {
      int group = in.int8(6, "GROUP NUMBER") & 0x1f;
      return new Blocks(Form.TEN, flags, in.uint32(2, LBA), group, in.int16(7, "TRANSFER LENGTH"));
    }
    long lba = in.int64(2, LBA);
    if (lba < 0) {
      throw in.malformed(LBA, 2, "0x%x is beyond any medium".formatted(lba));
    }
    int group = in.int8(14, "GROUP NUMBER") & 0x1f;
    return new Blocks(Form.SIXTEEN, flags, lba, group, in.uint32(10, "TRANSFER LENGTH"));
  }

  static ByteBuffer blocks(
      Form form, int operationCode, int flags, long lba, int group, long count) {
    ByteBuffer out =
        ByteBuffer.allocate(form.length()).put(0, (byte) operationCode).put(1, (byte) flags);
    return form == Form.TEN
        ? out.putInt(2, (int) lba).put(6, (byte) group).putShort(7, (short) count)
        : out.putLong(2, lba).putInt(10, (int) count).put(14, (byte) group);
  }

  static Form formFor(long lba, long count) {
    return lba <= 0xffffffffL && count <= 0xffff ? Form.TEN : Form.SIXTEEN;
  }

  static void checkBlocks(Form form, int protect, long lba, int group, long count) {
    if (form == Form.SIX) {
      throw new IllegalArgumentException("the form of 6 bytes is not supported");
    }
    Fields.range("PROTECT", protect, 7);
    Fields.range(LBA, lba, form == Form.TEN ? 0xffffffffL : Long.MAX_VALUE);
    Fields.range("GROUP NUMBER", group, 0x1f);
    Fields.range("TRANSFER LENGTH", count, form == Form.TEN ? 0xffff : 0xffffffffL);
  }
}
