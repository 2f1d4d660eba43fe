package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.Cdb;
import io.pathproof.protocol.scsi.TargetPortGroupList;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Explicit asymmetric access (SPC-4 clause 5.15.2.6): SET TARGET PORT GROUPS, and following the
 * transition by REPORT TARGET PORT GROUPS until the group has its state. Where multipathing comes
 * to a group that does not serve I/O (standby, unavailable), the group is made active/optimized
 * first, as Linux does ({@code scsi_dh_alua} activate); one that is active/non-optimized is left
 * so, as two hosts would otherwise take a volume from each other for speed alone.
 */
final class GroupActivation {
  /** A change that has not ended. */
  private static final class Change {
    final AccessState wanted;
    final LuPath via;
    final long byNs;
    final long beganNs;
    final Consumer<HostCommandResult> listener;
    boolean taken;
    int asked;

    Change(
        AccessState wanted,
        LuPath via,
        long beganNs,
        long byNs,
        Consumer<HostCommandResult> listener) {
      this.wanted = wanted;
      this.via = via;
      this.beganNs = beganNs;
      this.byNs = byNs;
      this.listener = listener;
    }
  }

  /** Twice as long after each failure in a row, up to so many checker intervals. */
  private static final int MAX_PATIENCE = 64;

  private final DeviceCore device;
  private final Map<Integer, Change> changes = new HashMap<>();

  /** A group whose activation has failed. */
  private record GivenUp(long untilNs, int intervals) {}

  /** No other attempt is made for I/O until then; a path in standby there is no way for I/O. */
  private final Map<Integer, GivenUp> givenUp = new HashMap<>();

  GroupActivation(DeviceCore device) {
    this.device = device;
  }

  /** Whether I/O has to wait until this path's group has been activated. */
  boolean keepsBack(LuPath path, long nowNs) {
    if (path.isAccessible() || !path.isExplicit()) {
      return false;
    }
    int group = path.portGroup();
    return changes.containsKey(group) || path.isPutAside() && mayTry(group, nowNs);
  }

  /** Whether a group that cannot be made active was not found so just before. */
  boolean mayTry(int group, long nowNs) {
    GivenUp last = givenUp.get(group);
    return last == null || last.untilNs() <= nowNs;
  }

  /** Makes a path's group active/optimized, if that is not under way. */
  void activate(LuPath path, long nowNs) {
    int group = path.portGroup();
    if (changes.containsKey(group)) {
      return;
    }
    set(
        group,
        AccessState.ACTIVE_OPTIMIZED,
        path,
        result -> {
          // what waits hears of it by settled
        },
        nowNs);
  }

  /** SET TARGET PORT GROUPS for one group, down a path of the device. */
  void set(
      int group, AccessState state, LuPath via, Consumer<HostCommandResult> listener, long nowNs) {
    long patience = Math.max(device.patience().putOffNs(), via.transitionNs());
    Change change = new Change(state, via, nowNs, nowNs + patience, listener);
    if (changes.putIfAbsent(group, change) != null) {
      listener.accept(
          new HostCommandResult(
              HostCommandResult.Outcome.REFUSED,
              via.path.id(),
              "another change of target port group " + group + " is under way"));
      return;
    }
    ByteBuffer list =
        new TargetPortGroupList(List.of(new TargetPortGroupList.Setting(state, group))).encode();
    PathCommand.write(
        via,
        new Cdb.SetTargetPortGroups(list.remaining()),
        list,
        nowNs,
        (outcome, result, now) -> {
          if (changes.get(group) != change) {
            return;
          }
          if (result instanceof Good) {
            change.taken = true;
            ask(group, change, now);
          } else {
            settle(group, change, HostCommandResult.of(via, outcome, result), now);
          }
        });
  }

  private void ask(int group, Change change, long nowNs) {
    if (changes.get(group) != change) {
      return;
    }
    if (nowNs >= change.byNs) {
      String late = "target port group " + group + " has no new state yet";
      settle(
          group,
          change,
          new HostCommandResult(
              HostCommandResult.Outcome.INDETERMINATE, change.via.path.id(), late),
          nowNs);
      return;
    }
    change.asked++;
    change.via.askAccessState(nowNs);
    device.timers().at(nowNs + device.patience().retryDelayNs(), now -> ask(group, change, now));
    change.via.session.rearm();
  }

  /** The array has told a path's state. */
  void told(LuPath path, AccessState state, long nowNs) {
    if (path.isAccessible()) {
      givenUp.remove(path.portGroup());
    }
    Change change = changes.get(path.portGroup());
    if (change != null && change.taken && state == change.wanted) {
      String how = "after " + change.asked + " questions";
      settle(
          path.portGroup(),
          change,
          new HostCommandResult(HostCommandResult.Outcome.OK, change.via.path.id(), how),
          nowNs);
    }
  }

  /** A path is lost, and with it a change that went down it. */
  void lost(LuPath path, String cause, long nowNs) {
    for (Map.Entry<Integer, Change> each : List.copyOf(changes.entrySet())) {
      if (each.getValue().via == path) {
        settle(
            each.getKey(),
            each.getValue(),
            new HostCommandResult(
                HostCommandResult.Outcome.INDETERMINATE, path.path.id(), "path lost: " + cause),
            nowNs);
      }
    }
  }

  private void settle(int group, Change change, HostCommandResult result, long nowNs) {
    changes.remove(group);
    if (!result.ok()) {
      GivenUp last = givenUp.get(group);
      int intervals = last == null ? 1 : Math.min(MAX_PATIENCE, 2 * last.intervals());
      long untilNs = nowNs + intervals * device.patience().checkerIntervalNs();
      givenUp.put(group, new GivenUp(untilNs, intervals));
    }
    device.tell(
        new HostEvent.PortGroupSet(
            device.name(),
            change.via.path,
            group,
            change.wanted.word(),
            result,
            nowNs - change.beganNs),
        nowNs);
    change.listener.accept(result);
    device.groupSettled(group, nowNs);
  }
}
