package io.pathproof.initiator.host;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.host.LuPath.CheckListener;
import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.AttemptResult.NotSent;
import io.pathproof.initiator.session.ScsiResult;
import io.pathproof.initiator.session.TaskOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.ReservationData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The registrations of a device's paths (SPC-4 clause 5.13), as multipathd keeps them for its
 * {@code reservation_key} (multipath.conf(5)): once a key is in force, a path is registered with it
 * before it carries I/O, be it new or logged in again.
 *
 * <p>A path that comes back is registered anew only while the key still stands at the array, over
 * another path, or where the array itself has lost all registrations: without APTPL, and its
 * PRGENERATION has gone back, as only a power loss makes it. A key that is gone otherwise was taken
 * away by another host, which is how a cluster fences one of its nodes: that is told, the key is in
 * force no longer, and the array decides on I/O (RESERVATION CONFLICT).
 *
 * <p>No I/O; belongs to its device's thread.
 */
final class DeviceReservations {
  static final int REGISTER = 0;
  static final int RESERVE = 1;
  static final int RELEASE = 2;
  static final int CLEAR = 3;
  static final int PREEMPT = 4;
  static final int PREEMPT_AND_ABORT = 5;
  static final int REGISTER_AND_IGNORE_EXISTING_KEY = 6;
  static final int KEYS_LENGTH = 8 + 8 * 1024;

  private static final int ASC_PARAMETERS_CHANGED = 0x2a;
  private static final int RESERVATIONS_PREEMPTED = 0x03;
  private static final int REGISTRATIONS_PREEMPTED = 0x05;

  private enum Standing {
    UNREGISTERED,
    UNDER_WAY,
    REGISTERED
  }

  /** Of one path. */
  private static final class Registration {
    Standing standing = Standing.UNREGISTERED;

    /** Told when the procedure under way has ended. */
    final List<CheckListener> waiting = new ArrayList<>();

    /** A login, or a unit attention, makes the answers to what was sent before out of date. */
    int round;
  }

  private final DeviceCore device;
  private final Map<LuPath, Registration> registrations = new HashMap<>();
  private long key;
  private boolean persistent;

  /** PRGENERATION as last seen. */
  private long generation;

  DeviceReservations(DeviceCore device) {
    this.device = device;
  }

  /** Whether a path needs to be registered before use. */
  boolean inForce() {
    return key != 0;
  }

  long key() {
    return key;
  }

  boolean persistent() {
    return persistent;
  }

  boolean isRegistered(LuPath path) {
    return of(path).standing == Standing.REGISTERED;
  }

  /** Whether I/O must not go down this path yet. */
  boolean keepsBack(LuPath path) {
    return inForce() && !isRegistered(path);
  }

  private Registration of(LuPath path) {
    return registrations.computeIfAbsent(path, each -> new Registration());
  }

  /** All up paths have taken this key. */
  void established(
      long newKey, boolean aptpl, List<LuPath> registered, long seenGeneration, long nowNs) {
    key = newKey;
    persistent = aptpl;
    generation = seenGeneration;
    for (LuPath path : device.luPaths()) {
      Registration registration = of(path);
      registration.round++;
      registration.standing =
          registered.contains(path) ? Standing.REGISTERED : Standing.UNREGISTERED;
    }
    tell(registered, "registered with key " + text(newKey), nowNs);
  }

  /** The key is not in force any more: it was given back, or all registrations were cleared. */
  void givenBack(String how, long nowNs) {
    List<LuPath> before = device.luPaths().stream().filter(this::isRegistered).toList();
    forget(nowNs);
    for (LuPath path : before) {
      device.tell(new HostEvent.RegistrationChanged(device.name(), path.path, false, how), nowNs);
    }
  }

  private void forget(long nowNs) {
    key = 0;
    for (Map.Entry<LuPath, Registration> each : registrations.entrySet()) {
      each.getValue().standing = Standing.UNREGISTERED;
      each.getValue().round++;
      end(each.getKey(), each.getValue(), new Good(), nowNs);
    }
  }

  private void tell(List<LuPath> paths, String how, long nowNs) {
    for (LuPath path : paths) {
      device.tell(new HostEvent.RegistrationChanged(device.name(), path.path, true, how), nowNs);
    }
  }

  /**
   * Has a path registered.
   *
   * @param listener told GOOD once it may be used, at once where no key is in force
   */
  void admit(LuPath path, CheckListener listener, long nowNs) {
    Registration registration = of(path);
    if (!keepsBack(path)) {
      listener.checked(new Good(), nowNs);
      return;
    }
    registration.waiting.add(listener);
    if (registration.standing == Standing.UNREGISTERED) {
      registration.standing = Standing.UNDER_WAY;
      confirm(path, registration, nowNs);
    }
  }

  /** A path's session has lost its connection; who answers after the next login is to be seen. */
  void down(LuPath path, AttemptResult why, long nowNs) {
    Registration registration = of(path);
    registration.round++;
    registration.standing = Standing.UNREGISTERED;
    end(path, registration, why, nowNs);
  }

  /** What a unit attention says of registrations. */
  void attention(LuPath path, int asc, int ascq, long nowNs) {
    boolean lost = ascq == RESERVATIONS_PREEMPTED || ascq == REGISTRATIONS_PREEMPTED;
    if (inForce() && asc == ASC_PARAMETERS_CHANGED && lost && isRegistered(path)) {
      doubt(path, nowNs);
    }
  }

  /** The registration of a path may be gone: I/O waits until that is known. */
  void doubt(LuPath path, long nowNs) {
    Registration registration = of(path);
    registration.round++;
    registration.standing = Standing.UNREGISTERED;
    admit(path, (result, now) -> device.admitted(path, result, now), nowNs);
  }

  /** REGISTER with the key as the old one and the new: GOOD only if this nexus has it. */
  private void confirm(LuPath path, Registration registration, long nowNs) {
    int round = registration.round;
    send(
        path,
        key,
        (outcome, result, now) -> {
          if (registration.round != round) {
            return;
          }
          if (result instanceof Good) {
            settled(path, registration, "it was registered still", now);
          } else if (isConflict(outcome)) {
            askKeys(path, registration, now);
          } else {
            failed(path, registration, result, now);
          }
        },
        nowNs);
  }

  private void send(LuPath path, long oldKey, PathCommand.End end, long nowNs) {
    ReservationCdb.OutParameters list =
        new ReservationCdb.OutParameters(oldKey, key, false, false, persistent);
    PathCommand.write(
        path,
        new ReservationCdb.Out(REGISTER, 0, 0, ReservationCdb.OutParameters.LENGTH),
        list.encode(),
        nowNs,
        end);
  }

  static boolean isConflict(TaskOutcome outcome) {
    return outcome instanceof ScsiResult result
        && result.status() == ScsiResult.RESERVATION_CONFLICT;
  }

  private void askKeys(LuPath path, Registration registration, long nowNs) {
    int round = registration.round;
    PathCommand.read(
        path,
        new ReservationCdb.In(ReservationData.READ_KEYS, KEYS_LENGTH),
        KEYS_LENGTH,
        nowNs,
        (outcome, result, now) -> {
          if (registration.round != round) {
            return;
          }
          if (!(outcome instanceof ScsiResult answer && answer.good())) {
            failed(path, registration, result, now);
            return;
          }
          try {
            decide(path, registration, ReservationData.Keys.decode(answer.data()), now);
          } catch (ProtocolException e) {
            failed(path, registration, new NotSent(e.getMessage()), now);
          }
        });
  }

  private void decide(
      LuPath path, Registration registration, ReservationData.Keys keys, long nowNs) {
    boolean stands = keys.keys().contains(key);
    boolean lostByArray = !persistent && keys.generation() < generation;
    if (!stands && !lostByArray) {
      preempted(
          path,
          String.format(
              "key %s is not registered at the array any more (generation %d, was %d)",
              text(key), keys.generation(), generation),
          nowNs);
      return;
    }
    generation = keys.generation();
    String how =
        stands
            ? "this nexus was not registered, the key was"
            : "the array had lost all registrations, and reservations with them";
    int round = registration.round;
    send(
        path,
        0,
        (outcome, result, now) -> {
          if (registration.round != round) {
            return;
          }
          if (result instanceof Good) {
            settled(path, registration, how, now);
          } else if (isConflict(outcome)) {
            failed(path, registration, new NotSent("its nexus has another key than ours"), now);
          } else {
            failed(path, registration, result, now);
          }
        },
        nowNs);
  }

  private void preempted(LuPath path, String why, long nowNs) {
    device.tell(new HostEvent.RegistrationLost(device.name(), path.path, why), nowNs);
    forget(nowNs);
  }

  private void settled(LuPath path, Registration registration, String how, long nowNs) {
    registration.standing = Standing.REGISTERED;
    tell(List.of(path), how, nowNs);
    end(path, registration, new Good(), nowNs);
  }

  private void failed(LuPath path, Registration registration, AttemptResult why, long nowNs) {
    registration.standing = Standing.UNREGISTERED;
    AttemptResult told =
        why instanceof NexusLost ? why : new NotSent("cannot be registered: " + why.detail());
    device.tell(
        new HostEvent.RegistrationChanged(device.name(), path.path, false, told.detail()), nowNs);
    end(path, registration, told, nowNs);
  }

  private static void end(
      LuPath path, Registration registration, AttemptResult result, long nowNs) {
    List<CheckListener> waiting = List.copyOf(registration.waiting);
    registration.waiting.clear();
    waiting.forEach(each -> each.checked(result, nowNs));
    if (!waiting.isEmpty()) {
      path.session.rearm();
    }
  }

  static String text(long key) {
    return String.format("0x%x", key);
  }

  static HostCommandResult unregistered(DeviceCore device) {
    return new HostCommandResult(
        Outcome.REFUSED, "", device.name() + " has no key in force; register one first");
  }
}
