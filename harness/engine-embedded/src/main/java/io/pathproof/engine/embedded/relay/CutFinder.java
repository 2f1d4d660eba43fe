package io.pathproof.engine.embedded.relay;

import io.pathproof.lab.engine.CutPoint;
import io.pathproof.protocol.iscsi.Opcode;
import java.util.Locale;

/** Finds the place of a cut in the streams of a link's connections, one after another. */
final class CutFinder implements StreamScanner.Watcher {
  private static final int NONE = -1;
  private static final int HALF_HEADER = 24;

  private final CutPoint at;
  private final int opcode;
  private long bytesLeft;
  private int pdusLeft;
  private boolean inTarget;

  /** Bytes from the start of the piece being scanned at which to cut; may lie beyond it. */
  private long found = NONE;

  /** The stream in which the place has been found, or was looked for last. */
  private Object stream;

  CutFinder(CutPoint at) {
    this.at = at;
    if (at instanceof CutPoint.AtPdu pdu) {
      opcode = Opcode.valueOf(pdu.pdu().toUpperCase(Locale.ROOT).replace('-', '_')).code();
      pdusLeft = pdu.number();
    } else {
      opcode = NONE;
      bytesLeft = ((CutPoint.AfterBytes) at).bytes();
    }
  }

  /**
   * Whether it looks for its place in a stream: in all of them, until one has the PDU that is
   * meant, and then in that one alone. To be asked before each piece and each PDU.
   */
  boolean follows(Object next) {
    if (!inTarget && found == NONE) {
      stream = next;
    }
    return stream == next;
  }

  /** A stream has ended. If the place was in what did not come, the next such PDU has it. */
  void gone(Object lost) {
    if (stream == lost && (inTarget || found != NONE)) {
      inTarget = false;
      found = NONE;
      pdusLeft = 1;
    }
  }

  /**
   * How many of the next bytes may still pass before the cut.
   *
   * @param length of the piece that has just been scanned, from index 0
   * @return less than or equal to length if the cut is in it; else -1
   */
  int within(int length) {
    if (at instanceof CutPoint.AfterBytes) {
      if (bytesLeft <= length) {
        return (int) bytesLeft;
      }
      bytesLeft -= length;
      return NONE;
    }
    if (found == NONE) {
      return NONE;
    }
    if (found <= length) {
      return (int) found;
    }
    found -= length;
    return NONE;
  }

  @Override
  public void begins(int pdu, int index) {
    if (pdu != opcode || found != NONE || --pdusLeft != 0) {
      return;
    }
    inTarget = true;
    CutPoint.Where where = ((CutPoint.AtPdu) at).where();
    if (where == CutPoint.Where.BEFORE) {
      found = index;
    } else if (where == CutPoint.Where.HEADER) {
      found = index + HALF_HEADER;
    }
  }

  @Override
  public void measured(int header, int data, int total, int index) {
    if (!inTarget || found != NONE) {
      return;
    }
    boolean after = ((CutPoint.AtPdu) at).where() == CutPoint.Where.AFTER;
    found = index + (after ? total : data == 0 ? HALF_HEADER : header + data / 2);
  }

  @Override
  public void ended(int next) {
    inTarget = false;
  }
}
