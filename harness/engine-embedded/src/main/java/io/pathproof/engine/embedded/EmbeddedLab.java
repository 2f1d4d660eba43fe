package io.pathproof.engine.embedded;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pathproof.engine.HostExamination;
import io.pathproof.engine.InitiatorHost;
import io.pathproof.engine.ThreadScheduler;
import io.pathproof.engine.VsphereHosts;
import io.pathproof.engine.WarmUp;
import io.pathproof.engine.Wires;
import io.pathproof.engine.embedded.relay.RelayLink;
import io.pathproof.engine.embedded.relay.SharedWire;
import io.pathproof.engine.embedded.relay.Transport;
import io.pathproof.engine.embedded.relay.UnansweredPort;
import io.pathproof.engine.embedded.relay.Upstream;
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
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.vsphere.PhysicalAdapter;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A running lab of one JVM. The array, the links and the hosts have an event loop each. */
final class EmbeddedLab implements LabDriver {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final int WARM_UP_READS = 200;

  private final Topology topology;
  private final ThreadScheduler scheduler = new ThreadScheduler("pathproof-lab");
  private final EventLoops hosts = new EventLoops(1);
  private final MultiThreadIoEventLoopGroup linkLoops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("pathproof-links", true), Transport.ioHandlers());
  private final EventLoop linkLoop = linkLoops.next();
  private final Map<LinkId, RelayLink> links = new LinkedHashMap<>();
  private final EmbeddedArrays arrays;
  private final VsphereHosts vsphere;
  private boolean closed;

  private EmbeddedLab(Topology topology, LabSettings settings) {
    this.topology = topology;
    this.arrays = new EmbeddedArrays(topology, settings.seed());
    long seed = settings.seed();
    for (LinkId id : topology.allLinks()) {
      PortSpec port = topology.port(id.port());
      links.put(id, new RelayLink(linkLoop, () -> upstream(arrays.reach(port)), seed++));
    }
    vsphere = new VsphereHosts(topology, scheduler, new RelayWires());
  }

  /** The adapters of vSphere hosts: what goes over one shares what it carries. */
  private final class RelayWires implements Wires {
    private final Map<String, SharedWire> shared = new HashMap<>();

    @Override
    public boolean losesNothing() {
      return true;
    }

    @Override
    public CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment) {
      return onLinks(() -> links.get(link).impair(direction, impairment));
    }

    @Override
    public CompletionStage<Void> heal(LinkId link) {
      return onLinks(() -> links.get(link).heal());
    }

    @Override
    public CompletionStage<Void> unplug(LinkId link) {
      return impair(link, Direction.BOTH, new Impairment.Stall());
    }

    @Override
    public CompletionStage<Void> carriedBy(
        LinkId link, String host, PhysicalAdapter adapter, int sharing) {
      return onLinks(
          () -> {
            links
                .get(link)
                .wire(
                    shared.computeIfAbsent(
                        host + "." + adapter.name(),
                        each -> new SharedWire(adapter.kibPerSecond())));
            return CompletableFuture.completedFuture(null);
          });
    }
  }

  private static Upstream upstream(Reachability reachability) {
    if (reachability instanceof Reachability.Answers answers) {
      return new Upstream.Answers(answers.at());
    }
    return reachability instanceof Reachability.Refuses
        ? new Upstream.Refuses()
        : new Upstream.Silent();
  }

  static EmbeddedLab start(Topology topology, LabSettings settings) throws LabException {
    settings
        .progress()
        .accept(
            (topology.arrays().size() == 1
                    ? "the simulated array"
                    : "the simulated arrays " + String.join(", ", topology.arrays().keySet()))
                + " and "
                + topology.allLinks().size()
                + " relay links");
    EmbeddedLab lab;
    try {
      lab = new EmbeddedLab(topology, settings);
    } catch (RuntimeException e) {
      throw new LabException("the lab cannot be built: " + e.getMessage(), e);
    }
    try {
      lab.open();
      settings.progress().accept("every portal answers; warming up");
      WarmUp.run(lab, topology, WARM_UP_READS);
      return lab;
    } catch (LabException | RuntimeException e) {
      lab.close();
      throw e instanceof LabException told
          ? told
          : new LabException("the lab cannot be built: " + e.getMessage(), e);
    }
  }

  private void open() throws LabException {
    await(
        onLinks(
            () -> {
              List<CompletableFuture<Void>> opening = new ArrayList<>();
              links.values().forEach(link -> opening.add(link.open().toCompletableFuture()));
              return CompletableFuture.allOf(opening.toArray(CompletableFuture[]::new));
            }),
        START_LIMIT,
        "the relay links");
    await(vsphere.plugIn(), START_LIMIT, "the adapters of vSphere hosts");
  }

  /** The array, of a topology that has one, for this module's tests. */
  SimulatedArray array() {
    return arrays.of(topology.arrays().keySet().iterator().next());
  }

  /** Where a link begins, for this module's tests. */
  InetSocketAddress entrance(LinkId link) {
    return links.get(link).entrance();
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public <T> T await(CompletionStage<T> stage, Duration bound, String what) throws LabException {
    try {
      return stage.toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LabException told) {
        throw told;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new LabException(what + ": " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new LabException(what + ": not done within " + bound.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException(what + ": interrupted", e);
    }
  }

  @Override
  public CompletionStage<HostDriver> attach(HostSpec host, History history) {
    Function<LinkId, InetSocketAddress> entrances = this::entrance;
    if (host.vsphere().isPresent()) {
      return here(
          vsphere
              .attach(
                  host.name(),
                  history,
                  leftOut -> new InitiatorHost(topology, host, entrances, hosts, history, leftOut))
              .whenUp());
    }
    return here(new InitiatorHost(topology, host, entrances, hosts, history).whenUp());
  }

  /**
   * A link that is silent when the examination begins leads to a port that answers no SYN, as a
   * dead cable would have it; a relay would accept, and the path would seem to stop at the login.
   */
  @Override
  public CompletionStage<HostDiagnosis> diagnose(
      HostSpec host, DiagnosisSpec how, Consumer<String> ended) {
    return onLinks(() -> CompletableFuture.completedFuture(unanswered()))
        .thenCompose(
            silent -> {
              UnansweredPort nobody = silent.isEmpty() ? null : openUnanswered();
              return new HostExamination(
                      topology,
                      host,
                      link -> silent.contains(link) ? addressOf(nobody) : entrance(link),
                      vsphere)
                  .run(hosts, how, ended)
                  .whenComplete(
                      (diagnosis, failure) -> {
                        if (nobody != null) {
                          nobody.close();
                        }
                      });
            })
        .thenApplyAsync(diagnosis -> diagnosis, scheduler);
  }

  private Set<LinkId> unanswered() {
    return links.entrySet().stream()
        .filter(link -> link.getValue().unanswered())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static UnansweredPort openUnanswered() {
    try {
      return new UnansweredPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no port that answers nothing", e);
    }
  }

  private static InetSocketAddress addressOf(UnansweredPort port) {
    try {
      return port.address();
    } catch (IOException e) {
      throw new UncheckedIOException("no port that answers nothing", e);
    }
  }

  @Override
  public CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment) {
    return here(
        vsphere.has(link)
            ? vsphere.impair(link, direction, impairment)
            : onLinks(() -> links.get(link).impair(direction, impairment)));
  }

  @Override
  public CompletionStage<Void> heal(LinkId link) {
    return here(vsphere.has(link) ? vsphere.heal(link) : onLinks(() -> links.get(link).heal()));
  }

  @Override
  public CompletionStage<List<LinkId>> impairAdapter(
      String adapter, Direction direction, Impairment impairment) {
    return here(vsphere.impairAdapter(adapter, direction, impairment));
  }

  @Override
  public CompletionStage<Void> healAdapter(String adapter) {
    return here(vsphere.healAdapter(adapter));
  }

  @Override
  public CompletionStage<List<LinkId>> act(String place, HostAction action) {
    return here(vsphere.act(place, action));
  }

  @Override
  public CompletionStage<Void> restore(String place, HostAction action) {
    return here(vsphere.restore(place, action));
  }

  private <T> CompletionStage<T> onLinks(Supplier<CompletionStage<T>> task) {
    return CompletableFuture.supplyAsync(task, linkLoop).thenCompose(stage -> stage);
  }

  /** Results come back on the lab's scheduler. */
  private <T> CompletionStage<T> here(CompletionStage<T> stage) {
    return stage.thenApplyAsync(value -> value, scheduler);
  }

  @Override
  public CompletionStage<Void> act(String place, ArrayAction action) {
    return here(arrays.act(place, action));
  }

  @Override
  public CompletionStage<Void> restore(String place, ArrayAction action) {
    return here(
        action.kind().momentary()
            ? CompletableFuture.completedFuture(null)
            : arrays.restore(place, action));
  }

  @Override
  public CompletionStage<ArraySnapshot> snapshot() {
    return here(arrays.snapshot());
  }

  @Override
  public CompletionStage<Map<String, PortLoad>> loads() {
    return here(arrays.loads());
  }

  @Override
  public CompletionStage<List<JournalEntry>> journal() {
    return here(arrays.journal());
  }

  @Override
  public CompletionStage<ByteBuffer> readStore(String volume, long offsetBytes, int lengthBytes) {
    return here(arrays.readStore(volume, offsetBytes, lengthBytes));
  }

  @Override
  public CompletionStage<Void> reset() {
    List<CompletableFuture<Void>> healing = new ArrayList<>();
    topology.allLinks().forEach(link -> healing.add(heal(link).toCompletableFuture()));
    healing.add(vsphere.reset().toCompletableFuture());
    return CompletableFuture.allOf(healing.toArray(CompletableFuture[]::new))
        .thenCompose(healed -> here(arrays.reset()));
  }

  @Override
  public List<PartLog> logs() {
    List<PartLog> logs = new ArrayList<>();
    try {
      await(arrays.logs(), START_LIMIT, "the array's journal")
          .forEach((array, text) -> logs.add(new PartLog(array, text)));
    } catch (LabException e) {
      logs.add(new PartLog("array", e.getMessage()));
    }
    return logs;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    hosts.close();
    linkLoop.submit(() -> links.values().forEach(RelayLink::close)).awaitUninterruptibly();
    linkLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    arrays.close();
    scheduler.close();
  }
}
