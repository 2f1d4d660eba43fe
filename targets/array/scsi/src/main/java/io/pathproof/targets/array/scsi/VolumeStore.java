package io.pathproof.targets.array.scsi;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the nodes see of one volume's store: the store itself, unless a defect or a split brain
 * stands between. Defects work on pages of 4096 bytes, so that stamped blocks stay whole.
 */
final class VolumeStore {
  static final int PAGE = 4096;

  /** Pages that a defect remembers at most; the oldest are forgotten. */
  private static final int MAX_PAGES = 1 << 14;

  /** Misdirected and torn is every write whose number is a multiple of this. */
  private static final int EVERY = 10;

  private record Stale(String writer, byte[] before) {}

  private record Older(long offset, byte[] data) {}

  private final Volume volume;
  private final BlockStore store;
  private final Defects defects;
  private final WriteHistory history;
  private final Map<String, Map<Long, byte[]>> copies = new HashMap<>();
  private final Map<Long, Stale> stale = bounded();
  private final Map<Long, Older> older = bounded();
  private int writes;

  VolumeStore(Volume volume, Defects defects) {
    this.volume = volume;
    this.store = volume.store();
    this.defects = defects;
    this.history = new WriteHistory(volume.name(), store, defects);
  }

  private static <V> Map<Long, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
        return size() > MAX_PAGES;
      }
    };
  }

  WriteHistory history() {
    return history;
  }

  /** What was remembered for a defect goes when it is switched off. */
  void switchedOff(Defect defect) {
    switch (defect) {
      case STALE_READ -> stale.clear();
      case REORDER_WRITES -> older.clear();
      default -> {}
    }
  }

  void splitBrain(String node, boolean on) {
    if (on) {
      copies.putIfAbsent(node, new HashMap<>());
    } else {
      copies.remove(node);
    }
  }

  BlockStore shared() {
    return store;
  }

  /** Reads as a node does; fills {@code into} to its limit. */
  void read(Nexus nexus, long offset, ByteBuffer into) {
    if (copies.isEmpty() && stale.isEmpty()) {
      store.read(offset, into);
      return;
    }
    int start = into.position();
    int length = into.remaining();
    store.read(offset, into);
    Map<Long, byte[]> own = copies.get(nexus.node());
    for (long page = offset / PAGE; page * PAGE < offset + length; page++) {
      byte[] copy = own == null ? null : own.get(page);
      Stale old = stale.get(page);
      if (copy != null) {
        lay(page, copy, offset, into, start, length);
      } else if (own == null
          && old != null
          && !old.writer.equals(nexus.node())
          && defects.on(Defect.STALE_READ)) {
        lay(page, old.before, offset, into, start, length);
        defects.struck(Defect.STALE_READ, where(page * PAGE) + " through " + nexus.port());
      }
    }
  }

  private static void lay(
      long page, byte[] bytes, long offset, ByteBuffer into, int start, int length) {
    long from = Math.max(page * PAGE, offset);
    long to = Math.min(page * PAGE + bytes.length, offset + length);
    into.put(start + (int) (from - offset), bytes, (int) (from - page * PAGE), (int) (to - from));
  }

  /** Writes as a node does. */
  void write(Nexus nexus, long offset, ByteBuffer data, long nowNs) {
    if (defects.none() && copies.isEmpty()) {
      store.write(offset, data);
      return;
    }
    if (copies.containsKey(nexus.node())) {
      writeCopy(copies.get(nexus.node()), offset, data);
      return;
    }
    long at = offset;
    if (!defects.none()) {
      writes++;
      at = misdirected(offset, data);
      tear(offset, data);
    }
    preserve(at, data.remaining());
    rememberStale(nexus, at, data.remaining());
    history.record(nexus, at, data, nowNs);
    if (defects.on(Defect.REORDER_WRITES)) {
      writeReordered(at, data);
    } else {
      store.write(at, data);
    }
  }

  private long misdirected(long offset, ByteBuffer data) {
    if (!defects.on(Defect.MISDIRECT_WRITE) || writes % EVERY != 0) {
      return offset;
    }
    long beside = offset + PAGE;
    if (beside + data.remaining() > volume.sizeBytes()) {
      beside = offset - PAGE;
    }
    if (beside < 0) {
      return offset;
    }
    defects.struck(Defect.MISDIRECT_WRITE, where(offset) + " written at " + beside);
    return beside;
  }

  private void tear(long offset, ByteBuffer data) {
    int length = data.remaining();
    if (defects.on(Defect.TEAR_WRITE) && writes % EVERY == 0 && length > 512) {
      int half = Math.max(512, length / 2 / 512 * 512);
      data.limit(data.position() + half);
      defects.struck(Defect.TEAR_WRITE, where(offset) + " torn after " + half + " bytes");
    }
  }

  private void rememberStale(Nexus nexus, long offset, int length) {
    if (!defects.on(Defect.STALE_READ) || length == 0) {
      return;
    }
    for (long page = offset / PAGE; page * PAGE < offset + length; page++) {
      stale.remove(page);
      stale.put(page, new Stale(nexus.node(), page(page)));
    }
  }

  private void writeReordered(long offset, ByteBuffer data) {
    int start = data.position();
    int length = data.remaining();
    store.write(offset, data);
    for (long page = offset / PAGE; page * PAGE < offset + length; page++) {
      long from = Math.max(page * PAGE, offset);
      long to = Math.min(page * PAGE + PAGE, offset + length);
      Older first = older.remove(page);
      if (first != null && first.offset < to && from < first.offset + first.data.length) {
        store.write(first.offset, ByteBuffer.wrap(first.data));
        defects.struck(Defect.REORDER_WRITES, where(first.offset));
      } else {
        byte[] bytes = new byte[(int) (to - from)];
        data.get(start + (int) (from - offset), bytes);
        older.put(page, new Older(from, bytes));
      }
    }
  }

  /** Before the shared store changes, copies of split nodes keep what it held. */
  private void preserve(long offset, long length) {
    for (Map<Long, byte[]> copy : copies.values()) {
      for (long page = offset / PAGE; page * PAGE < offset + length; page++) {
        if (!copy.containsKey(page)) {
          copy.put(page, page(page));
        }
      }
    }
  }

  private void writeCopy(Map<Long, byte[]> copy, long offset, ByteBuffer data) {
    long at = offset;
    while (data.hasRemaining()) {
      long page = at / PAGE;
      byte[] bytes = copy.computeIfAbsent(page, this::page);
      int start = (int) (at - page * PAGE);
      int part = Math.min(bytes.length - start, data.remaining());
      data.get(bytes, start, part);
      at += part;
    }
  }

  private byte[] page(long page) {
    byte[] bytes = new byte[(int) Math.min(PAGE, volume.sizeBytes() - page * PAGE)];
    store.read(page * PAGE, ByteBuffer.wrap(bytes));
    return bytes;
  }

  void deallocate(Nexus nexus, long offset, long length, long nowNs) {
    if (defects.none() && copies.isEmpty()) {
      store.deallocate(offset, length);
      return;
    }
    // In pieces, as a write of zeros, so that the defects see it.
    for (long at = offset; at < offset + length; at += 1 << 20) {
      int part = (int) Math.min(1 << 20, offset + length - at);
      write(nexus, at, ByteBuffer.allocate(part), nowNs);
    }
  }

  private String where(long offset) {
    return volume.name() + " at " + offset;
  }
}
