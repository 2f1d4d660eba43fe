package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.Attempt;
import io.pathproof.initiator.multipath.AttemptResult;
import io.pathproof.initiator.multipath.AttemptResult.Good;
import io.pathproof.initiator.multipath.CheckedBy;
import io.pathproof.initiator.multipath.CheckerState;
import io.pathproof.initiator.multipath.DeviceState;
import io.pathproof.initiator.multipath.FailureScope;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.multipath.IoOutcome;
import io.pathproof.initiator.multipath.MultipathEffects;
import io.pathproof.initiator.multipath.PathState;
import io.pathproof.initiator.session.TaskOutcome;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Does what a device's multipathing wants: sends attempts down the sessions of its paths, has paths
 * checked, and tells whoever asked for the I/O and the host's listener. Belongs to a {@link
 * DeviceCore}.
 */
final class DeviceEffects implements MultipathEffects<DeviceIo> {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

  /** What there is to do about a command that must not be carried out twice. */
  private static final String NOT_REPLAYED =
      "; it may or may not have been carried out, and is not sent again as that could do it twice:"
          + " read what it would have changed, then decide";

  private final DeviceCore device;
  private final HostCore host;
  private final DevicePaths paths;
  private final DeviceReservations registrations;
  private final Admission admission;

  /** Whether the device is there for verification beside the real one, and tells no events. */
  private final boolean quiet;

  private final boolean recovers;

  DeviceEffects(
      DeviceCore device,
      HostCore host,
      DevicePaths paths,
      DeviceReservations registrations,
      GroupActivation activation,
      boolean quiet) {
    this.device = device;
    this.host = host;
    this.paths = paths;
    this.registrations = registrations;
    this.quiet = quiet;
    this.recovers = host.settings().timers().recoveryTimeoutNs() > 0;
    this.admission =
        new Admission(
            registrations,
            activation,
            this::transmit,
            (attempt, result, now) -> device.ended(attempt, result, NO_DATA, now));
  }

  /** What keeps I/O back from paths that are not ready for it. */
  Admission admission() {
    return admission;
  }

  @Override
  public void send(Attempt<DeviceIo> attempt) {
    LuPath path = paths.numbered(attempt.path());
    DeviceIo io = attempt.io();
    io.goesDown(path);
    io.listener.sent(path.path.id(), attempt.number());
    if (quiet) {
      transmit(attempt);
    } else {
      admission.send(path, attempt, device.nowNs());
    }
  }

  private void transmit(Attempt<DeviceIo> attempt) {
    LuPath path = attempt.io().lastPath();
    path.session.submit(
        attempt
            .io()
            .task(
                path.path, attempt.number(), (outcome, now) -> ended(attempt, path, outcome, now)));
  }

  private void ended(Attempt<DeviceIo> attempt, LuPath path, TaskOutcome outcome, long now) {
    DeviceIo io = attempt.io();
    AttemptResult result = TaskResults.of(outcome, io.length, recovers);
    io.noteRefusal(outcome);
    path.note(result, now);
    if (TaskResults.contradicts(outcome)) {
      path.session.tell(new HostEvent.ProtocolBreach(path.path.link(), result.detail()), now);
    }
    if (DeviceReservations.isConflict(outcome) && registrations.keepsBack(path)) {
      // its session had kept it, and sent it before the new nexus was registered
      device.noteTime(now);
      admission.send(path, attempt, now);
    } else {
      device.ended(attempt, result, TaskResults.dataOf(outcome), now);
    }
  }

  @Override
  public void attemptEnded(Attempt<DeviceIo> attempt, AttemptResult result, boolean retried) {
    DeviceIo io = attempt.io();
    String path = io.lastPath().path.id();
    IoOutcome outcome = result.outcome(attempt.traits().write());
    io.listener.attemptEnded(
        path,
        attempt.number(),
        new HostIoResult(outcome, path, result.detail(), NO_DATA, io.refusal),
        retried);
  }

  @Override
  public void completed(DeviceIo io, IoOutcome outcome, int path, AttemptResult result) {
    boolean ok = outcome == IoOutcome.OK;
    io.listener.completed(
        new HostIoResult(
            outcome,
            path < 0 ? "" : io.lastPath().path.id(),
            ok ? "" : explained(io, outcome, result),
            ok ? io.data : NO_DATA,
            ok ? Optional.empty() : io.refusal));
  }

  private static String explained(DeviceIo io, IoOutcome outcome, AttemptResult result) {
    boolean replayable = outcome != IoOutcome.INDETERMINATE || io.traits.idempotent();
    return replayable ? result.detail() : result.detail() + NOT_REPLAYED;
  }

  @Override
  public void check(int number) {
    LuPath path = paths.numbered(number);
    if (quiet) {
      // its I/O is tried whatever a check would say
      device.checked(path, new Good(), device.nowNs());
      return;
    }
    // how many of its I/Os fail is what a path on probation is asked
    boolean held = device.isMarginal(path);
    path.check(
        held ? CheckedBy.READ : host.settings().multipath().checker(),
        (result, now) -> {
          device.checked(path, result, now);
          host.rearm();
        });
  }

  @Override
  public void pathChanged(
      int path, PathState state, CheckerState checker, FailureScope scope, String cause) {
    if (!quiet) {
      boolean up = state == PathState.ACTIVE;
      tell(new HostEvent.PathChanged(device.name(), at(path), up, checker, scope, cause));
    }
  }

  @Override
  public void deviceChanged(DeviceState state, String cause) {
    if (!quiet) {
      tell(new HostEvent.DeviceChanged(device.name(), state, cause));
    }
  }

  @Override
  public void pathSwitched(int from, int to, String cause) {
    tell(new HostEvent.PathSwitched(device.name(), at(from), at(to), cause));
  }

  @Override
  public void fence(int path, int nexus) {
    LuPath of = paths.numbered(path);
    of.session.fence(of.nexusWhenJoined + nexus, device.nowNs());
  }

  @Override
  public void retriedUnfenced(Attempt<DeviceIo> attempt, long heldNs) {
    HostPath path = at(attempt.path());
    attempt.io().listener.retriedUnfenced(path.id(), attempt.number(), heldNs);
    tell(new HostEvent.RetriedUnfenced(device.name(), path, attempt.number(), heldNs));
  }

  @Override
  public void sentFenced(Attempt<DeviceIo> attempt, Fence fence, long heldNs) {
    HostPath path = at(attempt.path());
    attempt.io().listener.sentFenced(path.id(), attempt.number(), fence, heldNs);
    tell(new HostEvent.SentFenced(device.name(), path, attempt.number(), fence, heldNs));
  }

  private HostPath at(int path) {
    return paths.numbered(path).path;
  }

  private void tell(HostEvent event) {
    host.tell(event, device.nowNs());
  }
}
