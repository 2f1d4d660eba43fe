package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One logical unit: its store, access states, reservations, mode parameters and identity. */
final class LogicalUnit {
  final int index;
  final Volume volume;
  final LogicalUnitsSettings settings;
  final VolumeStore store;
  final AsymmetricAccess access;
  final Reservations reservations;
  final ModePages modes = new ModePages();
  final Identity identity;
  final Defects defects;

  /** Nexuses that prevent medium removal. */
  final Set<NexusState> preventing = new HashSet<>();

  /** The nexus that holds RESERVE (6) or (10); null if none does. */
  NexusState reservedBy;

  boolean stopped;

  private final Map<Nexus, NexusState> nexuses;

  LogicalUnit(
      int index,
      LogicalUnitsSettings settings,
      Defects defects,
      RegistrationStore registrations,
      Map<Nexus, NexusState> nexuses) {
    this.index = index;
    this.settings = settings;
    this.defects = defects;
    this.volume = settings.volumes().get(index);
    this.nexuses = nexuses;
    this.store = new VolumeStore(volume, defects);
    this.identity = Identity.of(settings, volume);
    int[] groups =
        settings.ports().stream().mapToInt(TargetPort::portGroup).sorted().distinct().toArray();
    AccessState[] states = new AccessState[groups.length];
    for (int i = 0; i < groups.length; i++) {
      states[i] =
          volume.ownerNode().isEmpty() || belongs(groups[i], volume.ownerNode())
              ? AccessState.ACTIVE_OPTIMIZED
              : settings.partnerState();
    }
    this.access = new AsymmetricAccess(volume.name(), groups, states, defects);
    this.reservations = new Reservations(volume.name(), registrations, this::raise);
  }

  /** True if a port of the node is in the group. */
  boolean belongs(int group, String node) {
    return settings.ports().stream().anyMatch(p -> p.portGroup() == group && p.node().equals(node));
  }

  UnitAttentions attentions(NexusState nexus) {
    return nexus.attentions[index];
  }

  /** Raises a unit attention on every nexus but one. */
  void raiseOnOthers(NexusState but, AdditionalSense condition) {
    for (NexusState each : nexuses.values()) {
      if (each != but) {
        each.attentions[index].raise(condition);
      }
    }
  }

  private void raise(Reservations.Holder holder, AdditionalSense condition) {
    for (NexusState each : nexuses.values()) {
      if (Reservations.Holder.of(each.nexus).equals(holder)) {
        each.attentions[index].raise(condition);
      }
    }
  }

  void access(int group, AccessState state, long transitionNs, long nowNs, NexusState by) {
    if (access.change(group, state, transitionNs, nowNs, by)) {
      raiseOnOthers(by, AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);
    }
  }

  long nextDeadlineNs() {
    return Math.min(access.nextDeadlineNs(), store.history().nextDeadlineNs());
  }

  void onTime(long nowNs) {
    if (access.onTime(nowNs)) {
      raiseOnOthers(access.asker(), AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);
    }
    store.history().onTime(nowNs);
  }

  /** What a reset of the logical unit undoes (SAM-5 clause 6.3.3). */
  void reset() {
    reservedBy = null;
    stopped = false;
    preventing.clear();
    modes.reset();
  }

  void nexusLost(NexusState nexus, long nowNs) {
    if (reservedBy == nexus) {
      reservedBy = null;
    }
    preventing.remove(nexus);
    store.history().nexusLost(nexus.nexus, nowNs);
  }
}
