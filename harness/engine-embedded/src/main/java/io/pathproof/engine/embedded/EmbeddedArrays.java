package io.pathproof.engine.embedded;

import io.pathproof.engine.ArrayConfigs;
import io.pathproof.engine.ArrayWords;
import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.ArraySpec;
import io.pathproof.lab.topology.PortSpec;
import io.pathproof.lab.topology.Topology;
import io.pathproof.targets.array.server.LoopbackNetwork;
import io.pathproof.targets.array.server.Reachability;
import io.pathproof.targets.array.server.SimulatedArray;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The arrays of a lab, each a simulated array of its own with its own loop and store. Stages
 * complete on the arrays' loops.
 */
final class EmbeddedArrays implements AutoCloseable {
  private final Topology topology;
  private final Map<String, SimulatedArray> arrays = new LinkedHashMap<>();
  private final Map<String, Long> journalSeen = new LinkedHashMap<>();

  EmbeddedArrays(Topology topology, long seed) {
    this.topology = topology;
    try {
      for (ArraySpec array : topology.arrays().values()) {
        arrays.put(
            array.name(),
            SimulatedArray.start(
                ArrayConfigs.of(topology, array, seed + arrays.size()), new LoopbackNetwork()));
        journalSeen.put(array.name(), 0L);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The array that a part of the topology belongs to. */
  SimulatedArray of(String part) {
    return arrays.get(topology.arrayOf(part).name());
  }

  /** Where an address is served now. */
  Reachability reach(PortSpec port) {
    return of(port.ref()).reach(port.address(), port.tcpPort());
  }

  CompletionStage<Void> act(String place, ArrayAction action) {
    return at(place, array -> array.act(own(place), action.kind().word(), action.detail()));
  }

  CompletionStage<Void> restore(String place, ArrayAction action) {
    return at(place, array -> array.restore(own(place), action.kind().word(), action.detail()));
  }

  private <T> CompletionStage<T> at(
      String part, Function<SimulatedArray, CompletionStage<T>> task) {
    try {
      return task.apply(of(part));
    } catch (IllegalArgumentException nowhere) {
      return CompletableFuture.failedFuture(nowhere);
    }
  }

  private String own(String place) {
    return ArrayWords.place(topology.arrayOf(place), place);
  }

  CompletionStage<ArraySnapshot> snapshot() {
    return all(array -> array.snapshot().thenApply(ArrayWords::snapshot))
        .thenApply(
            each -> {
              Map<String, ArraySnapshot.NodeState> nodes = new TreeMap<>();
              each.forEach(snapshot -> nodes.putAll(snapshot.nodes()));
              return new ArraySnapshot(nodes);
            });
  }

  CompletionStage<Map<String, PortLoad>> loads() {
    return all(array -> array.loads().thenApply(ArrayWords::loads))
        .thenApply(
            each -> {
              Map<String, PortLoad> loads = new LinkedHashMap<>();
              each.forEach(loads::putAll);
              return loads;
            });
  }

  /** What has been written into the journals since the last call, in order of time. */
  CompletionStage<List<JournalEntry>> journal() {
    List<CompletableFuture<List<JournalEntry>>> pages = new ArrayList<>();
    arrays.forEach((name, array) -> pages.add(page(name, array).toCompletableFuture()));
    return joined(pages)
        .thenApply(
            each ->
                each.stream()
                    .flatMap(List::stream)
                    .sorted(Comparator.comparingLong(JournalEntry::atNs))
                    .toList());
  }

  private CompletionStage<List<JournalEntry>> page(String name, SimulatedArray array) {
    long since;
    synchronized (journalSeen) {
      since = journalSeen.get(name);
    }
    return array
        .journalSince(since)
        .thenApply(
            page -> {
              synchronized (journalSeen) {
                journalSeen.put(name, page.next());
              }
              return ArrayWords.journal(
                  topology.arrays().get(name), page.entries(), array.startNanoTime());
            });
  }

  CompletionStage<ByteBuffer> readStore(String volume, long offsetBytes, int lengthBytes) {
    return at(volume, array -> array.readStore(volume, offsetBytes, lengthBytes));
  }

  CompletionStage<Void> reset() {
    return all(SimulatedArray::reset).thenAccept(done -> {});
  }

  /** The journals from the beginning, as text, by array. */
  CompletionStage<Map<String, String>> logs() {
    List<CompletableFuture<String>> texts = new ArrayList<>();
    arrays.values().forEach(array -> texts.add(log(array).toCompletableFuture()));
    return joined(texts)
        .thenApply(
            each -> {
              Map<String, String> logs = new LinkedHashMap<>();
              List<String> names = List.copyOf(arrays.keySet());
              for (int i = 0; i < names.size(); i++) {
                logs.put(names.get(i), each.get(i));
              }
              return logs;
            });
  }

  private static CompletionStage<String> log(SimulatedArray array) {
    return array
        .journal()
        .thenApply(
            entries -> {
              StringBuilder text = new StringBuilder();
              entries.forEach(
                  entry ->
                      text.append(
                          "%10.3f s  %-8s %s%n"
                              .formatted(entry.nanos() / 1e9, entry.part(), entry.text())));
              return text.toString();
            });
  }

  private <T> CompletableFuture<List<T>> all(Function<SimulatedArray, CompletionStage<T>> ask) {
    return joined(
        arrays.values().stream().map(array -> ask.apply(array).toCompletableFuture()).toList());
  }

  private static <T> CompletableFuture<List<T>> joined(List<CompletableFuture<T>> parts) {
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
        .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
  }

  @Override
  public void close() {
    arrays.values().forEach(SimulatedArray::close);
  }
}
