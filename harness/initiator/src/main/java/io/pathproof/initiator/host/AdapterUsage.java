package io.pathproof.initiator.host;

import java.util.List;

/**
 * What hangs on an adapter of a host at a moment.
 *
 * @param sessions that are logged in over it, by link
 * @param paths to logical units over it
 * @param devices that have a path over it
 * @param lastPathOf those of them that have no usable path over another adapter
 */
public record AdapterUsage(
    List<String> sessions, List<String> paths, List<String> devices, List<String> lastPathOf) {}
