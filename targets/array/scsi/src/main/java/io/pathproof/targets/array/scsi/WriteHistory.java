package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The newest writes of a volume, kept while a defect that undoes or repeats writes is on
 * (LOSE_ACKNOWLEDGED_WRITE, LATE_WRITE).
 */
final class WriteHistory {
  /** What is lost with a node: its writes of this time, and one at least. */
  static final long LOST_NS = 200_000_000L;

  /** What comes late: the writes of this time before the nexus was lost. */
  static final long LATE_NS = 1_000_000_000L;

  /** How late. */
  static final long DELAY_NS = 1_500_000_000L;

  private static final int MAX_WRITES = 8192;
  private static final long MAX_BYTES = 64L << 20;

  private record Written(Nexus nexus, long offset, byte[] before, byte[] data, long atNs) {}

  private record Late(long dueNs, Written write) {}

  private final String volume;
  private final BlockStore store;
  private final Defects defects;
  private final Deque<Written> writes = new ArrayDeque<>();
  private final Deque<Late> late = new ArrayDeque<>();
  private long bytes;

  WriteHistory(String volume, BlockStore store, Defects defects) {
    this.volume = volume;
    this.store = store;
    this.defects = defects;
  }

  /** Keeps a write that is about to be applied. */
  void record(Nexus nexus, long offset, ByteBuffer data, long nowNs) {
    if (!defects.on(Defect.LOSE_ACKNOWLEDGED_WRITE) && !defects.on(Defect.LATE_WRITE)) {
      forget();
      return;
    }
    byte[] copy = new byte[data.remaining()];
    data.get(data.position(), copy);
    byte[] before = new byte[copy.length];
    store.read(offset, ByteBuffer.wrap(before));
    writes.addLast(new Written(nexus, offset, before, copy, nowNs));
    bytes += 2L * copy.length;
    while (writes.size() > 1 && (writes.size() > MAX_WRITES || bytes > MAX_BYTES)) {
      bytes -= 2L * writes.removeFirst().data.length;
    }
  }

  private void forget() {
    writes.clear();
    bytes = 0;
  }

  void nodeDown(String node, long nowNs) {
    if (defects.on(Defect.LOSE_ACKNOWLEDGED_WRITE)) {
      lose(node, nowNs);
    }
    repeatLater(write -> write.nexus.node().equals(node), nowNs);
  }

  void nexusLost(Nexus nexus, long nowNs) {
    repeatLater(write -> write.nexus.equals(nexus), nowNs);
  }

  /** Undoes the newest writes of a node, as if they had never been: newer ones of others stay. */
  private void lose(String node, long nowNs) {
    Set<Written> lost = new HashSet<>();
    List<Written> undone = new ArrayList<>();
    Iterator<Written> newest = writes.descendingIterator();
    while (newest.hasNext()) {
      Written write = newest.next();
      boolean own = write.nexus.node().equals(node);
      if (own && !lost.isEmpty() && write.atNs < nowNs - LOST_NS) {
        break;
      }
      undone.add(write);
      if (own) {
        lost.add(write);
        if (write.atNs < nowNs - LOST_NS) {
          break;
        }
      }
    }
    if (lost.isEmpty()) {
      return;
    }
    undone.forEach(write -> store.write(write.offset, ByteBuffer.wrap(write.before)));
    for (int i = undone.size() - 1; i >= 0; i--) {
      Written write = undone.get(i);
      if (!lost.contains(write)) {
        store.write(write.offset, ByteBuffer.wrap(write.data));
      }
    }
    writes.removeIf(lost::contains);
    for (Written write : lost) {
      bytes -= 2L * write.data.length;
      defects.struck(Defect.LOSE_ACKNOWLEDGED_WRITE, where(write));
    }
  }

  private void repeatLater(Predicate<Written> which, long nowNs) {
    if (!defects.on(Defect.LATE_WRITE)) {
      return;
    }
    Written newest = null;
    boolean any = false;
    for (Written write : writes) {
      if (which.test(write)) {
        newest = write;
        if (write.atNs >= nowNs - LATE_NS) {
          late.addLast(new Late(nowNs + DELAY_NS, write));
          any = true;
        }
      }
    }
    if (!any && newest != null) {
      late.addLast(new Late(nowNs + DELAY_NS, newest));
    }
    if (writes.removeIf(which)) {
      bytes = writes.stream().mapToLong(write -> 2L * write.data.length).sum();
    }
  }

  long nextDeadlineNs() {
    return late.isEmpty() ? Long.MAX_VALUE : late.peekFirst().dueNs;
  }

  void onTime(long nowNs) {
    while (nextDeadlineNs() <= nowNs) {
      Written write = late.removeFirst().write;
      if (defects.on(Defect.LATE_WRITE)) {
        store.write(write.offset, ByteBuffer.wrap(write.data));
        defects.struck(Defect.LATE_WRITE, where(write));
      }
    }
  }

  private String where(Written write) {
    return "%s at %d, %d bytes, of %s through %s"
        .formatted(
            volume,
            write.offset,
            write.data.length,
            write.nexus.initiatorName(),
            write.nexus.port());
  }
}
