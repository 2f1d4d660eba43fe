package io.pathproof.targets.array.scsi;

/**
 * What went through one port since the array was built.
 *
 * @param reads commands that read from the medium and ended with GOOD
 * @param writes commands that wrote to it and ended with GOOD
 * @param bytes what both moved
 */
public record PortLoad(long reads, long writes, long bytes) {}
