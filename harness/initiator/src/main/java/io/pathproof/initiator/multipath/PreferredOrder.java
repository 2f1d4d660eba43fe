package io.pathproof.initiator.multipath;

/** The first candidate in preferred order carries everything. */
final class PreferredOrder implements PathSelector {
  private PathEntry[] paths = {};
  private PathEntry current;

  @Override
  public void candidates(PathEntry[] now) {
    paths = now;
  }

  @Override
  public PathEntry next(boolean stay, long bytes) {
    if (!stay || !PathSelector.contains(paths, current)) {
      current = paths[0];
    }
    return current;
  }

  @Override
  public void charge(PathEntry path, long bytes, long nowNs) {
    // every I/O goes the same way, so nothing is counted
  }

  @Override
  public boolean isExclusive() {
    return true;
  }

  @Override
  public boolean hasBetter() {
    return paths.length > 0 && PathSelector.contains(paths, current) && current != paths[0];
  }
}
