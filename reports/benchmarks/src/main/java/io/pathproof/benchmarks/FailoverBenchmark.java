package io.pathproof.benchmarks;

import io.pathproof.junit.RunSettings;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.history.History;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import io.pathproof.lab.workload.Workload;
import io.pathproof.lab.workload.WorkloadCore;
import io.pathproof.lab.workload.WorkloadDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long one failover takes: from the moment that a fault begins to be applied until every I/O
 * that it left behind has ended well. Single shots under an open loop of 500 I/Os a second; each
 * begins with all paths up. Host 2 loses the link that carries its I/O, host 3 an adapter.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 30)
@Fork(1)
@Timeout(time = 60)
public class FailoverBenchmark {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int RATE = 500;
  private static final int SETTLE = 100;
  private static final long SEED = 42;

  /** Which host of topology io-group. */
  @Param({"host2", "host3"})
  public String host;

  /** How its path breaks. */
  @Param({"reset", "silent-drop"})
  public String fault;

  /** What builds the lab. */
  @Param({"containers"})
  public String engine;

  /** What a write waits for before it is sent again, as in a topology file. */
  @Param({"hold 500ms"})
  public String fence;

  private Topology topology;
  private LabDriver lab;
  private HostDriver attached;
  private WorkloadDriver workload;
  private WatchedDevice device;
  private List<LinkId> broken;
  private int shots;

  /** Builds the lab. */
  @Setup(Level.Trial)
  public void build() throws LabException {
    topology = fencing(Path.of("topologies/io-group.yaml"), fence);
    String runId = UUID.randomUUID().toString().substring(0, 8);
    lab = RunSettings.engine(engine).start(topology, new LabSettings(runId, SEED, text -> {}));
  }

  /** The topology of a file, whose hosts with multipathing fence in this way. */
  private static Topology fencing(Path file, String fence) throws LabException {
    String several = "multipath: { policy: round-robin";
    try {
      String yaml = Files.readString(file);
      if (!yaml.contains(several)) {
        throw new LabException(file + " has no host with '" + several + "'");
      }
      String changed = yaml.replace(several, several + ", fence: " + fence);
      return TopologyLoader.parse(changed, file.toString());
    } catch (IOException e) {
      throw new LabException("cannot read " + file, e);
    }
  }

  /** All paths up, I/O flowing. */
  @Setup(Level.Invocation)
  public void arm() throws LabException {
    lab.await(lab.reset(), LIMIT, "the lab's reset");
    History history = new History(lab.scheduler().nowNs());
    attached =
        lab.await(lab.attach(topology.hosts().get(host), history), LIMIT, host + " to come up");
    device = new WatchedDevice(attached.devices().get(0), SETTLE);
    if (device.paths().size() != topology.linksOf(topology.hosts().get(host)).size()) {
      throw new LabException(host + " has " + device.paths().size() + " paths only");
    }
    Workload stream =
        new Workload(host, "vol0", "*", 0, LIMIT.toMillis(), RATE, 4096, 70, 16L << 20);
    WorkloadCore core =
        new WorkloadCore(stream, 0, 1, 0, SEED + shots, attached.scheduler().nowNs());
    workload = new WorkloadDriver(host, device, core, ++shots, attached.scheduler(), history);
    workload.start();
    String current = lab.await(device.settled(), LIMIT, "the workload to run");
    LinkId carrying =
        device.paths().stream()
            .filter(path -> path.id().equals(current))
            .findFirst()
            .orElseThrow()
            .link();
    broken =
        host.equals("host3")
            ? topology.linksOf(topology.hosts().get(host)).stream()
                .filter(link -> link.adapter().equals(carrying.adapter()))
                .toList()
            : List.of(carrying);
  }

  /** One failover. */
  @Benchmark
  public void failover() throws LabException {
    Impairment how = fault.equals("reset") ? new Impairment.Reset() : new Impairment.SilentDrop();
    CompletableFuture<?>[] applied =
        broken.stream()
            .map(link -> lab.impair(link, Direction.BOTH, how).toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    lab.await(CompletableFuture.allOf(applied), LIMIT, "the fault");
    lab.await(device.over(), LIMIT, "the failover");
  }

  /** No I/O left, host gone. */
  @TearDown(Level.Invocation)
  public void disarm() throws LabException {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    attached
        .scheduler()
        .execute(
            () -> {
              workload.stop();
              stopped.complete(null);
            });
    lab.await(stopped, LIMIT, "the workload to stop");
    lab.await(attached.detach(), LIMIT, host + " to log out");
  }

  /** Takes the lab down. */
  @TearDown(Level.Trial)
  public void takeDown() {
    if (lab != null) {
      lab.close();
    }
  }
}
