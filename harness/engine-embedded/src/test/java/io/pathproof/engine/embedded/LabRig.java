package io.pathproof.engine.embedded;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.history.Entry;
import io.pathproof.lab.history.Event;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.Topology;
import io.pathproof.lab.topology.TopologyLoader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A lab with one host that is up. */
final class LabRig implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);

  /** Two nodes, of which node1 owns the volume; a host with a way to each of the four ports. */
  static final String ALUA =
      """
      topology: embedded-test
      fabrics:
        blue:  { subnet: 10.10.1.0/24 }
        green: { subnet: 10.10.2.0/24 }
      array:
        nodes:
          node1: { ports: { a: { fabric: blue, address: 10.10.1.10 }, b: { fabric: green, address: 10.10.2.10 } } }
          node2: { ports: { a: { fabric: blue, address: 10.10.1.11 }, b: { fabric: green, address: 10.10.2.11 } } }
        alua: { mode: implicit, partner: active/non-optimized, transition: 20ms }
        volumes: { vol0: { size: 16MiB, owner: node1 }, vol1: { size: 32MiB } }
      hosts:
        host3:
          multipath: { policy: round-robin, ios: 1 }
          timers: { nop-interval: 200ms, nop-timeout: 1s, reconnect-delay: 50ms, login: 1s }
          adapters: { nic0: { fabric: blue, address: 10.10.1.103 }, nic1: { fabric: green, address: 10.10.2.103 } }
      """;

  /** One node, and a host with one link to it that waits for a lost session. */
  static final String SINGLE =
      """
      topology: embedded-single
      fabrics:
        blue:  { subnet: 10.10.1.0/24 }
      array:
        nodes:
          node1: { ports: { a: { fabric: blue, address: 10.10.1.10 } } }
        volumes: { vol0: { size: 16MiB } }
      hosts:
        host1:
          multipath: none
          timers: { recovery: 10s, reconnect-delay: 50ms, nop-interval: 200ms, nop-timeout: 1s }
          adapters: { nic0: { fabric: blue, address: 10.10.1.101 } }
      """;

  /** A virtual port that sends logins on. */
  static final String VIRTUAL =
      """
      topology: embedded-virtual
      fabrics:
        san:  { subnet: 10.0.0.0/24 }
      array:
        nodes:
          node1: { ports: { a: { fabric: san, address: 10.0.0.2 }, b: { fabric: san, address: 10.0.0.3 } } }
          node2: { ports: { a: { fabric: san, address: 10.0.0.4 }, b: { fabric: san, address: 10.0.0.5 } } }
        virtual-addresses: { vip: { address: 10.0.0.1, owner: node2.b } }
        login-redirect: always
        takeover: 100ms
        volumes: { vol0: { size: 16MiB } }
      hosts:
        esx1:
          multipath: none
          timers: { recovery: 10s, reconnect-delay: 50ms, nop-interval: 200ms, nop-timeout: 1s }
          adapters: { nic0: { fabric: san, address: 10.0.0.101 } }
      """;

  final Topology topology;
  final EmbeddedLab lab;
  final History history;
  private HostDriver host;

  LabRig(String yaml) throws LabException {
    topology = TopologyLoader.parse(yaml, "LabRig");
    lab = EmbeddedLab.start(topology, new LabSettings("test", 1, text -> {}));
    history = new History(lab.scheduler().nowNs());
  }

  HostDriver attach() throws LabException {
    host = await(lab.attach(topology.hosts().values().iterator().next(), history));
    return host;
  }

  <T> T await(CompletionStage<T> stage) throws LabException {
    return lab.await(stage, LIMIT, "the test's step");
  }

  ArraySnapshot snapshot() throws LabException {
    return await(lab.snapshot());
  }

  /** Waits until something like that has happened, and gives the first such entry. */
  <T extends Event> Entry happens(Class<T> type, Predicate<T> which) {
    return happensFrom(0, type, which);
  }

  /** The same, among the entries from that number on. */
  <T extends Event> Entry happensFrom(int from, Class<T> type, Predicate<T> which) {
    return Awaitility.await()
        .atMost(LIMIT)
        .until(
            () ->
                history.entries().stream()
                    .skip(from)
                    .filter(
                        entry ->
                            type.isInstance(entry.event()) && which.test(type.cast(entry.event())))
                    .findFirst(),
            Optional::isPresent)
        .get();
  }

  int entries() {
    return history.entries().size();
  }

  void pathGoes(int from, LinkId link, boolean up) {
    happensFrom(
        from, Event.PathChanged.class, change -> change.link().equals(link) && change.up() == up);
  }

  /** An I/O of eight blocks, and the attempts of it that ended badly. */
  static final class Io implements IoListener {
    final CompletableFuture<IoResult> end = new CompletableFuture<>();
    final List<String> lost = new CopyOnWriteArrayList<>();
    volatile long tookNs;
    private final long beganNs = System.nanoTime();

    @Override
    public void sent(String path, int attempt) {}

    @Override
    public void attemptEnded(String path, int attempt, IoResult result, boolean retried) {
      lost.add(attempt + " " + result.status() + " " + retried + ": " + result.detail());
    }

    @Override
    public void completed(IoResult result) {
      tookNs = System.nanoTime() - beganNs;
      end.complete(result);
    }
  }

  BlockDevice device() {
    return host.devices().get(0);
  }

  Io write(long lba, int blocks, int fill) {
    BlockDevice device = device();
    byte[] bytes = new byte[blocks * device.blockSize()];
    Arrays.fill(bytes, (byte) fill);
    Io io = new Io();
    host.scheduler()
        .execute(
            () -> device.write(lba, blocks, (path, attempt) -> ByteBuffer.wrap(bytes.clone()), io));
    return io;
  }

  Io read(BlockDevice device, long lba, int blocks) {
    Io io = new Io();
    host.scheduler().execute(() -> device.read(lba, blocks, io));
    return io;
  }

  IoResult done(Io io) throws LabException {
    return await(io.end);
  }

  /** One read over each path. */
  void readEverywhere() throws LabException {
    for (BlockDevice device : host.pathDevices()) {
      done(read(device, 0, 8));
    }
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  static byte[] filled(int length, int fill) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  List<String> journal() throws LabException {
    return await(lab.journal()).stream().map(entry -> entry.text()).toList();
  }

  @Override
  public void close() {
    lab.close();
  }
}
