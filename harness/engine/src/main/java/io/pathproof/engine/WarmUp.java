package io.pathproof.engine;

import io.pathproof.lab.engine.BlockDevice;
import io.pathproof.lab.engine.HostDriver;
import io.pathproof.lab.engine.IoListener;
import io.pathproof.lab.engine.LabDriver;
import io.pathproof.lab.engine.LabException;
import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.IoResult;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads from the array before the first scenario, so that what a scenario measures is not the JVM
 * loading and compiling its classes. Reads alone: it leaves nothing on the store and in no history.
 */
public final class WarmUp {
  private static final int DEPTH = 8;

  /** Some 0.3 s on an idle machine; on one that is busy with other things it is to go on too. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private WarmUp() {}

  /**
   * Warms up through the first host of the topology, unless an array takes too few sessions for one
   * that is not part of a scenario.
   *
   * @param reads how many from each device, from 8
   */
  public static void run(LabDriver lab, Topology topology, int reads) throws LabException {
    if (topology.arrays().values().stream().anyMatch(array -> array.maxSessions() > 0)
        || topology.hosts().isEmpty()) {
      return;
    }
    HostSpec spec = topology.hosts().values().iterator().next();
    History unread = new History(lab.scheduler().nowNs());
    HostDriver host = lab.await(lab.attach(spec, unread), LIMIT, "a host for the warm-up");
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (BlockDevice device : host.pathDevices()) {
      Reads series = new Reads(device, reads);
      done.add(series.done);
      host.scheduler().execute(series::begin);
    }
    lab.await(
        CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)), LIMIT, "the warm-up");
    lab.await(host.detach(), LIMIT, "the logout after the warm-up");
  }

  /** Reads of one device, some at a time; on its host's loop. */
  private static final class Reads implements IoListener {
    private final BlockDevice device;
    private final int reads;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int issued;
    private int ended;

    Reads(BlockDevice device, int reads) {
      this.device = device;
      this.reads = reads;
    }

    void begin() {
      for (int i = 0; i < DEPTH; i++) {
        next();
      }
    }

    private void next() {
      if (issued < reads) {
        device.read((long) issued++ * 8 % device.blockCount(), 1, this);
      }
    }

    @Override
    public void sent(String path, int attempt) {}

    @Override
    public void attemptEnded(String path, int attempt, IoResult result, boolean retried) {}

    @Override
    public void completed(IoResult result) {
      if (result.status() != IoResult.Status.OK) {
        done.completeExceptionally(
            new LabException("a read of the warm-up failed: " + result.detail()));
      }
      if (++ended == reads) {
        done.complete(null);
      } else {
        next();
      }
    }
  }
}
