package io.pathproof.initiator.multipath;

/**
 * Round robin: one path at a time carries I/O, and the next takes over after a number of I/Os, or
 * once a number of bytes has been reached (the I/O that reaches it is the path's last). When the
 * path at turn is lost the next one begins with counters at zero.
 */
final class RoundRobin implements PathSelector {
  private static final int NONE = -1;

  private final int ioLimit;
  private final long byteLimit;
  private int current = NONE;
  private int ios;
  private long bytes;

  /**
   * @param ioLimit from 1
   * @param byteLimit 0 for none
   */
  RoundRobin(int ioLimit, long byteLimit) {
    this.ioLimit = ioLimit;
    this.byteLimit = byteLimit;
  }

  @Override
  public int next(int[] usable, boolean stay) {
    boolean turnIsOver = ios >= ioLimit || (byteLimit > 0 && bytes >= byteLimit);
    if (turnIsOver || !PathSelector.contains(usable, current)) {
      current = after(current, usable);
      ios = 0;
      bytes = 0;
    }
    return current;
  }

  private static int after(int path, int[] usable) {
    for (int candidate : usable) {
      if (candidate > path) {
        return candidate;
      }
    }
    return usable[0];
  }

  @Override
  public void charge(long size) {
    ios++;
    bytes += size;
  }
}
