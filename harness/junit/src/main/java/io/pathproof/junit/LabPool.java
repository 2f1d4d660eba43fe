package io.pathproof.junit;

import io.pathproof.lab.Lab;
import io.pathproof.lab.LabListener;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The labs of a run. A thread that runs tests has one lab at a time; labs of which two want the
 * same thing of this machine (a subnet) are up one after the other, and no more are up than the run
 * may have. A lab that nobody uses is kept for the next one who asks for its topology, until it is
 * in someone's way. Thread-safe.
 *
 * <p>A thread that waits for a lab has none itself, so that two never wait for each other.
 */
final class LabPool implements AutoCloseable, Labs {
  private final RunSettings settings;
  private final List<LabListener> listeners;
  private final Thread hook = new Thread(this::closeAll, "pathproof-take-down");
  private final Map<Thread, List<Outcome>> outcomes = new ConcurrentHashMap<>();
  private final Map<Thread, Entry> mine = new ConcurrentHashMap<>();
  private final Object lock = new Object();

  /** Every lab that may be up; guarded by {@link #lock}. */
  private final List<Entry> entries = new ArrayList<>();

  /** Topologies that threads wait for; guarded by {@link #lock}. */
  private final List<Topology> awaited = new ArrayList<>();

  /** A lab, and who has it. */
  private static final class Entry {
    final Lab lab;
    boolean used = true;
    boolean closing;

    Entry(Lab lab) {
      this.lab = lab;
    }
  }

  LabPool(RunSettings settings, List<LabListener> listeners) {
    this.settings = settings;
    this.listeners = List.copyOf(listeners);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  RunSettings settings() {
    return settings;
  }

  /** Forgets the calling thread's outcomes so far; a test begins. */
  void begin() {
    outcomes.remove(Thread.currentThread());
  }

  /** The calling thread's outcomes since {@link #begin}. */
  List<Outcome> outcomes() {
    return List.copyOf(outcomes.getOrDefault(Thread.currentThread(), List.of()));
  }

  @Override
  public Lab of(String name) {
    Topology topology = settings.catalog().find(name);
    Entry current = mine.get(Thread.currentThread());
    if (current == null || !current.lab.topology().equals(topology)) {
      release();
      current = take(topology);
      mine.put(Thread.currentThread(), current);
    }
    return current.lab;
  }

  @Override
  public void release() {
    Entry entry = mine.remove(Thread.currentThread());
    if (entry != null) {
      synchronized (lock) {
        entry.used = false;
        lock.notifyAll();
      }
    }
  }

  private Entry take(Topology topology) {
    while (true) {
      Entry inTheWay;
      synchronized (lock) {
        for (Entry entry : entries) {
          if (!entry.used && !entry.closing && entry.lab.topology().equals(topology)) {
            entry.used = true;
            return entry;
          }
        }
        List<Entry> conflicts =
            entries.stream()
                .filter(entry -> !settings.engine().sideBySide(entry.lab.topology(), topology))
                .toList();
        if (conflicts.isEmpty() && entries.size() < settings.labs()) {
          Entry entry = new Entry(open(topology));
          entries.add(entry);
          return entry;
        }
        inTheWay = first(conflicts.isEmpty() ? entries : conflicts);
        if (inTheWay == null) {
          await(topology);
          continue;
        }
        inTheWay.closing = true;
      }
      close(inTheWay);
    }
  }

  /** One that nobody uses; those that others wait for are left to them, as building takes time. */
  private Entry first(List<Entry> some) {
    for (Entry entry : some) {
      if (!entry.used && !entry.closing && !awaited.contains(entry.lab.topology())) {
        return entry;
      }
    }
    return null;
  }

  private void await(Topology topology) {
    awaited.add(topology);
    try {
      lock.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while another lab was in the way", e);
    } finally {
      awaited.remove(topology);
    }
  }

  private Lab open(Topology topology) {
    String runId = UUID.randomUUID().toString().substring(0, 8);
    return Lab.open(
        settings.engine(),
        topology,
        new LabSettings(runId, settings.seed(), text -> {}),
        new Tee());
  }

  private void close(Entry entry) {
    try {
      entry.lab.close();
    } finally {
      synchronized (lock) {
        entries.remove(entry);
        lock.notifyAll();
      }
    }
  }

  private void closeAll() {
    List<Entry> all;
    synchronized (lock) {
      all = List.copyOf(entries);
      all.forEach(entry -> entry.closing = true);
    }
    all.forEach(this::close);
  }

  @Override
  public void close() {
    closeAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down already, and the hook is what closes.
    }
  }

  /** Passes everything on, and keeps the outcomes for the thread that ran the scenario. */
  private final class Tee implements LabListener {
    @Override
    public void labStarting(Topology topology, String engine) {
      listeners.forEach(each -> each.labStarting(topology, engine));
    }

    @Override
    public void labProgress(String text) {
      listeners.forEach(each -> each.labProgress(text));
    }

    @Override
    public void labStarted(Topology topology, String engine, Duration took) {
      listeners.forEach(each -> each.labStarted(topology, engine, took));
    }

    @Override
    public void scenarioStarted(Scenario scenario, Topology topology) {
      listeners.forEach(each -> each.scenarioStarted(scenario, topology));
    }

    @Override
    public void step(Scenario scenario, String step, Duration elapsed) {
      listeners.forEach(each -> each.step(scenario, step, elapsed));
    }

    @Override
    public void scenarioEnded(Outcome outcome) {
      outcomes.computeIfAbsent(Thread.currentThread(), t -> new ArrayList<>()).add(outcome);
      listeners.forEach(each -> each.scenarioEnded(outcome));
    }
  }
}
