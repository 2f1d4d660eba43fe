package io.pathproof.lab.workload;

/**
 * Reads and writes at a fixed arrival rate (open loop: arrivals do not wait for completions).
 *
 * @param host the host that does it
 * @param volume the volume's name
 * @param device which of the host's devices for that volume: {@code *} the first, or the one with a
 *     path to the named port, {@code node1.a} (a host without multipathing picks one; with it, its
 *     one device has a path to every port)
 * @param atMs when it starts, in milliseconds after the workload phase began
 * @param forMs for how long I/O arrives
 * @param ratePerSecond arrivals a second, from 1
 * @param blockBytes bytes an I/O, a multiple of 4096
 * @param readPercent 0 to 100
 * @param regionBytes how much of the volume it covers, from its start (or from the share that keeps
 *     it apart from the scenario's other workloads)
 */
public record Workload(
    String host,
    String volume,
    String device,
    long atMs,
    long forMs,
    int ratePerSecond,
    int blockBytes,
    int readPercent,
    long regionBytes) {}
