package io.pathproof.initiator.host;

import static io.pathproof.protocol.scsi.ReservationCdb.OutParameters;

import io.pathproof.initiator.host.HostCommandResult.Outcome;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.AttemptResult.NexusLost;
import io.pathproof.protocol.scsi.ReservationCdb;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How PERSISTENT RESERVE OUT (SPC-4 clause 6.16) is sent: a service action down every path that is
 * up, or down one registered path, and the next only while it cannot have arrived. It is not
 * idempotent, so nothing is repeated that may have been done, and its result is INDETERMINATE then.
 * No I/O; belongs to its device's thread.
 */
final class PersistentReserveOut {
  private final DeviceCore device;
  private final DeviceReservations registrations;

  PersistentReserveOut(DeviceCore device, DeviceReservations registrations) {
    this.device = device;
    this.registrations = registrations;
  }

  /** One command on each of several paths, and how it ended there. */
  static final class Round {
    final List<LuPath> done = new ArrayList<>();
    final List<String> away = new ArrayList<>();
    Optional<HostCommandResult> refused = Optional.empty();
    int pending;
  }

  /** Of a round that no path has carried out. */
  HostCommandResult nowhere(Round round) {
    String detail = round.away.isEmpty() ? "no path is up" : "no path has answered";
    return new HostCommandResult(Outcome.NO_PATH, "", device.name() + ": " + detail);
  }

  /** The parameter list for one path. */
  interface ListOf {
    OutParameters of(LuPath path);
  }

  /** Told when every path has answered, or has failed. */
  interface RoundEnd {
    void ended(Round round, long nowNs);
  }

  /** Sends a service action down every path that is up; then tells. */
  void everywhere(int action, int type, ListOf list, RoundEnd end, long nowNs) {
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

  /** Sends one down one path. */
  static void send(
      LuPath path, int action, int type, OutParameters list, PathCommand.End end, long nowNs) {
    PathCommand.write(
        path,
        new ReservationCdb.Out(action, 0, type, OutParameters.LENGTH),
        list.encode(),
        nowNs,
        end);
  }

  /** Told how it ended on the path that carried it. */
  interface PathEnd {
    void ended(LuPath path, HostCommandResult result, long nowNs);
  }

  /**
   * Down the first registered path; down the next only while it cannot have arrived.
   *
   * @param none told where no path could carry it
   */
  void onOnePath(
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
}
