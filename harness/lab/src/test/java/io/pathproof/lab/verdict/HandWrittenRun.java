package io.pathproof.lab.verdict;

import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** A history written by hand, in which tests plant defects. */
abstract class HandWrittenRun<R extends HandWrittenRun<R>> {
  private record At(long us, Event event) {}

  private final List<At> events = new ArrayList<>();
  private final Topology topology;

  HandWrittenRun(Topology topology) {
    this.topology = topology;
  }

  abstract Scenario scenario();

  final Topology topology() {
    return topology;
  }

  @SuppressWarnings("unchecked")
  private R self() {
    return (R) this;
  }

  /** Adds an event. */
  R at(long ms, Event event) {
    events.add(new At(ms * 1000 + events.size() % 1000 / 2, event));
    return self();
  }

  /** Adds an event after everything that is there. */
  R last(Event event) {
    return at(9000, event);
  }

  /** Changes every event of a type that meets a condition; null takes it away. */
  <T extends Event> R change(Class<T> type, Predicate<T> which, Function<T, Event> how) {
    int changed = 0;
    for (int i = events.size() - 1; i >= 0; i--) {
      At at = events.get(i);
      if (type.isInstance(at.event()) && which.test(type.cast(at.event()))) {
        changed++;
        Event now = how.apply(type.cast(at.event()));
        if (now == null) {
          events.remove(i);
        } else {
          events.set(i, new At(at.us(), now));
        }
      }
    }
    if (changed == 0) {
      throw new IllegalArgumentException("nothing was changed");
    }
    return self();
  }

  /** Takes every event of a type away that meets a condition. */
  <T extends Event> R without(Class<T> type, Predicate<T> which) {
    return change(type, which, event -> null);
  }

  Judgement judge() {
    List<At> ordered = new ArrayList<>(events);
    ordered.sort(Comparator.comparingLong(At::us));
    List<Entry> entries = new ArrayList<>();
    for (At at : ordered) {
      entries.add(new Entry(entries.size(), at.us() * 1000, at.event()));
    }
    return Judge.judge(scenario(), topology, entries);
  }
}
