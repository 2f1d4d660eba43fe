package io.pathproof.targets.array.server;

/**
 * What has passed a port.
 *
 * @param sessions how many there are now
 * @param reads read commands since the array started
 * @param writes write commands since the array started
 * @param bytes of both
 */
public record PortLoad(long sessions, long reads, long writes, long bytes) {}
