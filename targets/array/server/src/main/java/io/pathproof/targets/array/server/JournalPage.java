package io.pathproof.targets.array.server;

import io.pathproof.targets.array.system.JournalEntry;
import java.util.List;

/**
 * A part of the journal.
 *
 * @param nowNanos the array's clock when it was read
 * @param next the number to ask for to get what comes after
 * @param entries oldest first
 */
public record JournalPage(long nowNanos, long next, List<JournalEntry> entries) {}
