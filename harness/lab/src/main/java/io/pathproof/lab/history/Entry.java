package io.pathproof.lab.history;

/**
 * An event with its place in the history.
 *
 * @param seq from 0, without gaps, in the order of appending
 * @param atNs nanoseconds since the history began
 * @param event what happened
 */
public record Entry(long seq, long atNs, Event event) {}
