package io.pathproof.initiator.multipath;

import java.util.Arrays;

/**
 * The path that would finish the I/O first: bytes in flight and those of the I/O over the path's
 * relative throughput; among equals the one of more throughput, then the one used least recently
 * (dm-multipath {@code service-time}). A path of throughput 0 is used while no other is there.
 */
final class ServiceTime implements PathSelector {
  /** Each with the paths of one throughput, among which the incoming I/O makes no difference. */
  private PathHeap[] heaps = {};

  private int[] throughputs = {};

  @Override
  public void candidates(PathEntry[] paths) {
    boolean allZero = Arrays.stream(paths).allMatch(path -> path.options.throughput() == 0);
    throughputs =
        Arrays.stream(paths)
            .mapToInt(path -> path.options.throughput())
            .filter(throughput -> throughput > 0 || allZero)
            .distinct()
            .sorted()
            .toArray();
    heaps = new PathHeap[throughputs.length];
    for (int i = 0; i < heaps.length; i++) {
      int throughput = throughputs[i];
      PathEntry[] alike =
          Arrays.stream(paths)
              .filter(path -> path.options.throughput() == throughput)
              .toArray(PathEntry[]::new);
      for (PathEntry path : alike) {
        path.heapKey = path.load.bytesInFlight();
      }
      heaps[i] = new PathHeap();
      heaps[i].fill(alike, alike.length);
    }
  }

  @Override
  public PathEntry next(boolean stay, long bytes) {
    int best = 0;
    for (int i = 1; i < heaps.length; i++) {
      long mine = (heaps[i].least().heapKey + bytes) * throughputs[best];
      long others = (heaps[best].least().heapKey + bytes) * throughputs[i];
      best = mine <= others ? i : best;
    }
    return heaps[best].least();
  }

  private PathHeap heapOf(PathEntry path) {
    int at = Arrays.binarySearch(throughputs, path.options.throughput());
    return at < 0 ? null : heaps[at];
  }

  @Override
  public void charge(PathEntry path, long bytes, long nowNs) {
    PathHeap heap = heapOf(path);
    if (heap != null) {
      heap.use(path);
    }
  }

  @Override
  public void loadChanged(PathEntry path) {
    PathHeap heap = heapOf(path);
    if (heap != null) {
      heap.change(path, path.load.bytesInFlight());
    }
  }
}
