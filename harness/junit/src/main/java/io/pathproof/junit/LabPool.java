package io.pathproof.junit;

import io.pathproof.lab.Lab;
import io.pathproof.lab.LabListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The labs of a run: one at a time for each thread that runs tests. Thread-safe. */
final class LabPool implements AutoCloseable, Labs {
  private final RunSettings settings;
  private final List<LabListener> listeners;
  private final Map<Thread, LabSlot> slots = new ConcurrentHashMap<>();

  LabPool(RunSettings settings, List<LabListener> listeners) {
    this.settings = settings;
    this.listeners = List.copyOf(listeners);
  }

  RunSettings settings() {
    return settings;
  }

  /** The calling thread's own. */
  LabSlot mine() {
    return slots.computeIfAbsent(Thread.currentThread(), t -> new LabSlot(settings, listeners));
  }

  @Override
  public Lab of(String topology) {
    return mine().of(topology);
  }

  @Override
  public void close() {
    slots.values().forEach(LabSlot::close);
    slots.clear();
  }
}
