package io.pathproof.lab.fault;

import io.pathproof.lab.engine.ArrayAction;
import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.HostAction;
import io.pathproof.lab.engine.Impairment;
import java.util.Optional;

/**
 * What a scenario breaks.
 *
 * @param atMs when, in milliseconds after the workload phase began
 * @param place what breaks, in the scenario's words: a named link ({@code X}), a link ({@code
 *     host2.nic0 -> node1.a}), an adapter ({@code host3.nic1}), a fabric ({@code blue}), a node
 *     ({@code node1}), a port of the array ({@code node1.a}), a virtual address, the array ({@code
 *     array}), or a physical adapter, switch or VMkernel port of a vSphere host ({@code
 *     esx1.vmnic0}, {@code esx1.vSwitch0}, {@code esx1.vmk1})
 * @param how the effect on each link, if links are to be impaired
 * @param action the effect on the array, if it is to act
 * @param hostAction the effect on a vSphere host, if something is done there
 * @param direction which way of the links
 * @param healAfterMs how long it stands, in milliseconds; empty: until the workload has ended
 */
public record Fault(
    long atMs,
    String place,
    Optional<Impairment> how,
    Optional<ArrayAction> action,
    Optional<HostAction> hostAction,
    Direction direction,
    Optional<Long> healAfterMs) {
  /** A fault of links or of the array. */
  public Fault(
      long atMs,
      String place,
      Optional<Impairment> how,
      Optional<ArrayAction> action,
      Direction direction,
      Optional<Long> healAfterMs) {
    this(atMs, place, how, action, Optional.empty(), direction, healAfterMs);
  }
}
