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
  private long found = NONE;

  /** Bytes from the start of the piece being scanned at which to cut; may lie beyond it. */
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
