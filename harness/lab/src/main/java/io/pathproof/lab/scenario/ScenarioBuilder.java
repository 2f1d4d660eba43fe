package io.pathproof.lab.scenario;

import io.pathproof.lab.document.DocumentNode;
import io.pathproof.lab.document.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A scenario written in Java. Values are written as in a scenario file ({@code "500ms"}, {@code
 * "4KiB"}) and read by the same reader, so both have the same rules and defaults.
 */
public final class ScenarioBuilder {
  private final String id;
  private final List<String> behaviours = new ArrayList<>();
  private final List<DocumentNode> workloads = new ArrayList<>();
  private final List<DocumentNode> faults = new ArrayList<>();
  private final List<Expectation> expectations = new ArrayList<>();
  private Optional<String> topology = Optional.empty();

  ScenarioBuilder(String id) {
    this.id = id;
  }

  /** The rows of the contract that it drives, such as {@code IO-6}. */
  public ScenarioBuilder behaviours(String... ids) {
    behaviours.addAll(List.of(ids));
    return this;
  }

  /** The topology that it is for; without it, any that has its places. */
  public ScenarioBuilder topology(String name) {
    topology = Optional.of(name);
    return this;
  }

  /** Adds an I/O stream. */
  public ScenarioBuilder workload(Consumer<WorkloadBuilder> details) {
    WorkloadBuilder builder = new WorkloadBuilder();
    details.accept(builder);
    workloads.add(builder.fields.node());
    return this;
  }

  /** Adds a fault. */
  public ScenarioBuilder breaking(Consumer<FaultBuilder> details) {
    FaultBuilder builder = new FaultBuilder();
    details.accept(builder);
    faults.add(builder.fields.node());
    return this;
  }

  /** Adds what must be seen; see {@link Expectations}. */
  public ScenarioBuilder expect(Expectation... expected) {
    expectations.addAll(List.of(expected));
    return this;
  }

  /**
   * The scenario.
   *
   * @throws ScenarioException with everything that is wrong with it
   */
  public Scenario build() {
    Map<String, DocumentNode> fields = new LinkedHashMap<>();
    fields.put("scenario", scalar(id));
    topology.ifPresent(name -> fields.put("topology", scalar(name)));
    fields.put(
        "behaviours",
        new DocumentNode.Sequence(behaviours.stream().map(ScenarioBuilder::scalar).toList(), 0, 0));
    fields.put("workload", new DocumentNode.Sequence(List.copyOf(workloads), 0, 0));
    fields.put("faults", new DocumentNode.Sequence(List.copyOf(faults), 0, 0));
    Problems problems = new Problems("scenario " + id);
    Optional<Scenario> scenario =
        new ScenarioReader(problems).read(DocumentNode.Mapping.of(fields), expectations);
    if (!problems.none()) {
      throw new ScenarioException(problems.all());
    }
    return scenario.orElseThrow();
  }

  private static DocumentNode scalar(Object value) {
    return new DocumentNode.Scalar(String.valueOf(value), 0, 0);
  }

  private static final class Fields {
    private final Map<String, DocumentNode> values = new LinkedHashMap<>();

    void put(String key, Object value) {
      values.put(key, scalar(value));
    }

    DocumentNode node() {
      return DocumentNode.Mapping.of(values);
    }
  }

  /** An I/O stream; see {@link io.pathproof.lab.workload.Workload}. */
  public static final class WorkloadBuilder {
    private final Fields fields = new Fields();

    private WorkloadBuilder() {}

    private WorkloadBuilder put(String key, Object value) {
      fields.put(key, value);
      return this;
    }

    /** Which host does it. */
    public WorkloadBuilder host(String name) {
      return put("host", name);
    }

    /** On which volume. */
    public WorkloadBuilder volume(String name) {
      return put("volume", name);
    }

    /** Which of the host's devices: {@code *} (default: the first), or a port's. */
    public WorkloadBuilder device(String name) {
      return put("device", name);
    }

    /** Arrivals a second; default 500. */
    public WorkloadBuilder rate(int perSecond) {
      return put("rate", perSecond);
    }

    /** Size of an I/O; default {@code 4KiB}. */
    public WorkloadBuilder block(String size) {
      return put("block", size);
    }

    /** Share of reads in percent; default 70. */
    public WorkloadBuilder reads(int percent) {
      return put("reads", percent);
    }

    /** When it starts; default {@code 0s}. */
    public WorkloadBuilder at(String time) {
      return put("at", time);
    }

    /** For how long I/O arrives. */
    public WorkloadBuilder lasting(String time) {
      return put("for", time);
    }

    /** How much of the volume it covers; default {@code 4MiB}. */
    public WorkloadBuilder region(String size) {
      return put("region", size);
    }
  }

  /** A fault; see {@link io.pathproof.lab.fault.Fault}. */
  public static final class FaultBuilder {
    private final Fields fields = new Fields();

    private FaultBuilder() {}

    private FaultBuilder put(String key, Object value) {
      fields.put(key, value);
      return this;
    }

    /** When. */
    public FaultBuilder at(String time) {
      return put("at", time);
    }

    /** What breaks. */
    public FaultBuilder place(String place) {
      return put("break", place);
    }

    /** The effect: {@code silent-drop}, {@code latency 50ms jitter 5ms}, {@code kill} … */
    public FaultBuilder how(String effect) {
      return put("how", effect);
    }

    /** {@code to-array}, {@code to-host} or {@code both} (default). */
    public FaultBuilder direction(String way) {
      return put("direction", way);
    }

    /** How long it stands; without it, until the workload has ended. */
    public FaultBuilder healAfter(String time) {
      return put("healAfter", time);
    }
  }
}
