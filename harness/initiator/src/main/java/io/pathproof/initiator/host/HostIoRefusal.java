package io.pathproof.initiator.host;

import java.util.OptionalLong;

/** Why the logical unit itself did not do what it was told, where a caller has to tell apart. */
public sealed interface HostIoRefusal {
  /**
   * COMPARE AND WRITE or WRITE AND VERIFY: what is on the medium differs (SBC-3 clause 5.2);
   * nothing was written by COMPARE AND WRITE.
   *
   * @param offsetBytes of the first byte that differs, from the first of the compared data; empty
   *     where the unit does not say
   */
  record Miscompare(OptionalLong offsetBytes) implements HostIoRefusal {}

  /**
   * The logical unit does not have this command, or not with this option.
   *
   * @param why its own word: a VPD page, or the sense of its answer
   */
  record NotSupported(String why) implements HostIoRefusal {}

  /**
   * Another host holds a reservation that forbids it (RESERVATION CONFLICT). The same on every
   * path, so no other is tried.
   */
  record ReservationConflict() implements HostIoRefusal {}
}
