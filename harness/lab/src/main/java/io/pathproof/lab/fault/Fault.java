package io.pathproof.lab.fault;

import io.pathproof.lab.engine.Direction;
import io.pathproof.lab.engine.Impairment;
import io.pathproof.lab.engine.NodeAction;
import java.util.Optional;

/**
 * What a scenario breaks.
 *
 * @param atMs when, in milliseconds after the workload phase began
 * @param place what breaks, in the scenario's words: a named link ({@code X}), a link ({@code
 *     host2.nic0 -> node1.a}), an adapter ({@code host3.nic1}), a fabric ({@code blue}) or a node
 *     ({@code node1})
 * @param how the effect on each link, if the place is a link, adapter or fabric
 * @param action the effect, if the place is a node
 * @param direction which way of the links
 * @param healAfterMs how long it stands, in milliseconds; empty: until the workload has ended
 */
public record Fault(
    long atMs,
    String place,
    Optional<Impairment> how,
    Optional<NodeAction> action,
    Direction direction,
    Optional<Long> healAfterMs) {}
