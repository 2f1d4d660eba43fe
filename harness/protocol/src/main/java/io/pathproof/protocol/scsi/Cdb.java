package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Command descriptor blocks that a disk host uses (SPC-4, SBC-3), for both ends. Reserved fields
 * and the CONTROL byte are zero when written and passed over when read.
 */
public sealed interface Cdb
    permits Cdb.TestUnitReady,
        Cdb.RequestSense,
        Cdb.Inquiry,
        Cdb.ReportLuns,
        Cdb.ReadCapacity10,
        Cdb.ReadCapacity16,
        Cdb.Read,
        Cdb.Write,
        Cdb.SynchronizeCache,
        Cdb.ModeSense,
        Cdb.ReportTargetPortGroups,
        Cdb.SetTargetPortGroups,
        Cdb.Unknown,
        MediumCdb,
        ReservationCdb {
  /** The length of a CDB whose command comes in several. */
  enum Form {
    SIX(6),
    TEN(10),
    SIXTEEN(16);

    private final int length;

    Form(int length) {
      this.length = length;
    }

    /** Length in bytes. */
    public int length() {
      return length;
    }
  }

  /** The CDB in its own length: 6, 10, 12 or 16 bytes. */
  ByteBuffer encode();

  /**
   * Reads a CDB, which may be padded (iSCSI pads to 16 bytes).
   *
   * @return the command; {@link Unknown} if its operation code or service action is none of those
   *     here
   * @throws ProtocolException of kind TRUNCATED if the bytes end before the CDB does
   */
  static Cdb decode(ByteBuffer bytes) throws ProtocolException {
    return CdbReader.read(bytes);
  }

  /** TEST UNIT READY (SPC-4 clause 6.47). */
  record TestUnitReady() implements Cdb {
    static final int OPERATION_CODE = 0x00;

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(6);
    }
  }

  /**
   * REQUEST SENSE (SPC-4 clause 6.39).
   *
   * @param descriptorFormat the DESC bit
   * @param allocationLength bytes, 0 to 255
   */
  record RequestSense(boolean descriptorFormat, int allocationLength) implements Cdb {
    static final int OPERATION_CODE = 0x03;

    public RequestSense {
      Fields.range("ALLOCATION LENGTH", allocationLength, 0xff);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(6)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) (descriptorFormat ? 1 : 0))
          .put(4, (byte) allocationLength);
    }
  }

  /**
   * INQUIRY (SPC-4 clause 6.6).
   *
   * @param vitalProductData the EVPD bit
   * @param pageCode 0 to 255, 0 without EVPD
   * @param allocationLength bytes, 0 to 65535
   */
  record Inquiry(boolean vitalProductData, int pageCode, int allocationLength) implements Cdb {
    static final int OPERATION_CODE = 0x12;

    public Inquiry {
      Fields.range("PAGE CODE", pageCode, 0xff);
      Fields.range("ALLOCATION LENGTH", allocationLength, 0xffff);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(6)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) (vitalProductData ? 1 : 0))
          .put(2, (byte) pageCode)
          .putShort(3, (short) allocationLength);
    }
  }

  /**
   * REPORT LUNS (SPC-4 clause 6.33).
   *
   * @param selectReport 0 to 255; 0 asks for all but the well-known logical units
   * @param allocationLength bytes, unsigned 32 bits
   */
  record ReportLuns(int selectReport, long allocationLength) implements Cdb {
    static final int OPERATION_CODE = 0xa0;

    public ReportLuns {
      Fields.range("SELECT REPORT", selectReport, 0xff);
      Fields.range("ALLOCATION LENGTH", allocationLength, 0xffffffffL);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(12)
          .put(0, (byte) OPERATION_CODE)
          .put(2, (byte) selectReport)
          .putInt(6, (int) allocationLength);
    }
  }

  /** READ CAPACITY (10) (SBC-3 clause 5.15). */
  record ReadCapacity10() implements Cdb {
    static final int OPERATION_CODE = 0x25;

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(10).put(0, (byte) OPERATION_CODE);
    }
  }

  /**
   * READ CAPACITY (16) (SBC-3 clause 5.16), a service action of SERVICE ACTION IN (16).
   *
   * @param allocationLength bytes, unsigned 32 bits
   */
  record ReadCapacity16(long allocationLength) implements Cdb {
    static final int OPERATION_CODE = 0x9e;
    static final int SERVICE_ACTION = 0x10;

    public ReadCapacity16 {
      Fields.range("ALLOCATION LENGTH", allocationLength, 0xffffffffL);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(16)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) SERVICE_ACTION)
          .putInt(10, (int) allocationLength);
    }
  }

  /**
   * READ (10) and READ (16) (SBC-3 clauses 5.11, 5.13).
   *
   * @param form TEN or SIXTEEN
   * @param protect RDPROTECT, 0 to 7
   * @param disablePageOut the DPO bit
   * @param forceUnitAccess the FUA bit
   * @param logicalBlockAddress 32 bits in TEN; 63 bits are accepted in SIXTEEN
   * @param groupNumber 0 to 31
   * @param transferLength blocks; 16 bits in TEN, 32 in SIXTEEN
   */
  record Read(
      Form form,
      int protect,
      boolean disablePageOut,
      boolean forceUnitAccess,
      long logicalBlockAddress,
      int groupNumber,
      long transferLength)
      implements Cdb {
    static final int OPERATION_CODE_10 = 0x28;
    static final int OPERATION_CODE_16 = 0x88;

    public Read {
      CdbReader.checkBlocks(form, protect, logicalBlockAddress, groupNumber, transferLength);
    }

    /** The shortest form that holds the values, without options. */
    public static Read of(long logicalBlockAddress, long transferLength) {
      Form form = CdbReader.formFor(logicalBlockAddress, transferLength);
      return new Read(form, 0, false, false, logicalBlockAddress, 0, transferLength);
    }

    @Override
    public ByteBuffer encode() {
      int flags = protect << 5 | (disablePageOut ? 0x10 : 0) | (forceUnitAccess ? 0x08 : 0);
      int code = form == Form.TEN ? OPERATION_CODE_10 : OPERATION_CODE_16;
      return CdbReader.blocks(form, code, flags, logicalBlockAddress, groupNumber, transferLength);
    }
  }

  /**
   * WRITE (10) and WRITE (16) (SBC-3 clauses 5.33, 5.35); components as in {@link Read}.
   *
   * @param protect WRPROTECT, 0 to 7
   */
  record Write(
      Form form,
      int protect,
      boolean disablePageOut,
      boolean forceUnitAccess,
      long logicalBlockAddress,
      int groupNumber,
      long transferLength)
      implements Cdb {
    static final int OPERATION_CODE_10 = 0x2a;
    static final int OPERATION_CODE_16 = 0x8a;

    public Write {
      CdbReader.checkBlocks(form, protect, logicalBlockAddress, groupNumber, transferLength);
    }

    /** The shortest form that holds the values, without options. */
    public static Write of(long logicalBlockAddress, long transferLength) {
      Form form = CdbReader.formFor(logicalBlockAddress, transferLength);
      return new Write(form, 0, false, false, logicalBlockAddress, 0, transferLength);
    }

    @Override
    public ByteBuffer encode() {
      int flags = protect << 5 | (disablePageOut ? 0x10 : 0) | (forceUnitAccess ? 0x08 : 0);
      int code = form == Form.TEN ? OPERATION_CODE_10 : OPERATION_CODE_16;
      return CdbReader.blocks(form, code, flags, logicalBlockAddress, groupNumber, transferLength);
    }
  }

  /**
   * SYNCHRONIZE CACHE (10) and (16) (SBC-3 clauses 5.25, 5.26).
   *
   * @param form TEN or SIXTEEN
   * @param immediate the IMMED bit
   * @param numberOfBlocks 0 for all up to the end; 16 bits in TEN, 32 in SIXTEEN
   */
  record SynchronizeCache(
      Form form, boolean immediate, long logicalBlockAddress, int groupNumber, long numberOfBlocks)
      implements Cdb {
    static final int OPERATION_CODE_10 = 0x35;
    static final int OPERATION_CODE_16 = 0x91;

    public SynchronizeCache {
      CdbReader.checkBlocks(form, 0, logicalBlockAddress, groupNumber, numberOfBlocks);
    }

    @Override
    public ByteBuffer encode() {
      int code = form == Form.TEN ? OPERATION_CODE_10 : OPERATION_CODE_16;
      int flags = immediate ? 0x02 : 0;
      return CdbReader.blocks(form, code, flags, logicalBlockAddress, groupNumber, numberOfBlocks);
    }
  }

  /**
   * MODE SENSE (6) and (10) (SPC-4 clauses 6.11, 6.12).
   *
   * @param form SIX or TEN
   * @param disableBlockDescriptors the DBD bit
   * @param pageControl 0 current, 1 changeable, 2 default, 3 saved
   * @param pageCode 0 to 3Fh; 3Fh asks for all pages
   * @param subpageCode 0 to 255
   * @param allocationLength bytes; 8 bits in SIX, 16 in TEN
   */
  record ModeSense(
      Form form,
      boolean disableBlockDescriptors,
      int pageControl,
      int pageCode,
      int subpageCode,
      int allocationLength)
      implements Cdb {
    static final int OPERATION_CODE_6 = 0x1a;
    static final int OPERATION_CODE_10 = 0x5a;

    public ModeSense {
      if (form == Form.SIXTEEN) {
        throw new IllegalArgumentException("MODE SENSE has no form of 16 bytes");
      }
      Fields.range("PC", pageControl, 3);
      Fields.range("PAGE CODE", pageCode, 0x3f);
      Fields.range("SUBPAGE CODE", subpageCode, 0xff);
      Fields.range("ALLOCATION LENGTH", allocationLength, form == Form.SIX ? 0xff : 0xffff);
    }

    @Override
    public ByteBuffer encode() {
      boolean six = form == Form.SIX;
      ByteBuffer out =
          ByteBuffer.allocate(form.length())
              .put(0, (byte) (six ? OPERATION_CODE_6 : OPERATION_CODE_10))
              .put(1, (byte) (disableBlockDescriptors ? 0x08 : 0))
              .put(2, (byte) (pageControl << 6 | pageCode))
              .put(3, (byte) subpageCode);
      return six ? out.put(4, (byte) allocationLength) : out.putShort(7, (short) allocationLength);
    }
  }

  /**
   * REPORT TARGET PORT GROUPS (SPC-4 clause 6.37), a service action of MAINTENANCE IN.
   *
   * @param extendedHeader asks for the extended parameter data format
   * @param allocationLength bytes, unsigned 32 bits
   */
  record ReportTargetPortGroups(boolean extendedHeader, long allocationLength) implements Cdb {
    static final int OPERATION_CODE = 0xa3;
    static final int SERVICE_ACTION = 0x0a;

    public ReportTargetPortGroups {
      Fields.range("ALLOCATION LENGTH", allocationLength, 0xffffffffL);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(12)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) (SERVICE_ACTION | (extendedHeader ? 0x20 : 0)))
          .putInt(6, (int) allocationLength);
    }
  }

  /**
   * SET TARGET PORT GROUPS (SPC-4 clause 6.45), a service action of MAINTENANCE OUT.
   *
   * @param parameterListLength bytes, unsigned 32 bits
   */
  record SetTargetPortGroups(long parameterListLength) implements Cdb {
    static final int OPERATION_CODE = 0xa4;
    static final int SERVICE_ACTION = 0x0a;

    public SetTargetPortGroups {
      Fields.range("PARAMETER LIST LENGTH", parameterListLength, 0xffffffffL);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(12)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) SERVICE_ACTION)
          .putInt(6, (int) parameterListLength);
    }
  }

  /**
   * Any other command.
   *
   * @param bytes the CDB as it was given, padding included; at least one byte
   */
  record Unknown(ByteBuffer bytes) implements Cdb {
    public Unknown {
      if (!bytes.hasRemaining()) {
        throw new IllegalArgumentException("a CDB has an operation code");
      }
    }

    public int operationCode() {
      return bytes.get(bytes.position()) & 0xff;
    }

    @Override
    public ByteBuffer encode() {
      return bytes.duplicate();
    }
  }
}
