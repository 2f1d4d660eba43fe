package io.pathproof.lab.engine;

import java.util.function.Consumer;

/**
 * What a lab is started with.
 *
 * @param runId a short id unique to this run; labels everything that is started
 * @param seed source of every random choice
 * @param progress told, in a few words each, what start-up is doing (for a person who waits)
 */
public record LabSettings(String runId, long seed, Consumer<String> progress) {}
