package io.pathproof.lab.verdict;

import io.pathproof.lab.observed.PathShare;
import java.util.Map;

/**
 * What a device's paths carried during the workload, as a report shows it.
 *
 * @param shares by path, in order of preference
 * @param portions by path: its part of the device's I/Os, 0 to 1
 * @param balance how evenly, in words; empty where the paths are not meant to share evenly
 * @param uneven whether they ought to and do not
 */
public record PathLoads(
    String host,
    String device,
    String volume,
    Map<String, PathShare> shares,
    Map<String, Double> portions,
    String balance,
    boolean uneven) {}
