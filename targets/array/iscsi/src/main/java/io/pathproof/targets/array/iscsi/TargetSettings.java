package io.pathproof.targets.array.iscsi;

import java.util.Optional;

/**
 * What a target offers and bears.
 *
 * @param targetName its iSCSI name
 * @param chap what a normal login has to prove; empty: nothing
 * @param queueDepth commands that a session may have under way, from 1
 * @param maxRecvDataSegmentLength the longest data segment it takes, bytes
 * @param maxBurstLength bytes
 * @param firstBurstLength bytes, at most maxBurstLength
 * @param maxOutstandingR2t from 1
 * @param loginTimeoutNs a login has to be complete so long after its connection was accepted
 * @param idlePingNs a connection that said nothing for so long is asked by NOP-In; 0: never
 * @param pingTimeoutNs an unanswered NOP-In ends the connection after so long
 * @param maxConnections connections at once, logins included
 */
public record TargetSettings(
    String targetName,
    Optional<ChapAccounts> chap,
    int queueDepth,
    int maxRecvDataSegmentLength,
    int maxBurstLength,
    int firstBurstLength,
    int maxOutstandingR2t,
    long loginTimeoutNs,
    long idlePingNs,
    long pingTimeoutNs,
    int maxConnections) {
  private static final long SECOND_NS = 1_000_000_000L;

  /**
   * Defaults of arrays in the field: 256 KiB segments (LIO and tgt: 8 KiB to 1 MiB), bursts of 256
   * KiB, first burst 64 KiB (RFC 7143 sections 13.13, 13.14), depth 128 (tgt), login within 15 s
   * (LIO: TA_LOGIN_TIMEOUT), ping after 30 s for 10 s (LIO: nopin_timeout 15 s).
   */
  public static TargetSettings of(String targetName, Optional<ChapAccounts> chap) {
    return new TargetSettings(
        targetName,
        chap,
        128,
        262_144,
        262_144,
        65_536,
        8,
        15 * SECOND_NS,
        30 * SECOND_NS,
        10 * SECOND_NS,
        4096);
  }
}
