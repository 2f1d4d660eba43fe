package io.pathproof.initiator.session;

/**
 * What the initiator proposes in the login (RFC 7143 sections 6.3 and 13). Defaults are those of
 * open-iscsi's {@code iscsid.conf}. MaxConnections=1, ErrorRecoveryLevel=0, DataPDUInOrder=Yes and
 * DataSequenceInOrder=Yes are always proposed.
 *
 * @param securityStage whether a login without CHAP begins in the stage SecurityNegotiation, as
 *     those of the kernels do; true. Without, it begins in LoginOperationalNegotiation and takes
 *     one exchange less (section 6.3.1); where the target insists, with the status Authentication
 *     failure, it begins again with that stage at once, as do the session's later ones. A login
 *     with CHAP always has it
 * @param headerDigest None,CRC32C
 * @param dataDigest None,CRC32C
 * @param maxRecvDataSegmentLength bytes, 512 to 2^24-1, declared; 262144
 * @param firstBurstLength bytes, 512 to 2^24-1; 262144
 * @param maxBurstLength bytes, 512 to 2^24-1, not below firstBurstLength; 16776192
 * @param initialR2t No
 * @param immediateData Yes
 * @param maxOutstandingR2t 1 to 65535; 1
 * @param defaultTime2WaitSec 0 to 3600; 2
 * @param defaultTime2RetainSec 0 to 3600; 0
 */
public record NegotiationOffer(
    boolean securityStage,
    DigestPolicy headerDigest,
    DigestPolicy dataDigest,
    int maxRecvDataSegmentLength,
    int firstBurstLength,
    int maxBurstLength,
    boolean initialR2t,
    boolean immediateData,
    int maxOutstandingR2t,
    int defaultTime2WaitSec,
    int defaultTime2RetainSec) {
  static final int MIN_LENGTH = 512;
  static final int MAX_LENGTH = (1 << 24) - 1;
  static final int MAX_OUTSTANDING_R2T = 65535;
  static final int MAX_TIME2 = 3600;

  public NegotiationOffer {
    range("maxRecvDataSegmentLength", maxRecvDataSegmentLength, MIN_LENGTH, MAX_LENGTH);
    range("firstBurstLength", firstBurstLength, MIN_LENGTH, MAX_LENGTH);
    range("maxBurstLength", maxBurstLength, firstBurstLength, MAX_LENGTH);
    range("maxOutstandingR2t", maxOutstandingR2t, 1, MAX_OUTSTANDING_R2T);
    range("defaultTime2WaitSec", defaultTime2WaitSec, 0, MAX_TIME2);
    range("defaultTime2RetainSec", defaultTime2RetainSec, 0, MAX_TIME2);
  }

  /** An offer whose logins begin in the stage SecurityNegotiation. */
  public NegotiationOffer(
      DigestPolicy headerDigest,
      DigestPolicy dataDigest,
      int maxRecvDataSegmentLength,
      int firstBurstLength,
      int maxBurstLength,
      boolean initialR2t,
      boolean immediateData,
      int maxOutstandingR2t,
      int defaultTime2WaitSec,
      int defaultTime2RetainSec) {
    this(
        true,
        headerDigest,
        dataDigest,
        maxRecvDataSegmentLength,
        firstBurstLength,
        maxBurstLength,
        initialR2t,
        immediateData,
        maxOutstandingR2t,
        defaultTime2WaitSec,
        defaultTime2RetainSec);
  }

  /** The defaults of open-iscsi. */
  public static NegotiationOffer defaults() {
    return new NegotiationOffer(
        DigestPolicy.PREFER_NONE,
        DigestPolicy.PREFER_NONE,
        262_144,
        262_144,
        16_776_192,
        false,
        true,
        1,
        2,
        0);
  }

  /**
   * The same with another DefaultTime2Wait in seconds; the target's own counts where it is longer.
   */
  public NegotiationOffer withTime2Wait(int seconds) {
    return new NegotiationOffer(
        securityStage,
        headerDigest,
        dataDigest,
        maxRecvDataSegmentLength,
        firstBurstLength,
        maxBurstLength,
        initialR2t,
        immediateData,
        maxOutstandingR2t,
        seconds,
        defaultTime2RetainSec);
  }

  /** The same with logins that begin in the stage LoginOperationalNegotiation. */
  public NegotiationOffer withoutSecurityStage() {
    return new NegotiationOffer(
        false,
        headerDigest,
        dataDigest,
        maxRecvDataSegmentLength,
        firstBurstLength,
        maxBurstLength,
        initialR2t,
        immediateData,
        maxOutstandingR2t,
        defaultTime2WaitSec,
        defaultTime2RetainSec);
  }

  /** The same with other digests. */
  public NegotiationOffer withDigests(DigestPolicy header, DigestPolicy data) {
    return new NegotiationOffer(
        securityStage,
        header,
        data,
        maxRecvDataSegmentLength,
        firstBurstLength,
        maxBurstLength,
        initialR2t,
        immediateData,
        maxOutstandingR2t,
        defaultTime2WaitSec,
        defaultTime2RetainSec);
  }

  /** The same with other rules for unsolicited data. */
  public NegotiationOffer withUnsolicitedData(boolean newInitialR2t, boolean newImmediateData) {
    return new NegotiationOffer(
        securityStage,
        headerDigest,
        dataDigest,
        maxRecvDataSegmentLength,
        firstBurstLength,
        maxBurstLength,
        newInitialR2t,
        newImmediateData,
        maxOutstandingR2t,
        defaultTime2WaitSec,
        defaultTime2RetainSec);
  }

  /** The same with other lengths in bytes. */
  public NegotiationOffer withLengths(int newMaxRecv, int newFirstBurst, int newMaxBurst) {
    return new NegotiationOffer(
        securityStage,
        headerDigest,
        dataDigest,
        newMaxRecv,
        newFirstBurst,
        newMaxBurst,
        initialR2t,
        immediateData,
        maxOutstandingR2t,
        defaultTime2WaitSec,
        defaultTime2RetainSec);
  }

  private static void range(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " " + value + " is not in " + min + ".." + max);
    }
  }
}
