package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.DeviceReservations.KEYS_LENGTH;
import static io.pathproof.initiator.host.DeviceReservations.text;
import static io.pathproof.protocol.scsi.ReservationCdb.OutParameters;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.host.PersistentReserveOut.Round;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.ReservationData;
import io.pathproof.protocol.scsi.ReservationType;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a user asks of a device's persistent reservations, each in as many commands as it takes:
 * {@link PersistentReserveOut} down each path where it is about registrations and RELEASE (as
 * mpathpersist(8) does), and down one path otherwise; {@link PersistentReserveIn} where an answer
 * leaves open what holds now. No I/O; belongs to its device's thread.
 */
final class ReservationRequests {
  private final DeviceCore device;
  private final DeviceReservations registrations;
  private final PersistentReserveIn in;
  private final PersistentReserveOut out;

  ReservationRequests(DeviceCore device, DeviceReservations registrations) {
    this.device = device;
    this.registrations = registrations;
    this.in = new PersistentReserveIn(device);
    this.out = new PersistentReserveOut(device, registrations);
  }

  /** What the array can be asked. */
  PersistentReserveIn in() {
    return in;
  }

  void register(
      long key,
      boolean ignoreExisting,
      boolean aptpl,
      Consumer<HostCommandResult> listener,
      long nowNs) {
    if (key == 0) {
      throw new IllegalArgumentException("key 0 takes a registration away: unregister does that");
    }
    int action =
        ignoreExisting
            ? DeviceReservations.REGISTER_AND_IGNORE_EXISTING_KEY
            : DeviceReservations.REGISTER;
    long before = ignoreExisting ? 0 : registrations.key();
    out.everywhere(
        action,
        0,
        path -> new OutParameters(oldKey(path, before), key, false, false, aptpl),
        (round, now) -> {
          if (round.refused.isPresent()) {
            takeBack(round, key, before, listener, now);
          } else if (round.done.isEmpty()) {
            listener.accept(out.nowhere(round));
          } else {
            established(round, key, aptpl, listener, now);
          }
        },
        nowNs);
  }

  /** A path that is not registered yet has no old key, whatever the others have. */
  private long oldKey(LuPath path, long before) {
    return registrations.isRegistered(path) ? before : 0;
  }

  private void established(
      Round round, long key, boolean aptpl, Consumer<HostCommandResult> listener, long nowNs) {
    // the generation tells later whether a key that is gone was preempted
    LuPath first = round.done.get(0);
    PathCommand.read(
        first,
        new ReservationCdb.In(ReservationData.READ_KEYS, KEYS_LENGTH),
        KEYS_LENGTH,
        nowNs,
        (outcome, result, now) -> {
          long generation = 0;
          if (result instanceof Good) {
            try {
              generation = ReservationData.Keys.decode(TaskResults.dataOf(outcome)).generation();
            } catch (ProtocolException e) {
              device.tell(new HostEvent.ProtocolBreach(first.path.link(), e.getMessage()), now);
            }
          }
          registrations.established(key, aptpl, round.done, generation, now);
          listener.accept(new HostCommandResult(Outcome.OK, "", awayText(round)));
          device.luPaths().forEach(path -> device.admitted(path, new Good(), now));
        });
  }

  private static String awayText(Round round) {
    return round.away.isEmpty()
        ? ""
        : "not over "
            + String.join(", ", round.away)
            + "; each is registered before it is used again";
  }

  /** What some paths have taken and others not is undone, so that no path differs. */
  private void takeBack(
      Round round, long key, long before, Consumer<HostCommandResult> listener, long nowNs) {
    HostCommandResult why = round.refused.orElseThrow();
    if (round.done.isEmpty()) {
      listener.accept(why);
      return;
    }
    round.pending = round.done.size();
    for (LuPath path : round.done) {
      PersistentReserveOut.send(
          path,
          DeviceReservations.REGISTER,
          0,
          new OutParameters(key, oldKey(path, before), false, false, registrations.persistent()),
          (outcome, result, now) -> {
            if (--round.pending == 0) {
              listener.accept(why);
            }
          },
          nowNs);
    }
  }

  void unregister(Consumer<HostCommandResult> listener, long nowNs) {
    if (!registrations.inForce()) {
      listener.accept(DeviceReservations.unregistered(device));
      return;
    }
    long key = registrations.key();
    out.everywhere(
        DeviceReservations.REGISTER,
        0,
        path -> new OutParameters(key, 0, false, false, false),
        (round, now) -> {
          if (round.done.isEmpty() && round.refused.isPresent()) {
            listener.accept(round.refused.get());
          } else if (round.done.isEmpty()) {
            listener.accept(out.nowhere(round));
          } else {
            registrations.givenBack("unregistered", now);
            String left = String.join(", ", round.away);
            String detail =
                left.isEmpty()
                    ? ""
                    : "the array may still have the registrations of "
                        + left
                        + "; PREEMPT ends them";
            listener.accept(new HostCommandResult(Outcome.OK, "", detail));
          }
        },
        nowNs);
  }

  void reserve(ReservationType type, Consumer<HostCommandResult> listener, long nowNs) {
    if (!type.sharedByRegistrants() && device.isMultipath()) {
      throw new IllegalArgumentException(
          String.format(
              "of a reservation of type %s only the path that reserved has access, and %s has"
                  + " several; take a type for registrants",
              type.word(), device.name()));
    }
    out.onOnePath(
        DeviceReservations.RESERVE,
        type.code(),
        0,
        (path, result, now) -> {
          if (result.outcome() == Outcome.CONFLICT) {
            explainConflict(type, result, listener, now);
          } else {
            listener.accept(result);
          }
        },
        listener,
        nowNs);
  }

  /** A conflict is none where another path of ours holds what was asked for. */
  private void explainConflict(
      ReservationType type,
      HostCommandResult conflict,
      Consumer<HostCommandResult> listener,
      long nowNs) {
    in.readReservation(
        (result, held) -> {
          Optional<ReservationData.Held.Reservation> found =
              held.flatMap(ReservationData.Held::reservation);
          if (found.isEmpty()) {
            listener.accept(conflict);
          } else if (found.get().type() == type && isOurs(found.get())) {
            listener.accept(
                new HostCommandResult(Outcome.OK, conflict.path(), "held over another path"));
          } else {
            String who = text(found.get().key()) + " holds " + found.get().type().word();
            listener.accept(
                new HostCommandResult(
                    Outcome.CONFLICT, conflict.path(), conflict.detail() + ": key " + who));
          }
        },
        nowNs);
  }

  private boolean isOurs(ReservationData.Held.Reservation held) {
    return held.type().allRegistrants() || held.key() == registrations.key();
  }

  /**
   * RELEASE down every registered path, as only the nexus that holds the reservation can release it
   * and any other is told GOOD; where the holder is a path that is down, another path takes the
   * reservation over first, by preempting our own key.
   */
  void release(ReservationType type, Consumer<HostCommandResult> listener, long nowNs) {
    if (!registrations.inForce()) {
      listener.accept(DeviceReservations.unregistered(device));
      return;
    }
    long key = registrations.key();
    out.everywhere(
        DeviceReservations.RELEASE,
        type.code(),
        path -> new OutParameters(key, 0, false, false, false),
        (round, now) -> {
          if (round.done.isEmpty()) {
            listener.accept(round.refused.orElseGet(() -> out.nowhere(round)));
          } else {
            confirmReleased(type, key, listener, now);
          }
        },
        nowNs);
  }

  private void confirmReleased(
      ReservationType type, long key, Consumer<HostCommandResult> listener, long nowNs) {
    in.readReservation(
        (result, held) -> {
          Optional<ReservationData.Held.Reservation> found =
              held.flatMap(ReservationData.Held::reservation);
          if (!result.ok()) {
            listener.accept(result);
          } else if (found.isEmpty() || found.get().key() != key) {
            listener.accept(new HostCommandResult(Outcome.OK, result.path(), ""));
          } else {
            takeOverAndRelease(found.get().type(), key, listener, device.nowNs());
          }
        },
        nowNs);
  }

  private void takeOverAndRelease(
      ReservationType type, long key, Consumer<HostCommandResult> listener, long nowNs) {
    out.onOnePath(
        DeviceReservations.PREEMPT,
        type.code(),
        key,
        (path, taken, now) -> {
          if (!taken.ok()) {
            listener.accept(taken);
            return;
          }
          doubtOthers(path, now);
          PersistentReserveOut.send(
              path,
              DeviceReservations.RELEASE,
              type.code(),
              new OutParameters(key, 0, false, false, false),
              (outcome, result, then) ->
                  listener.accept(HostCommandResult.of(path, outcome, result)),
              now);
        },
        listener,
        nowNs);
  }

  private void doubtOthers(LuPath path, long nowNs) {
    for (LuPath other : device.luPaths()) {
      if (other != path && registrations.isRegistered(other)) {
        registrations.doubt(other, nowNs);
      }
    }
  }

  void preempt(
      long victim,
      ReservationType type,
      boolean abort,
      Consumer<HostCommandResult> listener,
      long nowNs) {
    if (victim == registrations.key() && victim != 0) {
      throw new IllegalArgumentException(
          "key " + text(victim) + " is this host's own; release or unregister it");
    }
    out.onOnePath(
        abort ? DeviceReservations.PREEMPT_AND_ABORT : DeviceReservations.PREEMPT,
        type.code(),
        victim,
        (path, result, now) -> {
          if (result.ok() && victim == 0) {
            // of all registrants but the nexus that preempts: our other paths are among them
            doubtOthers(path, now);
          }
          listener.accept(result);
        },
        listener,
        nowNs);
  }

  void clear(Consumer<HostCommandResult> listener, long nowNs) {
    out.onOnePath(
        DeviceReservations.CLEAR,
        0,
        0,
        (path, result, now) -> {
          if (result.ok()) {
            registrations.givenBack("cleared", now);
          }
          listener.accept(result);
        },
        listener,
        nowNs);
  }
}
