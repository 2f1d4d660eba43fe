package io.pathproof.lab.engine;

import java.util.Set;

/**
 * What an engine can do to links and nodes.
 *
 * @param impairments what its links can be made to do in both directions at once
 * @param oneWay what its links can be made to do in a single direction
 * @param nodeActions what it can do to a node of the array
 */
public record Capabilities(
    Set<Impairment.Kind> impairments, Set<Impairment.Kind> oneWay, Set<NodeAction> nodeActions) {}
