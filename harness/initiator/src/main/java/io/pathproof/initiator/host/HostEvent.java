package io.pathproof.initiator.host;

import io.pathproof.initiator.multipath.CheckerState;
import io.pathproof.initiator.multipath.DeviceState;
import io.pathproof.initiator.multipath.FailureScope;
import io.pathproof.initiator.multipath.Fence;
import io.pathproof.initiator.session.Failure;
import io.pathproof.initiator.session.Portal;
import io.pathproof.initiator.session.SessionEvent;
import io.pathproof.initiator.session.SessionParameters;
import io.pathproof.protocol.iscsi.SendTargets;
import io.pathproof.protocol.scsi.Lun;
import java.util.List;
import java.util.Optional;

/** Something that happened on a host and belongs in the history. */
public sealed interface HostEvent {

  /** A link's portal answered SendTargets. */
  record Discovered(HostLink link, List<SendTargets.Target> targets) implements HostEvent {}

  /** A link's portal gave no answer; asked again while the link has no session. */
  record DiscoveryFailed(HostLink link, Failure failure) implements HostEvent {}

  /** A target was advertised that this host is not to use. */
  record TargetPassedOver(HostLink link, String target) implements HostEvent {}

  /** An address was advertised to which no link leads from this adapter. */
  record AddressUnreachable(String adapter, String target, Portal address) implements HostEvent {}

  /** A session is logged in, for the first time or again. */
  record SessionUp(HostLink link, String target, SessionParameters parameters)
      implements HostEvent {}

  /** A session lost its connection; it tries to reconnect. */
  record SessionDown(HostLink link, String target, Failure failure) implements HostEvent {}

  /**
   * A session is over: the target refused it for good, or it was logged out. Unless the host is
   * being detached it is opened anew after the login timeout.
   */
  record SessionEnded(HostLink link, String target, Failure failure) implements HostEvent {}

  /**
   * Told by the session itself; {@link SessionEvent.LoginFailed} has the refusal of a login, with
   * its status class and detail.
   */
  record SessionNoted(HostLink link, String target, SessionEvent event) implements HostEvent {}

  /**
   * A logical unit could not be probed; tried again after the checker interval.
   *
   * @param step which command
   */
  record ProbeFailed(HostLink link, String target, Lun lun, String step, String why)
      implements HostEvent {}

  /** A logical unit that is no disk was left aside. */
  record NoDisk(HostLink link, String target, Lun lun, String what) implements HostEvent {}

  /** A device is there for I/O. */
  record DeviceFound(String device, LogicalUnit unit, List<HostPath> paths) implements HostEvent {}

  /** A further path joined a device that was there already. */
  record PathJoined(String device, HostPath path) implements HostEvent {}

  /** A path is not used: what answers on it differs from what its device is. */
  record PathRefused(String device, HostPath path, String why) implements HostEvent {}

  /**
   * A path changed state.
   *
   * @param up whether it may carry I/O now
   * @param checker what the path checker last found
   * @param scope of the failure behind it
   */
  record PathChanged(
      String device,
      HostPath path,
      boolean up,
      CheckerState checker,
      FailureScope scope,
      String cause)
      implements HostEvent {}

  /**
   * A device lost its last path, was found to be lost for good, or has a path again.
   *
   * @param cause for a person
   */
  record DeviceChanged(String device, DeviceState state, String cause) implements HostEvent {}

  /** Multipathing took another path in place of one that failed or is less preferred. */
  record PathSwitched(String device, HostPath from, HostPath to, String cause)
      implements HostEvent {}

  /** A unit attention came with the answer to a command. */
  record UnitAttention(HostPath path, int asc, int ascq) implements HostEvent {}

  /**
   * The target told the access state of a path's port group (SPC-4 clause 6.37).
   *
   * @param state such as {@code active/optimized}
   */
  record AccessStateTold(HostPath path, String state) implements HostEvent {}

  /** The array told an access state that this host cannot make use of. */
  record AccessStateUnsupported(HostPath path, String state, String what) implements HostEvent {}

  /**
   * A target port group was to get another access state (SET TARGET PORT GROUPS), because I/O needs
   * it or because a user asked.
   *
   * @param path that the command went down
   * @param state such as {@code active/optimized}
   * @param tookNs until the array told the new state, or gave no hope of it
   */
  record PortGroupSet(
      String device, HostPath path, int group, String state, HostCommandResult result, long tookNs)
      implements HostEvent {}

  /**
   * A path was registered with the reservation key in force, or is not registered any more, or
   * could not be.
   */
  record RegistrationChanged(String device, HostPath path, boolean registered, String how)
      implements HostEvent {}

  /**
   * Another host has taken this host's registrations away, by PREEMPT or CLEAR; its key is in force
   * no longer, and no path is registered anew.
   *
   * @param path that told
   */
  record RegistrationLost(String device, HostPath path, String why) implements HostEvent {}

  /**
   * A session is opened for the first time.
   *
   * @param discovered the link over which discovery told of its target
   * @param loginTimeoutNs how long a login attempt may take
   * @param delayedAck whether its TCP may hold acknowledgements back
   */
  record TargetOpened(
      HostLink link, HostLink discovered, String target, long loginTimeoutNs, boolean delayedAck)
      implements HostEvent {}

  /** The target broke the protocol. */
  record ProtocolBreach(HostLink link, String what) implements HostEvent {}

  /**
   * A write was sent again although an earlier attempt may still be carried out.
   *
   * @param heldNs how long it was held before
   */
  record RetriedUnfenced(String device, HostPath path, int attempt, long heldNs)
      implements HostEvent {}

  /**
   * The nexus of a lost session, which a write waited for, carries nothing out any more.
   *
   * @param link of the lost session
   * @param tookNs from when a write began to wait
   */
  record NexusFenced(HostLink link, String target, Fence fence, long tookNs) implements HostEvent {}

  /**
   * The nexus of a lost session could not be fenced over this way; tried again over others, as
   * sessions come up, and after the checker interval.
   *
   * @param link of the lost session
   * @param way the link that was tried; empty where there is none
   */
  record FenceFailed(HostLink link, String target, Optional<HostLink> way, String why)
      implements HostEvent {}

  /**
   * A write is sent of which an older copy, or an older write to the same blocks, cannot take
   * effect any more.
   *
   * @param heldNs how long it waited for that once it could be sent; not the recovery of a session
   */
  record SentFenced(String device, HostPath path, int attempt, Fence fence, long heldNs)
      implements HostEvent {}
}
