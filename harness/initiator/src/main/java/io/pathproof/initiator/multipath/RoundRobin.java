package io.pathproof.initiator.multipath;

/**
 * Round robin: one path at a time carries I/O, and the next takes over after a number of I/Os, or
 * once a number of bytes has been reached (the I/O that reaches it is the path's last). When the
 * path at turn is lost the next one begins with counters at zero.
 */
final class RoundRobin implements PathSelector {
  private final int ioLimit;
  private final long byteLimit;
  private PathEntry[] paths = {};
  private PathEntry current;
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
  public void candidates(PathEntry[] now) {
    paths = now;
  }

  @Override
  public PathEntry next(boolean stay, long size) {
    boolean turnIsOver = ios >= ioLimit || (byteLimit > 0 && bytes >= byteLimit);
    if (turnIsOver || !PathSelector.contains(paths, current)) {
      current = after(current, paths);
      ios = 0;
      bytes = 0;
    }
    return current;
  }

  /** The candidate that follows a path in preferred order, whether or not that is one itself. */
  static PathEntry after(PathEntry path, PathEntry[] paths) {
    if (PathSelector.contains(paths, path)) {
      return paths[(path.slot + 1) % paths.length];
    }
    for (PathEntry candidate : paths) {
      if (path != null && candidate.path > path.path) {
        return candidate;
      }
    }
    return paths[0];
  }

  @Override
  public void charge(PathEntry path, long size, long nowNs) {
    ios++;
    bytes += size;
  }
}
