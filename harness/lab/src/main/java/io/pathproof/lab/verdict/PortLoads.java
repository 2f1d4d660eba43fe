package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Event;
import io.pathproof.lab.observed.PortLoad;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the array's ports say that they have carried. */
final class PortLoads {
  private PortLoads() {}

  /** What was observed at a moment, the last of that name; empty if nothing was. */
  static Optional<Map<String, PortLoad>> at(RunView run, String when) {
    return run.events(Event.ArrayLoadObserved.class)
        .filter(seen -> seen.when().equals(when))
        .reduce((first, last) -> last)
        .map(Event.ArrayLoadObserved::loads);
  }

  /**
   * READ and WRITE commands that each port served between two moments; ports that served none are
   * absent. Empty if either moment was not observed.
   */
  static Optional<Map<String, Long>> served(RunView run, String from, String to) {
    Optional<Map<String, PortLoad>> first = at(run, from);
    Optional<Map<String, PortLoad>> last = at(run, to);
    if (first.isEmpty() || last.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Long> served = new TreeMap<>();
    last.get()
        .forEach(
            (port, load) -> {
              long before = first.map(loads -> loads.get(port)).map(PortLoads::ios).orElse(0L);
              if (ios(load) > before) {
                served.put(port, ios(load) - before);
              }
            });
    return Optional.of(served);
  }

  private static long ios(PortLoad load) {
    return load.reads() + load.writes();
  }
}
