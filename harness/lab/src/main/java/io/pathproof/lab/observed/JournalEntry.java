package io.pathproof.lab.observed;

/**
 * Something that the array did or noticed, in its own words.
 *
 * @param atNs when, by the lab's clock
 * @param part the part of the array it is about, such as {@code node1}, {@code node1.a} or {@code
 *     array}
 * @param text such as {@code 10.0.0.1 moved from node1.a to node1.b}
 */
public record JournalEntry(long atNs, String part, String text) {}
