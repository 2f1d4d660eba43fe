package io.pathproof.lab.history;

import java.util.ArrayList;
import java.util.List;

/**
 * The one record of a run: everything that happened, I/O and faults alike, in order. Appended to
 * from any thread; read once the run has ended.
 */
public final class History {
  private final long originNs;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * @param originNs the lab clock's time that counts as 0
   */
  public History(long originNs) {
    this.originNs = originNs;
  }

  /** The lab clock's time that counts as 0. */
  public long originNs() {
    return originNs;
  }

  /**
   * Appends an event.
   *
   * @param nowNs the lab clock's time
   */
  public synchronized void append(long nowNs, Event event) {
    entries.add(new Entry(entries.size(), nowNs - originNs, event));
  }

  /** All entries so far, in order; a copy. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }
}
