package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Attempt;
import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.FailureScope;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Keeps I/O back from a path that multipathing has chosen but that is not ready for it: its nexus
 * is not registered while a reservation key is in force, or its target port group has to be
 * activated first (as dm-multipath queues I/O until its hardware handler has done {@code pg_init}).
 * What is kept back is sent once that is done, and fails unsent if it cannot be done.
 */
final class Admission {
  private final DeviceReservations reservations;
  private final GroupActivation activation;
  private final Consumer<Attempt<DeviceIo>> transmit;
  private final Ending ending;
  private final Map<LuPath, Queue<Attempt<DeviceIo>>> held = new HashMap<>();

  /** Ends an attempt that was not sent. */
  @FunctionalInterface
  interface Ending {
    void ended(Attempt<DeviceIo> attempt, AttemptResult result, long nowNs);
  }

  Admission(
      DeviceReservations reservations,
      GroupActivation activation,
      Consumer<Attempt<DeviceIo>> transmit,
      Ending ending) {
    this.reservations = reservations;
    this.activation = activation;
    this.transmit = transmit;
    this.ending = ending;
  }

  /** Sends an attempt, or keeps it back. */
  void send(LuPath path, Attempt<DeviceIo> attempt, long nowNs) {
    if (!keepsBack(path, nowNs)) {
      transmit.accept(attempt);
      return;
    }
    held.computeIfAbsent(path, each -> new ArrayDeque<>()).add(attempt);
    prepare(path, nowNs);
  }

  private boolean keepsBack(LuPath path, long nowNs) {
    boolean due =
        path.unit.isUnsized() || reservations.keepsBack(path) || activation.keepsBack(path, nowNs);
    // without its session nothing can be prepared; one that recovers will be
    return due && (path.session.isUp() || path.session.isRecovering());
  }

  private void prepare(LuPath path, long nowNs) {
    if (!path.session.isUp()) {
      return;
    }
    if (activation.keepsBack(path, nowNs)) {
      activation.activate(path, nowNs);
    } else if (path.unit.isUnsized()) {
      path.check(
          CheckedBy.TEST_UNIT_READY,
          (result, now) -> {
            boolean still = path.unit.isUnsized() && result instanceof AttemptResult.Good;
            NotSent unread = new NotSent("its size cannot be read through a port in standby");
            review(path, still ? unread : result, now);
          });
    } else if (!path.isIdentityDue()) {
      // one that has just logged in is admitted once it is known to be the same unit
      reservations.admit(path, (result, now) -> review(path, result, now), nowNs);
    }
  }

  /** Something that a path was kept back for has ended. */
  void review(LuPath path, AttemptResult result, long nowNs) {
    if (!(result instanceof AttemptResult.Good)) {
      fail(path, new NexusLost(FailureScope.TASK, false, false, result.detail()), nowNs);
      return;
    }
    Queue<Attempt<DeviceIo>> waiting = held.get(path);
    if (waiting == null) {
      return;
    }
    if (keepsBack(path, nowNs)) {
      prepare(path, nowNs);
      return;
    }
    held.remove(path);
    waiting.forEach(transmit);
  }

  /** The path is lost: what waits for it is to go elsewhere. */
  void fail(LuPath path, NexusLost result, long nowNs) {
    Queue<Attempt<DeviceIo>> waiting = held.remove(path);
    if (waiting != null) {
      waiting.forEach(attempt -> ending.ended(attempt, result, nowNs));
    }
  }

  /** The device goes away. */
  void close(long nowNs) {
    for (LuPath path : List.copyOf(held.keySet())) {
      fail(
          path,
          new NexusLost(FailureScope.SESSION, false, false, "the device was detached"),
          nowNs);
    }
  }
}
