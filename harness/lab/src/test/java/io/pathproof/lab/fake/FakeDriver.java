package io.pathproof.lab.fake;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.Scheduler;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A lab in memory: one store, links that can be cut, hosts that notice after 100 ms. */
public final class FakeDriver implements LabDriver {
  static final long MS = 1_000_000L;

  private final Topology topology;
  private final Set<Defect> defects;
  private final VirtualScheduler scheduler = new VirtualScheduler(5_000_000_000L);
  private final Map<String, FakeStore> stores = new HashMap<>();
  private final Map<LinkId, Impairment> impaired = new HashMap<>();
  private final List<FakeHost> hosts = new ArrayList<>();
  private boolean faulted;
  private boolean closed;

  FakeDriver(Topology topology, Set<Defect> defects) {
    this.topology = topology;
    this.defects = defects;
    topology
        .volumes()
        .values()
        .forEach(volume -> stores.put(volume.name(), new FakeStore(defects, scheduler)));
  }

  public boolean closed() {
    return closed;
  }

  /** Hosts that are attached now. */
  public List<FakeHost> hosts() {
    return hosts;
  }

  FakeStore store(String volume) {
    return stores.get(volume);
  }

  Topology topology() {
    return topology;
  }

  boolean has(Defect defect) {
    return defects.contains(defect);
  }

  boolean cut(LinkId link) {
    Impairment impairment = impaired.get(link);
    return impairment != null && !(impairment instanceof Impairment.Latency);
  }

  long delayNs(LinkId link) {
    return impaired.get(link) instanceof Impairment.Latency latency
        ? 2 * latency.delayMs() * MS
        : 0;
  }

  private <T> CompletionStage<T> after(long ms, java.util.function.Supplier<T> what) {
    CompletableFuture<T> stage = new CompletableFuture<>();
    scheduler.at(
        scheduler.nowNs() + ms * MS,
        () -> {
          if (closed || has(Defect.DIES_AT_FAULT) && faulted) {
            stage.completeExceptionally(new LabException("node1 is gone", "signal 9", null));
          } else {
            stage.complete(what.get());
          }
        });
    return stage;
  }

  private CompletionStage<Void> after(long ms, Runnable what) {
    return after(
        ms,
        () -> {
          what.run();
          return null;
        });
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public <T> T await(CompletionStage<T> stage, Duration bound, String what) throws LabException {
    return scheduler.await(stage, bound, what);
  }

  @Override
  public CompletionStage<HostDriver> attach(HostSpec host, History history) {
    return after(
        20,
        () -> {
          FakeHost attached = new FakeHost(this, host, history, scheduler);
          hosts.add(attached);
          return attached;
        });
  }

  @Override
  public CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment) {
    return after(
        5,
        () -> {
          faulted = true;
          if (!has(Defect.FAULTS_DO_NOTHING)) {
            impaired.put(link, impairment);
            hosts.forEach(host -> host.linkChanged(link));
          }
        });
  }

  @Override
  public CompletionStage<Void> heal(LinkId link) {
    return after(
        5,
        () -> {
          if (!has(Defect.NEVER_COMES_BACK)) {
            impaired.remove(link);
          }
          hosts.forEach(host -> host.linkChanged(link));
        });
  }

  @Override
  public CompletionStage<Void> act(String node, ArrayAction action) {
    return after(
        50,
        () -> {
          for (LinkId link : topology.allLinks()) {
            if (topology.port(link.port()).node().equals(node)) {
              impaired.put(link, new Impairment.Reset());
              hosts.forEach(host -> host.linkChanged(link));
            }
          }
        });
  }

  @Override
  public CompletionStage<Void> restore(String node, ArrayAction action) {
    return after(
        200,
        () -> {
          for (LinkId link : topology.allLinks()) {
            if (topology.port(link.port()).node().equals(node)) {
              impaired.remove(link);
              hosts.forEach(host -> host.linkChanged(link));
            }
          }
        });
  }

  @Override
  public CompletionStage<ArraySnapshot> snapshot() {
    return after(
        30,
        () -> {
          Map<String, ArraySnapshot.NodeState> nodes = new TreeMap<>();
          topology
              .nodes()
              .values()
              .forEach(
                  node -> {
                    List<String> addresses =
                        new ArrayList<>(
                            node.ports().values().stream().map(PortSpec::address).toList());
                    if (has(Defect.ARRAY_FAILS_OVER) && faulted && node.name().equals("node2")) {
                      addresses.add("10.10.1.10");
                    }
                    nodes.put(
                        node.name(),
                        new ArraySnapshot.NodeState("running", addresses, List.of(), Map.of()));
                  });
          return new ArraySnapshot(nodes);
        });
  }

  @Override
  public CompletionStage<ByteBuffer> readStore(String volume, long offsetBytes, int lengthBytes) {
    return after(10, () -> stores.get(volume).read(offsetBytes, lengthBytes));
  }

  @Override
  public CompletionStage<Void> reset() {
    return after(
        10,
        () -> {
          impaired.clear();
          faulted = false;
        });
  }

  @Override
  public List<PartLog> logs() {
    return List.of(new PartLog("node1", faulted ? "a link was cut" : "all is well"));
  }

  @Override
  public void close() {
    closed = true;
  }
}
