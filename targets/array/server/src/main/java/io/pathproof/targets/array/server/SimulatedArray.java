package io.pathproof.targets.array.server;

import io.pathproof.targets.array.system.ArrayConfig;
import io.pathproof.targets.array.system.JournalEntry;
import io.pathproof.targets.array.system.Snapshot;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A running simulated array. Any thread may call; all of the array runs on one event loop of its
 * own, on which stages complete. Stages fail with {@link ArrayException} when a place or a word is
 * not known or does not fit the array.
 */
public final class SimulatedArray implements AutoCloseable {
  private SimulatedArray() {}

  /**
   * Starts an array; when this returns, every address answers.
   *
   * @throws ArrayException when an address cannot be served; nothing is left running
   */
  public static SimulatedArray start(ArrayConfig config, ArrayNetwork network) {
    throw new ArrayException("the simulated array cannot be started yet");
  }

  /** What {@link System#nanoTime} was at the zero of the journal's times. */
  public long startNanoTime() {
    return 0;
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
    return pending();
  }

  /**
   * Takes back what {@link #act} did; completes once all is again as it was, transitions included.
   * What was not done needs no taking back.
   */
  public CompletionStage<Void> restore(String place, String word, String detail) {
    return pending();
  }

  /** Takes everything back, defects as well; the blocks stay. Completes as {@link #restore}. */
  public CompletionStage<Void> reset() {
    return pending();
  }

  /** The state now. */
  public CompletionStage<Snapshot> snapshot() {
    return pending();
  }

  /** Loads by port reference; sessions at virtual addresses count for the port that owns them. */
  public CompletionStage<Map<String, PortLoad>> loads() {
    return pending();
  }

  /** Everything that has happened, oldest first; the newest 10,000 entries are kept. */
  public CompletionStage<List<JournalEntry>> journal() {
    return pending();
  }

  /**
   * Reads a volume's blocks past all caches and states.
   *
   * @param volume its name
   * @param offsetBytes where to start
   * @param lengthBytes at most 16 MiB
   */
  public CompletionStage<ByteBuffer> readStore(String volume, long offsetBytes, int lengthBytes) {
    return pending();
  }

  /** What someone who connects to an address meets now. Never blocks; from any thread. */
  public Reachability reach(String address, int tcpPort) {
    return new Reachability.Silent();
  }

  private static <T> CompletionStage<T> pending() {
    return CompletableFuture.failedFuture(new ArrayException("not started"));
  }

  /** Ends every connection and frees every address. Idempotent. */
  @Override
  public void close() {}
}
