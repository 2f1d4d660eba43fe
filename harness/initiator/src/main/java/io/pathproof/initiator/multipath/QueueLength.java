package io.pathproof.initiator.multipath;

/**
 * The path with the fewest I/Os in flight; among equals the one used least recently (dm-multipath
 * {@code queue-length}).
 */
final class QueueLength implements PathSelector {
  private final PathHeap heap = new PathHeap();

  @Override
  public void candidates(PathEntry[] paths) {
    for (PathEntry path : paths) {
      path.heapKey = path.load.inFlight();
    }
    heap.fill(paths, paths.length);
  }

  @Override
  public PathEntry next(boolean stay, long bytes) {
    return heap.least();
  }

  @Override
  public void charge(PathEntry path, long bytes, long nowNs) {
    heap.use(path);
  }

  @Override
  public void loadChanged(PathEntry path) {
    heap.change(path, path.load.inFlight());
  }
}
