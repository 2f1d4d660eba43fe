package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;

/** One command with its data, and the fields of its CDB by offset. */
final class Request {
  private static final int MAX_CDB = 16;

  final NexusState nexus;
  final LogicalUnit unit;
  final Operation operation;
  final ByteBuffer cdb;
  final ByteBuffer dataOut;
  final long nowNs;

  /**
   * @param cdb of {@link #padded} bytes from 0
   */
  Request(
      NexusState nexus,
      LogicalUnit unit,
      Operation operation,
      ByteBuffer cdb,
      ByteBuffer dataOut,
      long nowNs) {
    this.nexus = nexus;
    this.unit = unit;
    this.operation = operation;
    this.cdb = cdb;
    this.dataOut = dataOut;
    this.nowNs = nowNs;
  }

  /** The CDB from offset 0, filled up with zeros to 16 bytes if shorter. */
  static ByteBuffer padded(ByteBuffer cdb) {
    if (cdb.remaining() >= MAX_CDB) {
      return cdb.position() == 0 ? cdb : cdb.slice();
    }
    return ByteBuffer.allocate(MAX_CDB).put(cdb.duplicate()).clear();
  }

  int int8(int at) {
    return cdb.get(at) & 0xff;
  }

  int int16(int at) {
    return cdb.getShort(at) & 0xffff;
  }

  long uint32(int at) {
    return cdb.getInt(at) & 0xffffffffL;
  }

  boolean bit(int at, int bit) {
    return (cdb.get(at) >> bit & 1) != 0;
  }

  /** GOOD with data, cut to the allocation length. */
  static ScsiOutcome cut(ByteBuffer data, long allocationLength) {
    if (data.remaining() > allocationLength) {
      data.limit(data.position() + (int) allocationLength);
    }
    return ScsiOutcome.good(data);
  }

  /** A parameter list of at least so many bytes. */
  ByteBuffer parameters(int least) throws Refusal {
    if (dataOut.remaining() < least) {
      throw Refusal.parameterLength();
    }
    return dataOut.slice();
  }
}
