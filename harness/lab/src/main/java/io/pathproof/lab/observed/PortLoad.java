package io.pathproof.lab.observed;

/**
 * What a port of the array has carried since the lab was started, counted by the array itself.
 *
 * @param sessions sessions that are logged in at it now
 * @param reads READ commands served
 * @param writes WRITE commands served
 * @param bytes bytes read and written
 */
public record PortLoad(long sessions, long reads, long writes, long bytes) {}
