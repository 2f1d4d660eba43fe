package io.pathproof.targets.array.system;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What has happened, the newest entries of it. */
final class Journal {
  /** Some hours of a busy lab; a bound on memory. */
  static final int LIMIT = 10_000;

  private final Deque<JournalEntry> entries = new ArrayDeque<>();
  private long dropped;

  void add(long nowNs, String part, String text) {
    if (entries.size() == LIMIT) {
      entries.removeFirst();
      dropped++;
    }
    entries.addLast(new JournalEntry(nowNs, part, text));
  }

  /** The number that the next entry will have; the first has 0. */
  long next() {
    return dropped + entries.size();
  }

  /** Entries from the given number on, as far as they are still kept. */
  List<JournalEntry> since(long number) {
    List<JournalEntry> all = new ArrayList<>(entries);
    long skip = Math.max(0, number - dropped);
    return skip >= all.size() ? List.of() : List.copyOf(all.subList((int) skip, all.size()));
  }
}
