package io.pathproof.protocol.iscsi;

import static io.pathproof.protocol.iscsi.BasicHeaderSegment.CMD_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.EXP_STAT_SN;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FINAL;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.FLAGS;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.INITIATOR_TASK_TAG;
import static io.pathproof.protocol.iscsi.BasicHeaderSegment.LUN;

import io.pathproof.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * SCSI Command (RFC 7143 section 11.3), with its additional header segments (section 11.2.2).
 *
 * @param immediate the I bit: not part of the ordered command stream
 * @param finalBit the F bit: no unsolicited Data-Out follows
 * @param read the R bit
 * @param write the W bit
 * @param attribute task attribute
 * @param lun the raw eight bytes
 * @param expectedDataTransferLength bytes, unsigned; of the write in a bidirectional command
 * @param cdb at least 16 bytes: a shorter CDB is padded with zeros by the constructor, what exceeds
 *     16 travels in an Extended CDB AHS
 * @param expectedBidirectionalReadLength bytes, unsigned; present when the AHS is
 * @param data immediate data
 */
public record ScsiCommand(
    boolean immediate,
    boolean finalBit,
    boolean read,
    boolean write,
    TaskAttribute attribute,
    long lun,
    int initiatorTaskTag,
    int expectedDataTransferLength,
    int cmdSn,
    int expStatSn,
    ByteBuffer cdb,
    OptionalInt expectedBidirectionalReadLength,
    ByteBuffer data)
    implements Pdu {
  /** Bytes of a CDB that fit into the basic header segment. */
  public static final int BASIC_CDB_LENGTH = 16;

  /**
   * The longest CDB that the additional header segments leave room for, beside a bidirectional
   * length.
   */
  public static final int MAX_CDB_LENGTH =
      BASIC_CDB_LENGTH + BasicHeaderSegment.MAX_AHS_LENGTH - 4 - 8;

  private static final int READ = 0x40;
  private static final int WRITE = 0x20;
  private static final int ATTRIBUTE_MASK = 0x07;
  private static final int EXPECTED_DATA_TRANSFER_LENGTH = 20;
  private static final int CDB = 32;

  private static final int AHS_EXTENDED_CDB = 1;
  private static final int AHS_BIDIRECTIONAL_READ_LENGTH = 2;

  /** AHSLength, AHSType and the reserved byte that both types begin with. */
  private static final int AHS_HEADER = 4;

  public ScsiCommand {
    if (cdb.remaining() > MAX_CDB_LENGTH) {
      throw new IllegalArgumentException("CDB of " + cdb.remaining() + " bytes is too long");
    }
    if (cdb.remaining() < BASIC_CDB_LENGTH) {
      cdb = ByteBuffer.allocate(BASIC_CDB_LENGTH).put(cdb.duplicate()).rewind();
    }
  }

  @Override
  public Opcode opcode() {
    return Opcode.SCSI_COMMAND;
  }

  private int extendedCdbLength() {
    return cdb.remaining() - BASIC_CDB_LENGTH;
  }

  @Override
  public int ahsLength() {
    int extended = extendedCdbLength();
    return (extended == 0 ? 0 : AHS_HEADER + extended + PduEncoder.padding(extended))
        + (expectedBidirectionalReadLength.isPresent() ? AHS_HEADER + 4 : 0);
  }

  @Override
  public void writeTo(BasicHeaderSegment header) {
    header.flag(FINAL, finalBit);
    header.flag(READ, read);
    header.flag(WRITE, write);
    header.flag(attribute.code(), true);
    header.int64(LUN, lun);
    header.int32(INITIATOR_TASK_TAG, initiatorTaskTag);
    header.int32(EXPECTED_DATA_TRANSFER_LENGTH, expectedDataTransferLength);
    header.int32(CMD_SN, cmdSn);
    header.int32(EXP_STAT_SN, expStatSn);
    header.bytes(CDB, cdb, cdb.position(), BASIC_CDB_LENGTH);
    int at = BasicHeaderSegment.LENGTH;
    int extended = extendedCdbLength();
    if (extended > 0) {
      header.int16(at, extended + 1);
      header.int8(at + 2, AHS_EXTENDED_CDB);
      header.bytes(at + AHS_HEADER, cdb, cdb.position() + BASIC_CDB_LENGTH, extended);
      at += AHS_HEADER + extended + PduEncoder.padding(extended);
    }
    if (expectedBidirectionalReadLength.isPresent()) {
      header.int16(at, 5);
      header.int8(at + 2, AHS_BIDIRECTIONAL_READ_LENGTH);
      header.int32(at + AHS_HEADER, expectedBidirectionalReadLength.getAsInt());
    }
  }

  static ScsiCommand readFrom(BasicHeaderSegment header, ByteBuffer data) throws ProtocolException {
    int attribute = header.int8(FLAGS) & ATTRIBUTE_MASK;
    if (!header.flag(FINAL) && !header.flag(WRITE)) {
      throw header.malformed("F and W", FLAGS, "must not both be 0");
    }
    if (!header.flag(READ)
        && !header.flag(WRITE)
        && header.int32(EXPECTED_DATA_TRANSFER_LENGTH) != 0) {
      throw header.malformed("R and W", FLAGS, "are both 0 although a transfer is expected");
    }
    ByteBuffer cdb = header.copy(CDB, BASIC_CDB_LENGTH);
    OptionalInt bidirectional = OptionalInt.empty();
    int end = BasicHeaderSegment.LENGTH + header.totalAhsLength();
    int at = BasicHeaderSegment.LENGTH;
    while (at < end) {
      int length = header.int16(at);
      int type = header.int8(at + 2);
      // AHSLength counts the reserved byte, but neither itself, nor the type, nor the padding.
      int content = length - 1;
      if (content < 0 || at + AHS_HEADER + content > end) {
        throw header.malformed("AHSLength", at, length + " does not fit TotalAHSLength");
      }
      if (type == AHS_EXTENDED_CDB && cdb.remaining() == BASIC_CDB_LENGTH && content > 0) {
        cdb = extend(cdb, header.copy(at + AHS_HEADER, content));
      } else if (type == AHS_BIDIRECTIONAL_READ_LENGTH && bidirectional.isEmpty() && content == 4) {
        bidirectional = OptionalInt.of(header.int32(at + AHS_HEADER));
      } else {
        throw header.malformed(
            "AHSType", at + 2, type + " of length " + length + " is unknown, wrong or repeated");
      }
      at += AHS_HEADER + content + PduEncoder.padding(content);
    }
    if (cdb.remaining() > MAX_CDB_LENGTH) {
      throw header.malformed("Extended CDB", BasicHeaderSegment.LENGTH, "is too long");
    }
    return new ScsiCommand(
        header.immediate(),
        header.flag(FINAL),
        header.flag(READ),
        header.flag(WRITE),
        header.known(TaskAttribute.of(attribute), "ATTR", FLAGS, attribute),
        header.int64(LUN),
        header.int32(INITIATOR_TASK_TAG),
        header.int32(EXPECTED_DATA_TRANSFER_LENGTH),
        header.int32(CMD_SN),
        header.int32(EXP_STAT_SN),
        cdb,
        bidirectional,
        data);
  }

  private static ByteBuffer extend(ByteBuffer cdb, ByteBuffer rest) {
    return ByteBuffer.allocate(cdb.remaining() + rest.remaining()).put(cdb).put(rest).flip();
  }
}
