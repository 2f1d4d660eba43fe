package io.pathproof.targets.array.system;

/**
 * Something that the array did or that was done to it.
 *
 * @param nanos when, on the array's own clock, which starts with it
 * @param part what it concerns: a node, a port, a virtual address or {@code array}
 * @param text such as {@code 10.0.0.1 moved from node1.a to node1.b}
 */
public record JournalEntry(long nanos, String part, String text) {}
