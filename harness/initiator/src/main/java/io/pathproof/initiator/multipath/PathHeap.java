package io.pathproof.initiator.multipath;

/**
 * Paths by a key, the least first; among equals the one that was used least recently. A binary heap
 * in which each path knows its place, so that a changed key costs the logarithm of the number of
 * paths. One thread.
 */
final class PathHeap {
  private PathEntry[] heap = {};
  private int size;
  private long uses;

  /** Takes these paths, and no others, with the keys that they have. */
  void fill(PathEntry[] paths, int count) {
    heap = new PathEntry[count];
    size = 0;
    for (int i = 0; i < count; i++) {
      heap[size] = paths[i];
      paths[i].heapAt = size;
      rise(size++);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  PathEntry least() {
    return heap[0];
  }

  /** Gives a path its new key; nothing where it is none of these. */
  void change(PathEntry path, long key) {
    path.heapKey = key;
    if (path.heapAt < size && heap[path.heapAt] == path) {
      sink(rise(path.heapAt));
    }
  }

  /** The path has been used: its equals come before it now. */
  void use(PathEntry path) {
    path.heapUse = ++uses;
    change(path, path.heapKey);
  }

  private int rise(int from) {
    int at = from;
    while (at > 0 && before(heap[at], heap[(at - 1) / 2])) {
      swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
    return at;
  }

  private void sink(int from) {
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], heap[at])) {
        return;
      }
      swap(at, child);
      at = child;
    }
  }

  private static boolean before(PathEntry one, PathEntry other) {
    if (one.heapKey != other.heapKey) {
      return one.heapKey < other.heapKey;
    }
    return one.heapUse != other.heapUse ? one.heapUse < other.heapUse : one.path < other.path;
  }

  private void swap(int one, int other) {
    PathEntry moved = heap[one];
    heap[one] = heap[other];
    heap[other] = moved;
    heap[one].heapAt = one;
    moved.heapAt = other;
  }
}
