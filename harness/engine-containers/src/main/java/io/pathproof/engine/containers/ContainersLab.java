package io.pathproof.engine.containers;

import io.pathproof.engine.HostExamination;
import io.pathproof.engine.InitiatorHost;
import io.pathproof.engine.ThreadScheduler;
import io.pathproof.engine.VsphereHosts;
import io.pathproof.engine.WarmUp;
import io.pathproof.initiator.netty.EventLoops;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.DiagnosisSpec;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.HostDiagnosis;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;

/**
 * A running lab of containers. What blocks (HTTP to Toxiproxy and the container engine) runs on
 * threads of its own, several at a time, so that an adapter's links break together; results come
 * back on the lab's scheduler.
 */
final class ContainersLab implements LabDriver {
  /** By which everything that a run has started can be found. */
  static final String RUN_LABEL = "io.pathproof.run";

  private static final int IO_THREADS = 1;
  private static final int WARM_UP_READS = 1000;
  private static final Duration START_LIMIT = Duration.ofSeconds(120);

  private final Topology topology;
  private final ThreadScheduler scheduler = new ThreadScheduler("pathproof-lab");
  private final ExecutorService blocking =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "pathproof-lab-blocking");
            thread.setDaemon(true);
            return thread;
          });
  private final EventLoops loops = new EventLoops(IO_THREADS);
  private Fabrics fabrics;
  private LabArray array;
  private final VsphereHosts vsphere;
  private ToxiproxyLinks links;
  private ContainerWatch watch;
  private boolean closed;

  /** Fails when a part of the lab has ended by itself. */
  private final CompletableFuture<Object> died = new CompletableFuture<>();

  private ContainersLab(Topology topology) {
    this.topology = topology;
    this.vsphere =
        new VsphereHosts(topology, scheduler, new ProxyWires(() -> links, this::blocking));
  }

  static ContainersLab start(Topology topology, LabSettings settings) throws LabException {
    ContainersLab lab = new ContainersLab(topology);
    try {
      lab.build(settings);
      return lab;
    } catch (LabException | RuntimeException e) {
      String logs = lab.logText();
      lab.close();
      throw e instanceof LabException told && !told.log().isEmpty()
          ? told
          : new LabException("the lab cannot be built: " + reason(e), logs, e);
    }
  }

  private void build(LabSettings settings) throws LabException {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(RUN_LABEL, settings.runId());
    Leftovers.sweep(DockerClientFactory.instance().client(), Instant.now(), settings.progress());
    settings.progress().accept("networks " + String.join(", ", topology.fabrics().keySet()));
    fabrics = Fabrics.create(topology, labels);
    array = new LabArrays(topology, fabrics, settings.seed(), labels);
    links = new ToxiproxyLinks(topology, fabrics, labels);
    settings
        .progress()
        .accept(
            "starting "
                + String.join(", ", topology.nodes().keySet())
                + " and "
                + topology.allLinks().size()
                + " links");
    List<GenericContainer<?>> containers = new ArrayList<>(array.containers());
    containers.add(links.container());
    startAll(containers);
    watch();
    array.started(scheduler);
    links.connect(topology);
    await(vsphere.plugIn(), START_LIMIT, "the adapters of vSphere hosts");
    settings.progress().accept("every portal answers; warming up");
    WarmUp.run(this, topology, WARM_UP_READS);
  }

  /**
   * Starts the containers side by side and returns, or throws, only once every start has come to
   * its end: one that is still under way could not be taken down.
   */
  private void startAll(List<GenericContainer<?>> containers) throws LabException {
    List<CompletableFuture<Void>> starts =
        containers.stream()
            .map(container -> CompletableFuture.runAsync(container::start, blocking))
            .toList();
    CompletableFuture<Void> settled =
        CompletableFuture.allOf(
            starts.stream()
                .map(start -> start.handle((done, failure) -> null))
                .toArray(CompletableFuture[]::new));
    await(settled, START_LIMIT, "the start of the lab's containers");
    for (CompletableFuture<Void> start : starts) {
      await(start, START_LIMIT, "the lab cannot be built");
    }
  }

  /**
   * From now on the lab has failed as soon as a container ends that no fault ends: what hosts see
   * of that says nothing about them.
   */
  private void watch() throws LabException {
    List<GenericContainer<?>> lasting = new ArrayList<>();
    lasting.add(links.container());
    lasting.addAll(array.lasting());
    watch = ContainerWatch.begin(lasting, died);
    for (GenericContainer<?> container : lasting) {
      if (!container.isRunning()) {
        throw new LabException(container.getDockerImageName() + " ended as soon as it had begun");
      }
    }
  }

  /** What a person has to know of a failure: its own words and those of what is behind it. */
  private static String reason(Throwable failure) {
    StringBuilder text = new StringBuilder();
    String last = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      boolean wrapper = cause instanceof ExecutionException || cause instanceof CompletionException;
      String words = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      if (!wrapper && !last.contains(words)) {
        text.append(text.isEmpty() ? "" : ": ").append(words);
        last = words;
      }
      if (cause instanceof ContainerFetchException || words.contains("No such image")) {
        text.append(
            "; the image is not on this machine and no registry gave it: run ci/images, which"
                + " pulls or builds what is missing and says why it cannot");
        break;
      }
    }
    return text.toString();
  }

  /** The array, for this module's tests. */
  LabArray array() {
    return array;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public <T> T await(CompletionStage<T> stage, Duration bound, String what) throws LabException {
    try {
      CompletableFuture<T> future = stage.toCompletableFuture();
      CompletableFuture.anyOf(future, died).get(bound.toMillis(), TimeUnit.MILLISECONDS);
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LabException told) {
        throw told;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new LabException(what + ": " + reason(e), logText(), e);
    } catch (TimeoutException e) {
      throw new LabException(what + ": not done within " + bound.toMillis() + " ms", logText(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException(what + ": interrupted", e);
    }
  }

  @Override
  public CompletionStage<HostDriver> attach(HostSpec host, History history) {
    InitiatorHost initiator =
        host.vsphere().isPresent()
            ? vsphere.attach(
                host.name(),
                history,
                leftOut ->
                    new InitiatorHost(topology, host, links::entrance, loops, history, leftOut))
            : new InitiatorHost(topology, host, links::entrance, loops, history);
    return initiator.whenUp().thenApplyAsync(up -> up, scheduler);
  }

  @Override
  public CompletionStage<List<LinkId>> impairAdapter(
      String adapter, Direction direction, Impairment impairment) {
    return vsphere.impairAdapter(adapter, direction, impairment);
  }

  @Override
  public CompletionStage<Void> healAdapter(String adapter) {
    return vsphere.healAdapter(adapter);
  }

  @Override
  public CompletionStage<List<LinkId>> act(String place, HostAction action) {
    return vsphere.act(place, action);
  }

  @Override
  public CompletionStage<Void> restore(String place, HostAction action) {
    return vsphere.restore(place, action);
  }

  /** A Toxiproxy accepts for a far end that is silent: such a path stops at the login here. */
  @Override
  public CompletionStage<HostDiagnosis> diagnose(
      HostSpec host, DiagnosisSpec how, Consumer<String> ended) {
    return new HostExamination(topology, host, links::entrance, vsphere)
        .run(loops, how, ended)
        .thenApplyAsync(diagnosis -> diagnosis, scheduler);
  }

  @Override
  public CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment) {
    if (vsphere.has(link)) {
      return vsphere.impair(link, direction, impairment);
    }
    return blocking(
        () -> {
          links.impair(link, direction, impairment);
          return null;
        });
  }

  @Override
  public CompletionStage<Void> heal(LinkId link) {
    if (vsphere.has(link)) {
      return vsphere.heal(link);
    }
    return blocking(
        () -> {
          links.heal(link);
          return null;
        });
  }

  @Override
  public CompletionStage<Void> act(String node, ArrayAction action) {
    return blocking(
        () -> {
          array.act(node, action);
          return null;
        });
  }

  @Override
  public CompletionStage<Void> restore(String node, ArrayAction action) {
    return blocking(
        () -> {
          array.restore(node, action);
          return null;
        });
  }

  @Override
  public CompletionStage<Map<String, PortLoad>> loads() {
    return blocking(array::loads);
  }

  @Override
  public CompletionStage<List<JournalEntry>> journal() {
    return blocking(array::journal);
  }

  @Override
  public CompletionStage<ArraySnapshot> snapshot() {
    return blocking(array::snapshot);
  }

  @Override
  public CompletionStage<ByteBuffer> readStore(String volume, long offsetBytes, int lengthBytes) {
    return blocking(() -> array.readStore(volume, offsetBytes, lengthBytes));
  }

  @Override
  public CompletionStage<Void> reset() {
    return vsphere
        .reset()
        .thenCompose(
            followed ->
                blocking(
                    () -> {
                      for (LinkId link : topology.allLinks()) {
                        links.heal(link);
                      }
                      array.restoreAll();
                      return null;
                    }));
  }

  private <T> CompletionStage<T> blocking(Callable<T> operation) {
    CompletableFuture<T> result = new CompletableFuture<>();
    blocking.execute(
        () -> {
          try {
            T value = operation.call();
            deliver(() -> result.complete(value));
          } catch (Exception e) {
            deliver(() -> result.completeExceptionally(e));
          }
        });
    return result;
  }

  /** To the scheduler; nowhere once the lab is closed, when nobody waits any more. */
  private void deliver(Runnable result) {
    try {
      scheduler.execute(result);
    } catch (RejectedExecutionException closed) {
      result.run();
    }
  }

  @Override
  public List<PartLog> logs() {
    List<PartLog> logs = new ArrayList<>();
    if (array != null) {
      logs.addAll(array.logs());
    }
    if (links != null) {
      logs.add(new PartLog("toxiproxy", links.log()));
    }
    return logs;
  }

  private String logText() {
    StringBuilder text = new StringBuilder();
    for (PartLog log : logs()) {
      text.append("== ").append(log.part()).append('\n').append(log.text()).append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    loops.close();
    closeQuietly(watch);
    closeQuietly(links);
    closeQuietly(array);
    closeQuietly(fabrics);
    blocking.shutdownNow();
    scheduler.close();
  }

  /** What cannot be taken down now is left to Testcontainers' reaper, which ends with this JVM. */
  private static void closeQuietly(AutoCloseable part) {
    if (part == null) {
      return;
    }
    try {
      part.close();
    } catch (Exception e) {
      org.slf4j.LoggerFactory.getLogger(ContainersLab.class)
          .warn("{} was not taken down: {}", part.getClass().getSimpleName(), e.toString());
    }
  }
}
