package io.pathproof.targets.array.server;

import io.pathproof.targets.array.scsi.Defect;
import io.pathproof.targets.array.system.ArrayConfig;
import io.pathproof.targets.array.system.JournalEntry;
import io.pathproof.targets.array.system.RefusedException;
import io.pathproof.targets.array.system.Snapshot;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A running simulated array. Any thread may call; all of the array runs on one event loop of its
 * own, on which stages complete. Stages fail with {@link RefusedException} when a place, a word or
 * a detail is not known or does not fit, and with {@link ArrayException} when the array is at fault
 * or closed.
 */
public final class SimulatedArray implements AutoCloseable {
  private static final int READ_LIMIT = 16 << 20;
  private static final long START_SECONDS = 30;

  private final ArrayConfig config;
  private final ArrayNetwork network;
  private final ArrayLoop loop;
  private boolean closed;

  private SimulatedArray(ArrayConfig config, ArrayNetwork network, ArrayLoop loop) {
    this.config = config;
    this.network = network;
    this.loop = loop;
  }

  /**
   * Starts an array; when this returns, every address answers.
   *
   * @throws ArrayException when an address cannot be served; nothing is left running
   */
  public static SimulatedArray start(ArrayConfig config, ArrayNetwork network) {
    config.validated();
    ArrayLoop loop = null;
    try {
      network.prepare(config);
      loop = new ArrayLoop(config, network);
      SimulatedArray array = new SimulatedArray(config, network, loop);
      settled(loop.start());
      return array;
    } catch (RuntimeException e) {
      if (loop != null) {
        loop.close();
      }
      network.close();
      throw e;
    }
  }

  private static void settled(CompletionStage<Void> stage) {
    try {
      stage.toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ArrayException told) {
        throw told;
      }
      throw new ArrayException("the array cannot start: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new ArrayException("the array does not start within " + START_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ArrayException("interrupted while the array started", e);
    }
  }

  /** What it was started with. */
  public ArrayConfig config() {
    return config;
  }

  /** What {@link System#nanoTime} was at the zero of the array's clock and journal. */
  public long startNanoTime() {
    return loop.originNs();
  }

  /**
   * Does something to a part of the array; completes when it has taken effect, which for things
   * that take their time (a takeover, an announced removal) means: is under way.
   *
   * @param place a node, a port ({@code node1.a}) or {@code array}
   * @param word such as {@code kill}
   * @param detail such as a defect's name; may be empty
   */
  public CompletionStage<Void> act(String place, String word, String detail) {
    return on(
        running -> {
          running.core().act(place, word, detail, running.nowNs());
          return null;
        });
  }

  /**
   * Takes back what {@link #act} did; completes once all is again as it was, transitions included.
   * What was not done needs no taking back.
   */
  public CompletionStage<Void> restore(String place, String word, String detail) {
    return restore(place, word, detail, false);
  }

  /** As {@link #restore}, but fails with {@link RefusedException} if there is nothing to do. */
  public CompletionStage<Void> restoreInForce(String place, String word, String detail) {
    return restore(place, word, detail, true);
  }

  private CompletionStage<Void> restore(
      String place, String word, String detail, boolean strictly) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    return on(running -> {
          if (strictly) {
            running.core().requireInForce(place, word, detail);
          }
          running.core().restore(place, word, detail, running.nowNs(), () -> done.complete(null));
          return null;
        })
        .thenCompose(begun -> done)
        .thenCompose(again -> loop.settled());
  }

  /** Takes everything back, defects as well; the blocks stay. Completes as {@link #restore}. */
  public CompletionStage<Void> reset() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    return on(running -> {
          running.core().reset(running.nowNs(), () -> done.complete(null));
          return null;
        })
        .thenCompose(begun -> done)
        .thenCompose(again -> loop.settled());
  }

  /** The state now. */
  public CompletionStage<Snapshot> snapshot() {
    return on(running -> running.core().snapshot());
  }

  /** Loads by port reference; sessions at virtual addresses count for the port that owns them. */
  public CompletionStage<Map<String, PortLoad>> loads() {
    return on(ArrayLoop::loads);
  }

  /** All normal sessions. */
  public CompletionStage<List<SessionView>> sessions() {
    return on(ArrayLoop::sessions);
  }

  /** The names of the defects that are on. */
  public CompletionStage<List<String>> activeDefects() {
    return on(running -> running.defects().active().stream().map(Defect::word).toList());
  }

  /** Everything that has happened, oldest first; the newest 10,000 entries are kept. */
  public CompletionStage<List<JournalEntry>> journal() {
    return on(running -> running.journal(0).entries());
  }

  /** What has happened since; the first entry ever has number 0. */
  public CompletionStage<JournalPage> journalSince(long number) {
    return on(running -> running.journal(number));
  }

  /**
   * Reads a volume's blocks past all caches and states.
   *
   * @param volume its name
   * @param offsetBytes where to start
   * @param lengthBytes at most 16 MiB
   */
  public CompletionStage<ByteBuffer> readStore(String volume, long offsetBytes, int lengthBytes) {
    return on(
        running -> {
          ArrayConfig.Volume found =
              config.volumes().stream()
                  .filter(each -> each.name().equals(volume))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new RefusedException(
                              "no volume \"" + volume + "\"",
                              "there are "
                                  + String.join(
                                      ", ",
                                      config.volumes().stream()
                                          .map(ArrayConfig.Volume::name)
                                          .toList())));
          if (offsetBytes < 0
              || lengthBytes < 1
              || lengthBytes > READ_LIMIT
              || offsetBytes > found.sizeBytes() - lengthBytes) {
            throw new RefusedException(
                lengthBytes + " bytes at " + offsetBytes + " cannot be read of " + volume,
                "it has " + found.sizeBytes() + " bytes; read 1 to " + READ_LIMIT + " at a time");
          }
          return running.units().readStore(volume, offsetBytes, lengthBytes);
        });
  }

  /** What someone who connects to an address meets now. Never blocks; from any thread. */
  public Reachability reach(String address, int tcpPort) {
    return loop.reach(address + ":" + tcpPort);
  }

  private <T> CompletionStage<T> on(Function<ArrayLoop, T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      loop.execute(
          () -> {
            try {
              result.complete(task.apply(loop));
            } catch (RuntimeException e) {
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(new ArrayException("the array is closed", e));
    }
    return result;
  }

  /** Ends every connection and frees every address. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    loop.close();
    network.close();
  }
}
