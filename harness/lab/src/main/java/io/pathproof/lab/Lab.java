package io.pathproof.lab;

import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.scenario.Scenario;
import io.pathproof.lab.scenario.ScenarioException;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyException;
import io.pathproof.lab.verdict.Judge;
import io.pathproof.lab.verdict.Judgement;
import io.pathproof.lab.verdict.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A topology brought to life by an engine, on which scenarios are run one after another.
 *
 * <p>When a part of the lab dies, the run that met it is INCONCLUSIVE and the lab is taken down;
 * the next {@link #run} builds a fresh one, at most {@value #MAX_FAILED_STARTS} times in a row
 * without success. One thread runs scenarios; {@link #close} may come from any thread (a shutdown
 * hook), and makes a run under way INCONCLUSIVE.
 */
public final class Lab implements AutoCloseable {
  /** After so many attempts in a row to build a lab, runs are INCONCLUSIVE without another try. */
  static final int MAX_FAILED_STARTS = 2;

  private final Engine engine;
  private final Topology topology;
  private final LabSettings settings;
  private final LabListener listener;
  private final Object lock = new Object();

  private LabDriver driver;
  private boolean closed;
  private int labsStarted;
  private int failedStarts;
  private LabException lastStartFailure;
  private int scenariosRun;

  private Lab(Engine engine, Topology topology, LabSettings settings, LabListener listener) {
    this.engine = Objects.requireNonNull(engine);
    this.topology = Objects.requireNonNull(topology);
    this.settings = Objects.requireNonNull(settings);
    this.listener = Objects.requireNonNull(listener);
  }

  /**
   * Builds the lab now.
   *
   * @param settings its {@code progress} is told the same as {@link LabListener#labProgress}
   * @throws LabException when it cannot be built; nothing of it is left
   * @throws TopologyException when the engine cannot build this topology
   */
  public static Lab start(
      Engine engine, Topology topology, LabSettings settings, LabListener listener)
      throws LabException {
    Lab lab = open(engine, topology, settings, listener);
    lab.running();
    return lab;
  }

  /**
   * Builds the lab when the first scenario needs it, so that a lab that cannot be built makes that
   * scenario INCONCLUSIVE (with cause and log) in place of an exception.
   *
   * @throws TopologyException when the engine cannot build this topology
   */
  public static Lab open(
      Engine engine, Topology topology, LabSettings settings, LabListener listener) {
    String refusal = engine.refuses(topology);
    if (!refusal.isEmpty()) {
      throw new TopologyException(
          List.of(
              new io.pathproof.lab.document.Problem(
                  topology.source(),
                  0,
                  0,
                  "engine " + engine.name() + " cannot build topology " + topology.name(),
                  refusal)));
    }
    return new Lab(engine, topology, settings, listener);
  }

  /** Settings with a run id of their own and nobody told of the progress. */
  public static LabSettings settings(long seed) {
    return new LabSettings(UUID.randomUUID().toString().substring(0, 8), seed, text -> {});
  }

  /** What it was built from. */
  public Topology topology() {
    return topology;
  }

  /** The engine's name. */
  public String engine() {
    return engine.name();
  }

  /** The source of every random choice. */
  public long seed() {
    return settings.seed();
  }

  /**
   * Runs a scenario and judges it. Whatever the lab does, an outcome comes back: when the lab
   * itself fails, INCONCLUSIVE with the cause and the log of the part that failed.
   *
   * @throws ScenarioException when the scenario does not fit the topology or the engine
   * @throws IllegalStateException when the lab has been closed
   */
  public Outcome run(Scenario scenario) {
    scenario.validate(topology, engine.capabilities(topology));
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the lab of " + topology.name() + " has been closed");
      }
    }
    scenariosRun++;
    Instant started = Instant.now();
    long startedNs = System.nanoTime();
    listener.scenarioStarted(scenario, topology);
    History history;
    List<LabDriver.PartLog> logs = List.of();
    LabDriver live = null;
    try {
      live = running();
      history = new History(live.scheduler().nowNs());
      startedNs = -1;
    } catch (LabException e) {
      history = new History(0);
      history.append(0, new Event.LabFailed(e.getMessage(), e.log()));
    }
    Duration duration;
    if (live != null) {
      logs = runOn(live, scenario, history);
      duration = Duration.ofNanos(live.scheduler().nowNs() - history.originNs());
    } else {
      duration = Duration.ofNanos(System.nanoTime() - startedNs);
    }
    Judgement judgement = Judge.judge(scenario, topology, history.entries());
    Outcome outcome =
        new Outcome(
            scenario,
            topology.withArrayKind(engine.defaultArray()),
            engine.name(),
            settings.seed(),
            started,
            duration,
            judgement.verdict(),
            judgement.reason(),
            judgement.expected(),
            judgement.observed(),
            judgement.io(),
            judgement.failover(),
            judgement.findings(),
            judgement.arrays(),
            judgement.loads(),
            history.entries(),
            logs);
    listener.scenarioEnded(outcome);
    return outcome;
  }

  /** Runs on a live lab; returns its logs. A lab that failed, or that met a bug, is discarded. */
  private List<LabDriver.PartLog> runOn(LabDriver live, Scenario scenario, History history) {
    boolean sound = false;
    try {
      String runName = settings.runId() + "/" + scenariosRun + "/" + scenario.id();
      new ScenarioRunner(
              live,
              topology,
              scenario,
              settings.seed(),
              runName,
              history,
              listener,
              engine.capabilities(topology).portLoads())
          .run();
      sound = true;
      return live.logs();
    } catch (LabException e) {
      history.append(live.scheduler().nowNs(), new Event.LabFailed(e.getMessage(), e.log()));
      return live.logs();
    } finally {
      if (!sound) {
        discard(live);
      }
    }
  }

  /** The live lab; builds one if there is none. */
  private LabDriver running() throws LabException {
    int number;
    synchronized (lock) {
      if (driver != null) {
        return driver;
      }
      if (closed) {
        throw new LabException("the lab was closed while a scenario was running");
      }
      if (failedStarts >= MAX_FAILED_STARTS) {
        throw new LabException(
            "the lab could not be built "
                + failedStarts
                + " times in a row, not tried again: "
                + lastStartFailure.getMessage(),
            lastStartFailure.log(),
            lastStartFailure);
      }
      number = ++labsStarted;
    }
    listener.labStarting(topology, engine.name());
    long beginNs = System.nanoTime();
    // A second lab must not meet what the first one may have left behind under the same names.
    String runId = number == 1 ? settings.runId() : settings.runId() + "-" + number;
    LabDriver built;
    try {
      built = engine.start(topology, new LabSettings(runId, settings.seed(), this::progress));
    } catch (LabException e) {
      synchronized (lock) {
        failedStarts++;
        lastStartFailure = e;
      }
      throw e;
    }
    boolean late;
    synchronized (lock) {
      failedStarts = 0;
      late = closed;
      driver = late ? null : built;
    }
    if (late) {
      built.close();
      throw new LabException("the lab was closed while it was being built");
    }
    listener.labStarted(topology, engine.name(), Duration.ofNanos(System.nanoTime() - beginNs));
    return built;
  }

  private void progress(String text) {
    settings.progress().accept(text);
    listener.labProgress(text);
  }

  private void discard(LabDriver dead) {
    synchronized (lock) {
      if (driver == dead) {
        driver = null;
      }
    }
    dead.close();
  }

  /** Takes everything down. Idempotent; may come from any thread. */
  @Override
  public void close() {
    LabDriver live;
    synchronized (lock) {
      closed = true;
      live = driver;
      driver = null;
    }
    if (live != null) {
      live.close();
    }
  }
}
