package io.pathproof.lab.topology;

/**
 * A volume on the shared store.
 *
 * @param name its name in the file
 * @param lun its logical unit number, from 1
 * @param sizeBytes its size in bytes, a multiple of 4096
 */
public record VolumeSpec(String name, int lun, long sizeBytes) {}
