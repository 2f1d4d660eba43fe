package io.pathproof.initiator.host;

import io.pathproof.initiator.netty.NettySession;
import io.pathproof.protocol.scsi.ReservationData;
import io.pathproof.protocol.scsi.ReservationType;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Persistent reservations of a {@link HostDevice} over all its paths (SPC-4 clause 5.13;
 * mpathpersist(8)). To be called on the host's event loop, which also runs every callback.
 *
 * <p>A key that has been registered stays in force: a path that joins later, or whose session logs
 * in again, here or at another port, is registered before it carries I/O. It is in force no longer
 * once {@link HostEvent.RegistrationLost} has been told: another host has preempted it, and I/O
 * that the reservation forbids then fails with {@link HostIoRefusal.ReservationConflict}.
 *
 * <p>PERSISTENT RESERVE OUT is not idempotent: where its answer is lost the result is
 * INDETERMINATE, and the questions below tell what holds.
 */
public final class HostReservations {
  private final Supplier<ReservationRequests> requests;

  HostReservations(Supplier<ReservationRequests> requests) {
    this.requests = requests;
  }

  private static long now() {
    return NettySession.nowNs();
  }

  /**
   * Registers every path with a key (REGISTER). Where one path is refused, the others are taken
   * back. Paths that are down are registered before they are used.
   *
   * @param key not 0
   * @param persistThroughPowerLoss the APTPL bit
   */
  public void register(
      long key, boolean persistThroughPowerLoss, Consumer<HostCommandResult> listener) {
    requests.get().register(key, false, persistThroughPowerLoss, listener, now());
  }

  /** The same whatever key a path has (REGISTER AND IGNORE EXISTING KEY). */
  public void registerIgnoringExistingKey(
      long key, boolean persistThroughPowerLoss, Consumer<HostCommandResult> listener) {
    requests.get().register(key, true, persistThroughPowerLoss, listener, now());
  }

  /** Takes the registrations of all paths away; a reservation that this host holds ends with it. */
  public void unregister(Consumer<HostCommandResult> listener) {
    requests.get().unregister(listener, now());
  }

  /**
   * RESERVE; also OK where another path of this host holds that reservation already.
   *
   * @throws IllegalArgumentException for a type of which only one path has access, on a device that
   *     has several
   */
  public void reserve(ReservationType type, Consumer<HostCommandResult> listener) {
    requests.get().reserve(type, listener, now());
  }

  /** RELEASE, also where the path that holds the reservation is down. */
  public void release(ReservationType type, Consumer<HostCommandResult> listener) {
    requests.get().release(type, listener, now());
  }

  /**
   * PREEMPT: takes another key's registrations, and its reservation, away.
   *
   * @param victim the other's key; 0 for all others under a reservation of all registrants
   * @param abort whether its commands are aborted too (PREEMPT AND ABORT)
   */
  public void preempt(
      long victim, ReservationType type, boolean abort, Consumer<HostCommandResult> listener) {
    requests.get().preempt(victim, type, abort, listener, now());
  }

  /** CLEAR: takes everybody's registrations and the reservation away. */
  public void clear(Consumer<HostCommandResult> listener) {
    requests.get().clear(listener, now());
  }

  /** READ KEYS. */
  public void readKeys(BiConsumer<HostCommandResult, Optional<ReservationData.Keys>> answer) {
    requests.get().in().readKeys(answer::accept, now());
  }

  /** READ RESERVATION. */
  public void readReservation(
      BiConsumer<HostCommandResult, Optional<ReservationData.Held>> answer) {
    requests.get().in().readReservation(answer::accept, now());
  }

  /** REPORT CAPABILITIES. */
  public void reportCapabilities(
      BiConsumer<HostCommandResult, Optional<ReservationData.Capabilities>> answer) {
    requests.get().in().reportCapabilities(answer::accept, now());
  }

  /** READ FULL STATUS. */
  public void readFullStatus(
      BiConsumer<HostCommandResult, Optional<ReservationData.FullStatus>> answer) {
    requests.get().in().readFullStatus(answer::accept, now());
  }
}
