package io.pathproof.targets.array.scsi;

import io.pathproof.protocol.scsi.AccessState;
import io.pathproof.protocol.scsi.AdditionalSense;
import io.pathproof.protocol.scsi.SenseKey;
import java.util.Arrays;

/** The access states of one logical unit, by target port group (SPC-4 clause 5.15). */
final class AsymmetricAccess {
  /** STATUS CODE of a target port group descriptor: who changed the state last. */
  static final int BY_COMMAND = 1;

  static final int IMPLICITLY = 2;

  private final Defects defects;
  private final String volume;
  private final int[] groups;
  private final AccessState[] states;
  private final AccessState[] goals;
  private final long[] due;
  private final int[] statusCodes;
  private NexusState asker;

  /**
   * @param groups the identifiers, ascending
   */
  AsymmetricAccess(String volume, int[] groups, AccessState[] initial, Defects defects) {
    this.volume = volume;
    this.groups = groups;
    this.states = initial.clone();
    this.goals = initial.clone();
    this.due = new long[groups.length];
    this.statusCodes = new int[groups.length];
    this.defects = defects;
    Arrays.fill(due, Long.MAX_VALUE);
  }

  int count() {
    return groups.length;
  }

  int group(int index) {
    return groups[index];
  }

  /** The position of a group; -1 if there is none of that identifier. */
  int index(int group) {
    return Math.max(-1, Arrays.binarySearch(groups, group));
  }

  AccessState state(int index) {
    return states[index];
  }

  int statusCode(int index) {
    return statusCodes[index];
  }

  /** What REPORT TARGET PORT GROUPS says of a group. */
  AccessState reported(int index) {
    if (!defects.on(Defect.WRONG_ACCESS_STATE)) {
      return states[index];
    }
    AccessState other = states[(index + 1) % groups.length];
    if (other != states[index]) {
      defects.struck(
          Defect.WRONG_ACCESS_STATE,
          "group " + groups[index] + " of " + volume + " reported as " + other);
    }
    return other;
  }

  /**
   * Begins a change.
   *
   * @param by the nexus that asked for it, null if none did
   * @return true if the state is another one now, so that unit attentions are due
   */
  boolean change(int index, AccessState goal, long transitionNs, long nowNs, NexusState by) {
    if (goals[index] == goal && (states[index] == goal || due[index] != Long.MAX_VALUE)) {
      return false;
    }
    asker = by;
    goals[index] = goal;
    statusCodes[index] = by == null ? IMPLICITLY : BY_COMMAND;
    if (transitionNs > 0 || defects.on(Defect.STUCK_TRANSITION)) {
      states[index] = AccessState.TRANSITIONING;
      due[index] = nowNs + transitionNs;
      return false;
    }
    due[index] = Long.MAX_VALUE;
    boolean changed = states[index] != goal;
    states[index] = goal;
    return changed;
  }

  long nextDeadlineNs() {
    long next = Long.MAX_VALUE;
    if (!defects.on(Defect.STUCK_TRANSITION)) {
      for (long each : due) {
        next = Math.min(next, each);
      }
    }
    return next;
  }

  /** Ends the transitions whose time is over; true if one ended. */
  boolean onTime(long nowNs) {
    if (nextDeadlineNs() > nowNs) {
      return false;
    }
    for (int i = 0; i < due.length; i++) {
      if (due[i] <= nowNs) {
        due[i] = Long.MAX_VALUE;
        states[i] = goals[i];
      }
    }
    return true;
  }

  /** The nexus that asked for the last change, which gets no unit attention; null if none did. */
  NexusState asker() {
    return asker;
  }

  /** Refuses a command that its group does not serve now. */
  void check(int index, Operation operation) throws Refusal {
    AccessState state = states[index];
    if (state.active() || operation.access == Operation.Access.ALWAYS) {
      return;
    }
    if (state == AccessState.TRANSITIONING && due[index] != Long.MAX_VALUE) {
      if (defects.on(Defect.STUCK_TRANSITION)) {
        defects.struck(Defect.STUCK_TRANSITION, "group " + groups[index] + " of " + volume);
      }
    }
    switch (state) {
      case TRANSITIONING ->
          throw notReady(
              AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_ASYMMETRIC_ACCESS_STATE_TRANSITION);
      case STANDBY -> {
        if (operation.access == Operation.Access.ACTIVE) {
          throw notReady(AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_STANDBY_STATE);
        }
      }
      case UNAVAILABLE -> {
        if (operation.access != Operation.Access.NOT_IN_TRANSITION) {
          throw notReady(
              AdditionalSense.LOGICAL_UNIT_NOT_ACCESSIBLE_TARGET_PORT_IN_UNAVAILABLE_STATE);
        }
      }
      default -> throw notReady(AdditionalSense.LOGICAL_UNIT_NOT_READY_OFFLINE);
    }
  }

  private static Refusal notReady(AdditionalSense why) {
    return Refusal.check(SenseKey.NOT_READY, why);
  }
}
