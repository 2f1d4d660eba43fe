package io.pathproof.targets.array.iscsi;

import io.pathproof.protocol.iscsi.NopOut;
import io.pathproof.protocol.iscsi.Pdu;
import io.pathproof.protocol.iscsi.ScsiCommand;
import io.pathproof.protocol.iscsi.TextRequest;
import java.nio.ByteBuffer;

/** PDUs that came before their turn, kept beyond the buffer that they came in. */
final class Early {
  private Early() {}

  static Pdu keep(Pdu pdu) {
    if (pdu instanceof ScsiCommand c) {
      return new ScsiCommand(
          c.immediate(),
          c.finalBit(),
          c.read(),
          c.write(),
          c.attribute(),
          c.lun(),
          c.initiatorTaskTag(),
          c.expectedDataTransferLength(),
          c.cmdSn(),
          c.expStatSn(),
          whole(c.cdb()),
          c.expectedBidirectionalReadLength(),
          whole(c.data()));
    } else if (pdu instanceof NopOut n) {
      return new NopOut(
          n.immediate(),
          n.lun(),
          n.initiatorTaskTag(),
          n.targetTransferTag(),
          n.cmdSn(),
          n.expStatSn(),
          whole(n.data()));
    } else if (pdu instanceof TextRequest t) {
      return new TextRequest(
          t.immediate(),
          t.finalBit(),
          t.continueBit(),
          t.lun(),
          t.initiatorTaskTag(),
          t.targetTransferTag(),
          t.cmdSn(),
          t.expStatSn(),
          whole(t.data()));
    }
    return pdu;
  }

  private static ByteBuffer whole(ByteBuffer data) {
    return Segments.copy(data, data.remaining());
  }
}
