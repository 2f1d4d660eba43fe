package io.pathproof.lab.topology;

import java.util.List;

/**
 * A link with a name of its own, such as X or Y.
 *
 * @param name the name
 * @param from the host's end, as {@code host.adapter}
 * @param to the array's end: a port {@code node.port}, or a fabric (the adapter's cable to its
 *     network: every link of that adapter)
 * @param covers the links that break when this one does
 */
public record NamedLink(String name, String from, String to, List<LinkId> covers) {}
