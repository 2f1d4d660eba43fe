package io.pathproof.lab.verdict;

/**
 * The workload's I/O of a scenario; issued = ok + failed + indeterminate.
 *
 * @param issued arrivals
 * @param ok ended well
 * @param failed ended with an error
 * @param indeterminate writes whose acknowledgement was lost, and I/O that never ended
 */
public record IoCounts(long issued, long ok, long failed, long indeterminate) {}
