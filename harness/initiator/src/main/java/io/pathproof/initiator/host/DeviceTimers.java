package io.pathproof.initiator.host;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What a device does later, in the order of its times; steps of one time in the order given. */
final class DeviceTimers {
  /** Something to be done. */
  @FunctionalInterface
  interface Step {
    void run(long nowNs);
  }

  private record Entry(long atNs, long order, Step step) {}

  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparingLong(Entry::atNs).thenComparingLong(Entry::order));
  private long added;

  void at(long atNs, Step step) {
    entries.add(new Entry(atNs, added++, step));
  }

  /** When {@link #onDeadline} is due, or {@link HostCore#NO_DEADLINE}. */
  long nextDeadlineNs() {
    return entries.isEmpty() ? HostCore.NO_DEADLINE : entries.peek().atNs();
  }

  void onDeadline(long nowNs) {
    while (nextDeadlineNs() <= nowNs) {
      entries.remove().step().run(nowNs);
    }
  }

  void clear() {
    entries.clear();
  }
}
