package io.pathproof.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pathproof.lab.Lab;
import io.pathproof.lab.engine.Capabilities;
import io.pathproof.lab.engine.Engine;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.engine.LabSettings;
import io.pathproof.lab.topology.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The labs of a run")
class LabPoolTest {
  @TempDir Path folder;

  private final ExecutorService first = Executors.newSingleThreadExecutor();
  private final TestThread second = new TestThread();

  /** Labs of one subnet exclude each other; none is ever built, as none runs a scenario. */
  private static final class OneSubnetOnce implements Engine {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public Capabilities capabilities(Topology topology) {
      throw new AssertionError("not asked");
    }

    @Override
    public String refuses(Topology topology) {
      return "";
    }

    @Override
    public String defaultArray() {
      return "none";
    }

    @Override
    public boolean sideBySide(Topology one, Topology other) {
      return one.fabrics().values().stream().noneMatch(other.fabrics().values()::contains);
    }

    @Override
    public LabDriver start(Topology topology, LabSettings settings) throws LabException {
      throw new LabException("not built");
    }
  }

  /** An executor whose thread's state can be seen: a wait for a lab has no other sign. */
  private static final class TestThread {
    private volatile Thread thread;
    private final ExecutorService executor =
        Executors.newSingleThreadExecutor(task -> thread = new Thread(task, "second"));

    boolean waits() {
      return thread != null && thread.getState() == Thread.State.WAITING;
    }
  }

  @BeforeEach
  void topologies() throws IOException {
    topology("blue-one", "10.10.1");
    topology("blue-two", "10.10.1");
    topology("green", "10.10.2");
  }

  @AfterEach
  void end() {
    first.shutdownNow();
    second.executor.shutdownNow();
  }

  private void topology(String name, String net) throws IOException {
    Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        topology: %s
        fabrics: { net: { subnet: %s.0/24 } }
        array:
          nodes: { node1: { ports: { a: { fabric: net, address: %s.10 } } } }
          volumes: { vol0: { size: 64MiB } }
        hosts: { host1: { multipath: none, adapters: { nic0: { fabric: net, address: %s.101 } } } }
        """
            .formatted(name, net, net, net));
  }

  private LabPool pool(int labs) {
    TopologyCatalog catalog = new TopologyCatalog(List.of(), folder);
    return new LabPool(
        new RunSettings(new OneSubnetOnce(), 1, catalog, List.of(), labs), List.of());
  }

  private Lab onFirst(LabPool pool, String topology) throws Exception {
    return first.submit(() -> pool.of(topology)).get(10, TimeUnit.SECONDS);
  }

  private CompletableFuture<Lab> onSecond(LabPool pool, String topology) {
    return CompletableFuture.supplyAsync(() -> pool.of(topology), second.executor);
  }

  @Test
  @DisplayName("A thread keeps its lab from test to test")
  void oneThread() throws Exception {
    try (LabPool pool = pool(4)) {
      assertThat(onFirst(pool, "blue-one")).isSameAs(onFirst(pool, "blue-one"));
    }
  }

  @Test
  @DisplayName("Labs without anything in common are up side by side")
  void sideBySide() throws Exception {
    try (LabPool pool = pool(4)) {
      Lab blue = onFirst(pool, "blue-one");
      assertThat(onSecond(pool, "green").get(10, TimeUnit.SECONDS).topology().name())
          .isEqualTo("green");
      assertThat(onFirst(pool, "blue-one")).isSameAs(blue);
    }
  }

  @Test
  @DisplayName("A lab that wants the subnet of one in use waits until it is given up")
  void waitsForSubnet() throws Exception {
    try (LabPool pool = pool(4)) {
      onFirst(pool, "blue-one");
      CompletableFuture<Lab> waiting = onSecond(pool, "blue-two");
      await().until(second::waits);
      assertThat(waiting).isNotDone();

      first.submit(pool::release).get(10, TimeUnit.SECONDS);

      assertThat(waiting.get(10, TimeUnit.SECONDS).topology().name()).isEqualTo("blue-two");
    }
  }

  @Test
  @DisplayName("Asking for another lab gives the last one up")
  void changes() throws Exception {
    try (LabPool pool = pool(4)) {
      onFirst(pool, "blue-one");
      CompletableFuture<Lab> waiting = onSecond(pool, "blue-two");
      await().until(second::waits);

      onFirst(pool, "green");

      assertThat(waiting.get(10, TimeUnit.SECONDS).topology().name()).isEqualTo("blue-two");
    }
  }

  @Test
  @DisplayName("A lab that was given up is taken over by the next who asks for its topology")
  void takenOver() throws Exception {
    try (LabPool pool = pool(4)) {
      Lab given = onFirst(pool, "blue-one");
      first.submit(pool::release).get(10, TimeUnit.SECONDS);
      assertThat(onSecond(pool, "blue-one").get(10, TimeUnit.SECONDS)).isSameAs(given);
    }
  }

  @Test
  @DisplayName("No more labs are up than the run may have")
  void bounded() throws Exception {
    try (LabPool pool = pool(1)) {
      onFirst(pool, "blue-one");
      CompletableFuture<Lab> waiting = onSecond(pool, "green");
      await().until(second::waits);
      assertThat(waiting).isNotDone();

      first.submit(pool::release).get(10, TimeUnit.SECONDS);

      assertThat(waiting.get(10, TimeUnit.SECONDS).topology().name()).isEqualTo("green");
    }
  }

  @Test
  @DisplayName("Two threads that want each other's subnets by turns both come to their end")
  void noDeadlock() throws Exception {
    try (LabPool pool = pool(4)) {
      List<String> names = List.of("blue-one", "green", "blue-two");
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 300; i++) {
                  pool.of(names.get((i + 1) % 3));
                }
                pool.release();
              },
              second.executor);
      first
          .submit(
              () -> {
                for (int i = 0; i < 300; i++) {
                  pool.of(names.get(i % 3));
                }
                pool.release();
              })
          .get(30, TimeUnit.SECONDS);
      try {
        other.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError(e);
      }
    }
  }
}
