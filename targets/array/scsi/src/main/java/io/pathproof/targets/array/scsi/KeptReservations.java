package io.pathproof.targets.array.scsi;

import java.util.List;

/**
 * The persistent reservations of a logical unit, as a store keeps them.
 *
 * @param type the type of the reservation, 0 if there is none (SPC-4 table 45)
 * @param holder the index of the registration that holds it, -1 if there is none
 */
public record KeptReservations(List<Registration> registrations, int type, int holder) {
  /** One registered I_T nexus. */
  public record Registration(String initiatorName, long isid, int relativePortId, long key) {}

  public KeptReservations {
    registrations = List.copyOf(registrations);
  }
}
