package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;

/** REPORT SUPPORTED OPERATION CODES (SPC-4 clause 6.35). */
final class SupportedOperations {
  private static final int TIMEOUTS_LENGTH = 12;
  private static final int NOMINAL_SECONDS = 1;
  private static final int RECOMMENDED_SECONDS = 30;
  private static final int NOT_SUPPORTED = 1;
  private static final int SUPPORTED = 3;

  private SupportedOperations() {}

  static ScsiOutcome report(Request request) throws Refusal {
    boolean timeouts = request.bit(2, 7);
    int code = request.int8(3);
    int action = request.int16(4);
    boolean actions = Operation.hasServiceActions(code);
    ByteBuffer data =
        switch (request.int8(2) & 7) {
          case 0 -> all(timeouts);
          case 1 -> {
            if (actions) {
              throw Refusal.invalidCdb();
            }
            yield one(Operation.of(code, 0), timeouts);
          }
          case 2 -> {
            if (!actions) {
              throw Refusal.invalidCdb();
            }
            yield one(action > 0x1f ? null : Operation.of(code, action), timeouts);
          }
          case 3 -> {
            boolean there = actions ? action <= 0x1f : action == 0;
            yield one(there ? Operation.of(code, action) : null, timeouts);
          }
          default -> throw Refusal.invalidCdb();
        };
    return Request.cut(data, request.uint32(6));
  }

  private static ByteBuffer all(boolean timeouts) {
    int each = 8 + (timeouts ? TIMEOUTS_LENGTH : 0);
    ByteBuffer out = ByteBuffer.allocate(4 + each * Operation.all().size());
    out.putInt(out.capacity() - 4);
    for (Operation operation : Operation.all()) {
      boolean action = operation.serviceAction >= 0;
      out.put((byte) operation.code).put((byte) 0);
      out.putShort((short) Math.max(0, operation.serviceAction)).put((byte) 0);
      out.put((byte) ((timeouts ? 2 : 0) | (action ? 1 : 0)));
      out.putShort((short) operation.cdbLength());
      if (timeouts) {
        timeouts(out);
      }
    }
    return out.flip();
  }

  private static void timeouts(ByteBuffer out) {
    out.putShort((short) (TIMEOUTS_LENGTH - 2)).putShort((short) 0);
    out.putInt(NOMINAL_SECONDS).putInt(RECOMMENDED_SECONDS);
  }

  private static ByteBuffer one(Operation operation, boolean timeouts) {
    if (operation == null) {
      return ByteBuffer.allocate(4).put(1, (byte) NOT_SUPPORTED);
    }
    int length = operation.cdbLength();
    ByteBuffer out = ByteBuffer.allocate(4 + length + (timeouts ? TIMEOUTS_LENGTH : 0));
    out.put((byte) 0).put((byte) ((timeouts ? 0x80 : 0) | SUPPORTED)).putShort((short) length);
    out.put(operation.usage);
    if (timeouts) {
      timeouts(out);
    }
    return out.flip();
  }
}
