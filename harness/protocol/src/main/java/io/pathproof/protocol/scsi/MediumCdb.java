package io.pathproof.protocol.scsi;

import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.ProtocolException.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Commands on blocks beside READ and WRITE (SBC-3 clause 5). */
public sealed interface MediumCdb extends Cdb {
  /**
   * COMPARE AND WRITE (SBC-3 clause 5.2). Its data is what is compared, and as much to be written.
   *
   * @param forceUnitAccess the FUA bit
   * @param numberOfBlocks 0 to 255
   */
  record CompareAndWrite(boolean forceUnitAccess, long logicalBlockAddress, int numberOfBlocks)
      implements MediumCdb {
    static final int OPERATION_CODE = 0x89;

    public CompareAndWrite {
      Fields.range("LOGICAL BLOCK ADDRESS", logicalBlockAddress, Long.MAX_VALUE);
      Fields.range("NUMBER OF LOGICAL BLOCKS", numberOfBlocks, 0xff);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(16)
          .put(0, (byte) OPERATION_CODE)
          .put(1, (byte) (forceUnitAccess ? 0x08 : 0))
          .putLong(2, logicalBlockAddress)
          .put(13, (byte) numberOfBlocks);
    }
  }

  /**
   * UNMAP (SBC-3 clause 5.28).
   *
   * @param parameterListLength bytes, 0 to 65535
   */
  record Unmap(int parameterListLength) implements MediumCdb {
    static final int OPERATION_CODE = 0x42;

    public Unmap {
      Fields.range("PARAMETER LIST LENGTH", parameterListLength, 0xffff);
    }

    @Override
    public ByteBuffer encode() {
      return ByteBuffer.allocate(10)
          .put(0, (byte) OPERATION_CODE)
          .putShort(7, (short) parameterListLength);
    }
  }

  /**
   * The parameter list of UNMAP: runs of blocks.
   *
   * @param runs in the order of the list
   */
  record UnmapList(List<Run> runs) {
    private static final int HEADER_LENGTH = 8;
    private static final int RUN_LENGTH = 16;

    /**
     * @param logicalBlockAddress 63 bits
     * @param numberOfBlocks unsigned 32 bits
     */
    public record Run(long logicalBlockAddress, long numberOfBlocks) {
      public Run {
        Fields.range("UNMAP LOGICAL BLOCK ADDRESS", logicalBlockAddress, Long.MAX_VALUE);
        Fields.range("NUMBER OF LOGICAL BLOCKS", numberOfBlocks, 0xffffffffL);
      }
    }

    public UnmapList {
      runs = List.copyOf(runs);
      Fields.range("descriptors", runs.size(), (0xffff - HEADER_LENGTH) / RUN_LENGTH);
    }

    /** Reads the list; a last descriptor that is not whole is passed over, as SBC-3 says. */
    public static UnmapList decode(ByteBuffer bytes) throws ProtocolException {
      Fields in = new Fields("UNMAP list", bytes);
      in.copy(0, HEADER_LENGTH, "header");
      int length = in.int16(2, "UNMAP BLOCK DESCRIPTOR DATA LENGTH");
      if (HEADER_LENGTH + length > in.length()) {
        String problem = length + " bytes of " + (in.length() - HEADER_LENGTH);
        throw new ProtocolException(
            Kind.TRUNCATED, "UNMAP list", "UNMAP BLOCK DESCRIPTOR DATA LENGTH", 2, problem);
      }
      List<Run> runs = new ArrayList<>();
      for (int i = 0; i < length / RUN_LENGTH; i++) {
        int at = HEADER_LENGTH + RUN_LENGTH * i;
        long lba = in.int64(at, "UNMAP LOGICAL BLOCK ADDRESS");
        if (lba < 0) {
          throw in.malformed("UNMAP LOGICAL BLOCK ADDRESS", at, "is beyond any medium");
        }
        runs.add(new Run(lba, in.uint32(at + 8, "NUMBER OF LOGICAL BLOCKS")));
      }
      return new UnmapList(runs);
    }

    public ByteBuffer encode() {
      int length = RUN_LENGTH * runs.size();
      ByteBuffer out = ByteBuffer.allocate(HEADER_LENGTH + length);
      out.putShort((short) (length + 6)).putShort((short) length).putInt(0);
      for (Run run : runs) {
        out.putLong(run.logicalBlockAddress()).putInt((int) run.numberOfBlocks()).putInt(0);
      }
      return out.flip();
    }
  }

  /**
   * WRITE SAME (10) and (16) (SBC-3 clauses 5.43, 5.44).
   *
   * @param form TEN or SIXTEEN
   * @param unmap the UNMAP bit
   * @param noDataOut the NDOB bit, of SIXTEEN alone: zeros are written
   */
  record WriteSame(
      Form form, boolean unmap, boolean noDataOut, long logicalBlockAddress, long numberOfBlocks)
      implements MediumCdb {
    static final int OPERATION_CODE_10 = 0x41;
    static final int OPERATION_CODE_16 = 0x93;

    public WriteSame {
      CdbReader.checkBlocks(form, 0, logicalBlockAddress, 0, numberOfBlocks);
      if (noDataOut && form == Form.TEN) {
        throw new IllegalArgumentException("WRITE SAME (10) has no NDOB bit");
      }
    }

    @Override
    public ByteBuffer encode() {
      int code = form == Form.TEN ? OPERATION_CODE_10 : OPERATION_CODE_16;
      int flags = (unmap ? 0x08 : 0) | (noDataOut ? 0x01 : 0);
      return CdbReader.blocks(form, code, flags, logicalBlockAddress, 0, numberOfBlocks);
    }
  }

  /**
   * VERIFY (10) and (16) (SBC-3 clauses 5.29, 5.31).
   *
   * @param form TEN or SIXTEEN
   * @param byteCheck BYTCHK: 0 reads alone, 1 compares with data, 3 with one block of data
   */
  record Verify(Form form, int byteCheck, long logicalBlockAddress, long verificationLength)
      implements MediumCdb {
    static final int OPERATION_CODE_10 = 0x2f;
    static final int OPERATION_CODE_16 = 0x8f;

    public Verify {
      CdbReader.checkBlocks(form, 0, logicalBlockAddress, 0, verificationLength);
      Fields.range("BYTCHK", byteCheck, 3);
    }

    @Override
    public ByteBuffer encode() {
      int code = form == Form.TEN ? OPERATION_CODE_10 : OPERATION_CODE_16;
      int flags = byteCheck << 1;
      return CdbReader.blocks(form, code, flags, logicalBlockAddress, 0, verificationLength);
    }
  }

  /**
   * WRITE AND VERIFY (10) and (16) (SBC-3 clauses 5.36, 5.38).
   *
   * @param form TEN or SIXTEEN
   * @param byteCheck the BYTCHK field: 0 verifies that the blocks can be read, 1 compares them with
   *     the data
   */
  record WriteAndVerify(Form form, int byteCheck, long logicalBlockAddress, long transferLength)
      implements MediumCdb {
    static final int OPERATION_CODE_10 = 0x2e;
    static final int OPERATION_CODE_16 = 0x8e;

    public WriteAndVerify {
      CdbReader.checkBlocks(form, 0, logicalBlockAddress, 0, transferLength);
      Fields.range("BYTCHK", byteCheck, 3);
    }

    /** The shortest form that holds the values. */
    public static WriteAndVerify of(int byteCheck, long logicalBlockAddress, long transferLength) {
      Form form = CdbReader.formFor(logicalBlockAddress, transferLength);
      return new WriteAndVerify(form, byteCheck, logicalBlockAddress, transferLength);
    }

    @Override
    public ByteBuffer encode() {
      int code = form == Form.TEN ? OPERATION_CODE_10 : OPERATION_CODE_16;
      return CdbReader.blocks(form, code, byteCheck << 1, logicalBlockAddress, 0, transferLength);
    }
  }
}
