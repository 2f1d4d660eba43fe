package io.pathproof.initiator.host;

import static io.pathproof.initiator.host.DeviceReservations.KEYS_LENGTH;
import static io.pathproof.initiator.host.DeviceReservations.text;
import static io.pathproof.protocol.scsi.ReservationCdb.OutParameters;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.protocol.ProtocolException;
import io.pathproof.protocol.scsi.ReservationCdb;
import io.pathproof.protocol.scsi.ReservationData;
import io.pathproof.protocol.scsi.ReservationType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a user asks of a device's persistent reservations: PERSISTENT RESERVE OUT goes down each
 * path where it is about registrations and RELEASE (as mpathpersist(8) does), and down one path
 * otherwise. It is not idempotent: once it may have been done it is not repeated, and its result is
 * INDETERMINATE. PERSISTENT RESERVE IN is a read like any other. No I/O; belongs to its device's
 * thread.
 */
final class ReservationRequests {
  private static final int RESERVATION_LENGTH = 24;
  private static final int CAPABILITIES_LENGTH = 8;
  private static final int STATUS_LENGTH = 0xffff;

  private final DeviceCore device;
  private final DeviceReservations registrations;

  ReservationRequests(DeviceCore device, DeviceReservations registrations) {
    this.device = device;
    this.registrations = registrations;
  }

  /** Reads data of one service action. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ByteBuffer data) throws ProtocolException;
  }

  // registrations, on every path

  /** One command on each of several paths, and how it ended there. */
  private static final class Round {
    final List<LuPath> done = new ArrayList<>();
    final List<String> away = new ArrayList<>();
    Optional<HostCommandResult> refused = Optional.empty();
    int pending;
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
    everywhere(
        action,
        0,
        path -> new OutParameters(oldKey(path, before), key, false, false, aptpl),
        (round, now) -> {
          if (round.refused.isPresent()) {
            takeBack(round, key, before, listener, now);
          } else if (round.done.isEmpty()) {
            listener.accept(nowhere(round));
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
      send(
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
    everywhere(
        DeviceReservations.REGISTER,
        0,
        path -> new OutParameters(key, 0, false, false, false),
        (round, now) -> {
          if (round.done.isEmpty() && round.refused.isPresent()) {
            listener.accept(round.refused.get());
          } else if (round.done.isEmpty()) {
            listener.accept(nowhere(round));
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

  private HostCommandResult nowhere(Round round) {
    String detail = round.away.isEmpty() ? "no path is up" : "no path has answered";
    return new HostCommandResult(Outcome.NO_PATH, "", device.name() + ": " + detail);
  }

  private interface ListOf {
    OutParameters of(LuPath path);
  }

  private interface RoundEnd {
    void ended(Round round, long nowNs);
  }

  /** Sends a service action down every path that is up; then tells. */
  private void everywhere(int action, int type, ListOf list, RoundEnd end, long nowNs) {
    Round round = new Round();
    List<LuPath> up = new ArrayList<>();
    for (LuPath path : device.luPaths()) {
      if (path.session.isUp()) {
        up.add(path);
      } else {
        round.away.add(path.path.id());
      }
    }
    if (up.isEmpty()) {
      end.ended(round, nowNs);
      return;
    }
    round.pending = up.size();
    for (LuPath path : up) {
      send(
          path,
          action,
          type,
          list.of(path),
          (outcome, result, now) -> {
            if (result instanceof Good) {
              round.done.add(path);
            } else if (result instanceof NexusLost || TaskResults.isNotReady(result)) {
              round.away.add(path.path.id());
            } else {
              round.refused = Optional.of(HostCommandResult.of(path, outcome, result));
            }
            if (--round.pending == 0) {
              end.ended(round, now);
            }
          },
          nowNs);
    }
  }

  private static void send(
      LuPath path, int action, int type, OutParameters list, PathCommand.End end, long nowNs) {
    PathCommand.write(
        path,
        new ReservationCdb.Out(action, 0, type, OutParameters.LENGTH),
        list.encode(),
        nowNs,
        end);
  }

  // the reservation, down one path

  void reserve(ReservationType type, Consumer<HostCommandResult> listener, long nowNs) {
    if (!type.sharedByRegistrants() && device.isMultipath()) {
      throw new IllegalArgumentException(
          String.format(
              "of a reservation of type %s only the path that reserved has access, and %s has"
                  + " several; take a type for registrants",
              type.word(), device.name()));
    }
    onOnePath(
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
    readReservation(
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
    everywhere(
        DeviceReservations.RELEASE,
        type.code(),
        path -> new OutParameters(key, 0, false, false, false),
        (round, now) -> {
          if (round.done.isEmpty()) {
            listener.accept(round.refused.orElseGet(() -> nowhere(round)));
          } else {
            confirmReleased(type, key, listener, now);
          }
        },
        nowNs);
  }

  private void confirmReleased(
      ReservationType type, long key, Consumer<HostCommandResult> listener, long nowNs) {
    readReservation(
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
    onOnePath(
        DeviceReservations.PREEMPT,
        type.code(),
        key,
        (path, taken, now) -> {
          if (!taken.ok()) {
            listener.accept(taken);
            return;
          }
          doubtOthers(path, now);
          send(
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
    onOnePath(
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
    onOnePath(
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

  private interface PathEnd {
    void ended(LuPath path, HostCommandResult result, long nowNs);
  }

  /**
   * Down the first registered path; down the next only while it cannot have arrived.
   *
   * @param none told where no path could carry it
   */
  private void onOnePath(
      int action,
      int type,
      long actionKey,
      PathEnd end,
      Consumer<HostCommandResult> none,
      long nowNs) {
    if (!registrations.inForce()) {
      none.accept(DeviceReservations.unregistered(device));
      return;
    }
    List<LuPath> usable = new ArrayList<>();
    for (LuPath path : device.luPaths()) {
      if (path.session.isUp() && registrations.isRegistered(path)) {
        usable.add(path);
      }
    }
    OutParameters list =
        new OutParameters(registrations.key(), actionKey, false, false, registrations.persistent());
    next(usable.iterator(), action, type, list, end, none, nowNs);
  }

  private void next(
      Iterator<LuPath> left,
      int action,
      int type,
      OutParameters list,
      PathEnd end,
      Consumer<HostCommandResult> none,
      long nowNs) {
    if (!left.hasNext()) {
      String detail = device.name() + ": no registered path is up";
      none.accept(new HostCommandResult(Outcome.NO_PATH, "", detail));
      return;
    }
    LuPath path = left.next();
    send(
        path,
        action,
        type,
        list,
        (outcome, result, now) -> {
          HostCommandResult told = HostCommandResult.of(path, outcome, result);
          if (told.outcome() == Outcome.NO_PATH || TaskResults.isNotReady(result)) {
            next(left, action, type, list, end, none, now);
          } else {
            end.ended(path, told, now);
          }
        },
        nowNs);
  }

  // reading

  /** Told what PERSISTENT RESERVE IN brought. */
  @FunctionalInterface
  interface Answer<T> {
    void answered(HostCommandResult result, Optional<T> data);
  }

  void readKeys(Answer<ReservationData.Keys> answer, long nowNs) {
    ask(ReservationData.READ_KEYS, KEYS_LENGTH, ReservationData.Keys::decode, answer, nowNs);
  }

  void readReservation(Answer<ReservationData.Held> answer, long nowNs) {
    ask(
        ReservationData.READ_RESERVATION,
        RESERVATION_LENGTH,
        ReservationData.Held::decode,
        answer,
        nowNs);
  }

  void reportCapabilities(Answer<ReservationData.Capabilities> answer, long nowNs) {
    ask(
        ReservationData.REPORT_CAPABILITIES,
        CAPABILITIES_LENGTH,
        ReservationData.Capabilities::decode,
        answer,
        nowNs);
  }

  void readFullStatus(Answer<ReservationData.FullStatus> answer, long nowNs) {
    ask(
        ReservationData.READ_FULL_STATUS,
        STATUS_LENGTH,
        ReservationData.FullStatus::decode,
        answer,
        nowNs);
  }

  private <T> void ask(int action, int length, Reader<T> reader, Answer<T> answer, long nowNs) {
    HostIoListener listener =
        new HostIoListener() {
          @Override
          public void sent(String path, int attempt) {}

          @Override
          public void attemptEnded(
              String path, int attempt, HostIoResult result, boolean retried) {}

          @Override
          public void completed(HostIoResult io) {
            if (io.outcome() != IoOutcome.OK) {
              answer.answered(failed(io), Optional.empty());
              return;
            }
            try {
              T data = reader.read(io.data());
              answer.answered(new HostCommandResult(Outcome.OK, io.path(), ""), Optional.of(data));
            } catch (ProtocolException e) {
              answer.answered(
                  new HostCommandResult(Outcome.REFUSED, io.path(), e.getMessage()),
                  Optional.empty());
            }
          }
        };
    device.submit(DeviceIo.query(new ReservationCdb.In(action, length), length, listener), nowNs);
  }

  private static HostCommandResult failed(HostIoResult io) {
    Outcome outcome =
        io.refusal().orElse(null) instanceof HostIoRefusal.NotSupported
            ? Outcome.NOT_SUPPORTED
            : io.path().isEmpty() ? Outcome.NO_PATH : Outcome.REFUSED;
    return new HostCommandResult(outcome, io.path(), io.detail());
  }
}
