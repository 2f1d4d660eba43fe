package io.pathproof.lab.verdict;

/**
 * How long one failover took, in milliseconds, from the moment that the fault was in place. The
 * three parts follow one another. Of a fault that comes and goes, the parts and the blackout are of
 * one I/O, the one that waited longest, from when it was due.
 *
 * @param detectMs until the host first knew (a path or its session lost or asked to log out, or an
 *     attempt that failed)
 * @param decideMs from there until the first I/O that the lost path had left behind was sent down
 *     another path; where there was no other, down the same one, to wait for its session
 * @param firstIoMs from there until the first such I/O ended well
 * @param fenceMs the longest that a write, which the fault had left behind or which was for the
 *     same blocks, waited for an old session to be fenced or for the hold time; 0 if none did. Not
 *     one of the three parts, as reads and other writes go on meanwhile
 * @param blackoutMs the longest that any I/O, due while the fault stood or under way when it came,
 *     took from its intended arrival to a good end (open loop: arrivals do not wait)
 */
public record Failover(
    double detectMs, double decideMs, double firstIoMs, double fenceMs, double blackoutMs) {}
