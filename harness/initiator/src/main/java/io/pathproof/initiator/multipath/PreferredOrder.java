package io.pathproof.initiator.multipath;

/** Failover: the first usable path in preferred order carries everything. */
final class PreferredOrder implements PathSelector {
  private static final int NONE = -1;

  private int current = NONE;

  @Override
  public int next(int[] usable, boolean stay) {
    if (!stay || !PathSelector.contains(usable, current)) {
      current = usable[0];
    }
    return current;
  }

  @Override
  public void charge(long bytes) {
    // every I/O goes the same way, so nothing is counted
  }
}
