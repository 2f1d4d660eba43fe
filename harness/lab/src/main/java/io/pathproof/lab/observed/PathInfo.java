package io.pathproof.lab.observed;

import io.pathproof.lab.topology.LinkId;

/**
 * A path: one session over one link to one logical unit.
 *
 * @param id unique within the host, such as {@code nic0:node1.a}
 * @param link the link it runs over
 * @param portal the portal's own address, {@code address:port}, as the array knows it
 */
public record PathInfo(String id, LinkId link, String portal) {}
