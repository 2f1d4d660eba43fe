package io.pathproof.lab.engine;

import io.pathproof.lab.history.History;
import io.pathproof.lab.observed.ArraySnapshot;
import io.pathproof.lab.observed.HostDiagnosis;
import io.pathproof.lab.observed.JournalEntry;
import io.pathproof.lab.observed.PortLoad;
import io.pathproof.lab.topology.HostSpec;
import io.pathproof.lab.topology.LinkId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A running lab, as its engine gives it. Every operation is asynchronous, because a fault takes
 * time to apply and the simulated engine has no threads; stages complete on the lab's scheduler,
 * and exceptionally with {@link LabException} when the lab itself failed. Calls may come from any
 * thread.
 */
public interface LabDriver extends AutoCloseable {
  /** The lab's own scheduler: faults and the end of a run are timed on it. */
  Scheduler scheduler();

  /**
   * Waits for a stage from a thread that is not the scheduler's; a simulated engine advances its
   * time meanwhile.
   *
   * @throws LabException when the stage failed so, or when the bound has passed
   */
  <T> T await(CompletionStage<T> stage, Duration bound, String what) throws LabException;

  /**
   * Brings a host up: discovery over each of its links, one session a link, devices assembled. Path
   * and session events are appended to the history for as long as the host is up. A path that
   * cannot be logged in is an event, not an error; the stage completes when every link has been
   * tried once.
   */
  CompletionStage<HostDriver> attach(HostSpec host, History history);

  /**
   * Examines every path of a host step by step (route, TCP, login, LUN, identity, access state,
   * I/O), in sessions of its own beside those that the host may have, and writes nothing. Bounded
   * by {@link DiagnosisSpec#timeoutMs}.
   *
   * @param ended told the id of each path as it ends, on any thread
   */
  default CompletionStage<HostDiagnosis> diagnose(
      HostSpec host, DiagnosisSpec how, Consumer<String> ended) {
    return CompletableFuture.failedFuture(new LabException("this engine does not examine paths"));
  }

  /** Applies an impairment to a link; replaces what was applied to that direction before. */
  CompletionStage<Void> impair(LinkId link, Direction direction, Impairment impairment);

  /** Takes every impairment off a link. */
  CompletionStage<Void> heal(LinkId link);

  /**
   * Does something to the array.
   *
   * @param place a node, a port ({@code node1.a}), or {@code array}, as the action's kind says
   */
  CompletionStage<Void> act(String place, ArrayAction action);

  /**
   * Undoes an action that is not momentary. For a node, completes once all its portals answer for
   * every volume.
   */
  CompletionStage<Void> restore(String place, ArrayAction action);

  /**
   * Impairs what goes over a physical adapter of a vSphere host, whichever VMkernel ports that are,
   * until {@link #healAdapter}.
   *
   * @param adapter such as {@code esx1.vmnic0}
   * @return the links that go over it now
   */
  default CompletionStage<List<LinkId>> impairAdapter(
      String adapter, Direction direction, Impairment impairment) {
    return noVsphere();
  }

  /** Takes every impairment off a physical adapter. */
  default CompletionStage<Void> healAdapter(String adapter) {
    return noVsphere();
  }

  /**
   * Does something on a vSphere host. What follows from it is appended to the history of the host,
   * if it is attached.
   *
   * @param place a physical adapter, a switch or a VMkernel port, as the action's kind says
   * @return the links that go over the place now
   */
  default CompletionStage<List<LinkId>> act(String place, HostAction action) {
    return noVsphere();
  }

  /** Undoes it. */
  default CompletionStage<Void> restore(String place, HostAction action) {
    return noVsphere();
  }

  private static <T> CompletionStage<T> noVsphere() {
    return CompletableFuture.failedFuture(
        new LabException("this engine does nothing on vSphere hosts"));
  }

  /**
   * What each port of the array has carried so far, by port ({@code node1.a}). Fails where {@link
   * Capabilities#portLoads} is false.
   */
  default CompletionStage<Map<String, PortLoad>> loads() {
    return CompletableFuture.failedFuture(
        new LabException("this engine's array does not tell what its ports have carried"));
  }

  /** What the array has written into its journal since the last call, in order. */
  default CompletionStage<List<JournalEntry>> journal() {
    return CompletableFuture.completedFuture(List.of());
  }

  /** What the array says of itself now, not seen through any link. */
  CompletionStage<ArraySnapshot> snapshot();

  /**
   * Reads the shared store behind the nodes, past all caches of the host's side.
   *
   * @param volume the volume's name
   * @param offsetBytes where to start, a multiple of 512
   * @param lengthBytes how much, a multiple of 512
   */
  CompletionStage<ByteBuffer> readStore(String volume, long offsetBytes, int lengthBytes);

  /**
   * Heals every link and node and checks that every portal answers again, so that the next scenario
   * starts from the same state. A failure means that this lab has to be closed.
   */
  CompletionStage<Void> reset();

  /** The logs of the lab's parts so far, for the evidence. */
  List<PartLog> logs();

  /** Takes everything down that was started. Idempotent; leaves nothing running. */
  @Override
  void close();

  /**
   * The log of one part.
   *
   * @param part its name, such as {@code node1}
   * @param text the log
   */
  record PartLog(String part, String text) {}
}
